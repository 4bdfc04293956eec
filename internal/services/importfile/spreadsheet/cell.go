// Package spreadsheet reads the cells of a local workbook (.xlsx, .xlsm) or CSV file as a stream of rows. It recognises the format by the content of the file, never by its name.
// It is our own reader for one reason: if a library stops early without an error, rows are missing from the profile and nobody is told.
// Here, a read that does not reach the end of the sheet always ends with a *DamagedError that says where it stopped.
package spreadsheet

import (
	"strconv"
	"time"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// Limits of the worksheet grid, as the file format has them.
const (
	MaxRows    = 1_048_576
	MaxColumns = 16_384
)

// Kind is the type of a cell as it is stored.
type Kind = cells.Kind

// The kinds of cells of a row. A CSV file has Text cells only.
const (
	Empty    = cells.Empty
	Number   = cells.Number
	Text     = cells.Text
	Bool     = cells.Bool
	Date     = cells.Date
	DateTime = cells.DateTime
	Error    = cells.Error
	Time     = cells.Time
)

// Cell is one cell of a row. Text belongs to what gave the cell and is valid until that gives the next one.
type Cell struct {
	Column int     // counts from 0
	Kind   Kind    //
	Num    float64 // Number: the value; Bool: 0 or 1; Date and DateTime: whole milliseconds since 1970-01-01T00:00:00; Time: since midnight
	Text   []byte  // Text and Error: the text as it stands, UTF-8, blanks included
}

// Time is the instant of a Date or DateTime cell. Workbooks know no time zone; it is given as UTC.
func (c Cell) Time() time.Time { return time.UnixMilli(int64(c.Num)).UTC() }

// Address is a cell's address as spreadsheets show it, such as B17. Column counts from 0, row from 1.
func Address(column, row int) string {
	return string(strconv.AppendInt(appendColumn(nil, column), int64(row), 10))
}

// ParseAddress is the column, from 0, and the row of an address such as B17; false for other texts.
func ParseAddress(address string) (column, row int, ok bool) {
	i := 0
	for ; i < len(address) && address[i] >= 'A' && address[i] <= 'Z' && i < 7; i++ {
		column = column*26 + int(address[i]-'A') + 1
	}
	row, err := strconv.Atoi(address[i:])
	return column - 1, row, i > 0 && err == nil && row > 0
}

func appendColumn(dst []byte, column int) []byte {
	var letters [8]byte
	i := len(letters)
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		i--
		letters[i] = byte('A' + (n-1)%26)
	}
	return append(dst, letters[i:]...)
}

// Format is the kind of file that was found.
type Format string

// The formats that can be read, named as in import_profile.json. Macros of an xlsm never run.
const (
	XLSX Format = "xlsx"
	XLSM Format = "xlsm"
	CSV  Format = "csv"
)

// Sheet is a worksheet of a workbook.
type Sheet struct {
	Name   string
	Hidden bool // hidden or very hidden
}

// Rows streams the rows of a sheet that have at least one cell with a value. After Next has returned false, Err says
// whether the end of the sheet was reached.
//
// The implementations are not safe for use by several goroutines at once.
type Rows interface {
	// Next reads the next row and says whether there is one.
	Next() bool
	// Row is the current row's cells with a value, in the order of their columns. It is valid until the next Next.
	Row() []Cell
	// RowNumber is the current row's number as a spreadsheet shows it, counting from 1.
	RowNumber() int
	// Err is nil when the sheet was read to its end, else a *DamagedError or the error of the context.
	Err() error
	// Progress is the share of the sheet that was read, from 0 to 1.
	Progress() float64
	// Close releases what the reading holds.
	Close() error
}
