// Package export writes what the Results screen shows as files for people: an Excel workbook with charts, and CSV.
//
// Nothing in a file can act as a formula: text cells of a workbook are typed as text, and CSV has a guard that can be
// switched on. A file is replaced only when the new one is whole.
package export

import (
	"context"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/services/results/dataset"
)

// Limits of a worksheet, which Excel does not open beyond.
const (
	MaxRows      = 1_048_576 // with the header
	MaxColumns   = 16_384
	MaxCellChars = 32_767 // UTF-16 units
)

// Data is the rows to write; *dataset.View is one.
type Data interface {
	Columns() []dataset.Column
	Rows() int
	Window(ctx context.Context, from, n int, columns []int) (dataset.Rows, error)
}

// Book is what a workbook holds.
type Book struct {
	Title     string    // first line of the first sheet, such as the connection's name
	Source    string    // where the figures come from, such as Files/results/current
	RunID     string    // "" where not known
	InputFile string    //
	By        string    // who ran it
	Finished  time.Time // zero where not known
	Written   time.Time // now, in the zone in which times are to be shown

	KPIs    *contract.KPIs          // nil: no KPI sheets
	Profile *contract.ImportProfile // of the file that the figures are of; nil where not known
	Data    Data                    // nil: no data sheet
	// Filter says, each in a sentence, which of all rows Data is; nil is all. The figures are of all rows, and no part of a workbook
	// of some.
	Filter []string
	// Part says, each in a sentence, of which part of all rows the KPIs and Data are; nil is all. Notes stand below the figures.
	Part, Notes []string
	// Columns are those of Data that are written, in this order; nil is all.
	Columns []int
	// Word translates a text of the workbook; nil leaves it in English.
	Word func(english string) string
}

// Report says what was written.
type Report struct {
	Path    string
	Bytes   int64
	Sheets  []string
	Rows    int // data rows written
	LeftOut int // data rows beyond MaxRows, which are not in the file
	Cut     int // cells cut to MaxCellChars
	Guarded int // cells of a CSV file that were changed by the guard
}

// Progress is told how many rows of data are written.
type Progress func(done, total int)

// CSVOptions says how a CSV file is written.
type CSVOptions struct {
	// Guard puts an apostrophe before what a spreadsheet would take for a formula, also behind what it may split a text by
	// (package formula), and quotation marks around whatever is more than a name or a number. It changes the values, so
	// that it is for files that are opened by people and not for programs.
	Guard bool
	// Excel writes a byte order mark, without which Excel takes the text for another encoding.
	Excel     bool
	Delimiter rune // ',' where zero
	Columns   []int
}
