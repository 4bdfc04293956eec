package spreadsheet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// sheetRows streams the rows of one worksheet.
type sheetRows struct {
	ctx      context.Context
	name     string // the file's name, for sentences
	sheet    string
	x        *xmlReader
	part     *part
	shared   *sharedStrings
	dates    []bool // by cell format: a number in it is a date
	date1904 bool
	limits   Limits
	styleErr error // why the formats are not to be relied on

	cells  []Cell
	text   []byte // texts of the current row that stand in the sheet itself
	value  []byte // text of the current <v>
	number int    // current row
	inRow  bool   // the row is not read to its end
	state  sheetState
	err    error
}

type sheetState uint8

const (
	beforeData sheetState = iota
	inData
	afterData
	finished
)

func (r *sheetRows) Row() []Cell       { return r.cells }
func (r *sheetRows) RowNumber() int    { return r.number }
func (r *sheetRows) Err() error        { return r.err }
func (r *sheetRows) Close() error      { return r.part.Close() }
func (r *sheetRows) Progress() float64 { return r.part.progress() }

func (r *sheetRows) Next() bool {
	for r.state != finished {
		found, err := r.step()
		if err != nil {
			r.stop(err)
			return false
		}
		if found {
			return true
		}
	}
	return false
}

// stop ends the reading with an error that says where it stopped.
func (r *sheetRows) stop(err error) {
	if r.state == finished {
		return
	}
	where := "before its first row"
	row := 0
	switch {
	case r.state == afterData:
		where = "after its last row"
	case r.inRow:
		row = r.number
		where = "in row " + strconv.Itoa(row)
	case r.number > 0:
		row = r.number
		where = "after row " + strconv.Itoa(row)
	}
	r.state = finished
	if ctxErr := r.ctx.Err(); ctxErr != nil {
		r.err = ctxErr
		return
	}
	r.err = &DamagedError{Row: row, Err: err, Sentence: fmt.Sprintf(
		"Reading of sheet %q in %s stopped %s because %s: open the file in Excel, save it again and try with that.", r.sheet, r.name, where, reason(err))}
}

// reason says in words what went wrong inside the file.
func reason(err error) string {
	switch {
	case errors.Is(err, errXMLCut), errors.Is(err, io.ErrUnexpectedEOF):
		return "the file is cut off there"
	case errors.Is(err, errTooMuch):
		return "it unpacks to more data than is safe to read"
	case errors.As(err, new(*badCell)):
		return err.Error()
	}
	return "the file is damaged there (" + err.Error() + ")"
}

// badCell is a fault in the data of a cell or row, as opposed to one in the file's structure.
type badCell struct{ sentence string }

func (e *badCell) Error() string { return e.sentence }

// step handles one token outside rows, or a whole row; found says that a row with a value was read.
func (r *sheetRows) step() (found bool, err error) {
	kind, err := r.x.next()
	if err != nil {
		return false, err
	}
	switch kind {
	case tokenEOF:
		// The tokenizer returns this only after the root's end tag, and the part's checksum was right.
		if r.state != afterData {
			return false, errors.New("the sheet holds no table of cells")
		}
		r.state = finished
		r.atEnd()
	case tokenStart:
		switch depth := r.x.depth(); {
		case depth == 1:
			if string(r.x.name) != "worksheet" {
				return false, fmt.Errorf("<%s> is no worksheet", clip(r.x.name))
			}
		case depth == 2 && r.state == beforeData && string(r.x.name) == "sheetData":
			r.state = inData
		case depth == 3 && r.state == inData && string(r.x.name) == "row":
			return r.readRow()
		default:
			return false, r.x.skip()
		}
	case tokenEnd:
		if r.state == inData && r.x.depth() == 1 {
			r.state = afterData
		}
		return false, r.ctx.Err()
	}
	return false, nil
}

// atEnd says what else was wrong once every row was read.
func (r *sheetRows) atEnd() {
	switch {
	case r.shared.err != nil:
		r.err = &DamagedError{Err: r.shared.err, Sentence: fmt.Sprintf(
			"Every row of sheet %q in %s was read, but the workbook's table of texts is damaged (%s): open the file in Excel, save it again and try with that.", r.sheet, r.name, r.shared.err)}
	case r.styleErr != nil:
		r.err = &DamagedError{Err: r.styleErr, Sentence: fmt.Sprintf(
			"Every row of sheet %q in %s was read, but its cell formats are damaged (%s), so that dates can't be told from numbers: open the file in Excel, save it again and try with that.", r.sheet, r.name, r.styleErr)}
	}
}

// readRow reads the row whose start tag was read last. It is found when it has a cell with a value.
func (r *sheetRows) readRow() (found bool, err error) {
	if err := r.ctx.Err(); err != nil {
		return false, err
	}
	r.cells, r.text = r.cells[:0], r.text[:0]
	number := r.number + 1
	for rest := r.x.attrs; ; {
		name, value, next, ok := nextAttr(rest)
		if !ok {
			if len(next) > 0 {
				return false, errAttributes
			}
			break
		}
		if len(name) == 1 && name[0] == 'r' {
			if number, ok = parseIndex(value, MaxRows); !ok || number == 0 {
				return false, &badCell{fmt.Sprintf("the row's number %s is none that a sheet can have", clip(value))}
			}
		}
		rest = next
	}
	if number > MaxRows {
		return false, &badCell{fmt.Sprintf("it has more than %d rows", MaxRows)}
	}
	r.number, r.inRow = number, true
	column := -1
	for {
		kind, err := r.x.next()
		if err != nil {
			return false, err
		}
		switch {
		case kind == tokenEnd && r.x.depth() == 2:
			r.inRow = false
			return len(r.cells) > 0, nil
		case kind != tokenStart:
		case string(r.x.name) != "c":
			if err := r.x.skip(); err != nil {
				return false, err
			}
		default:
			if column, err = r.readCell(column + 1); err != nil {
				return false, err
			}
		}
	}
}
