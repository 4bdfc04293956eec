package spreadsheet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/scratch"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// sheetBatches streams the rows of one worksheet.
type sheetBatches struct {
	ctx      context.Context
	name     string // the file's name, for sentences
	sheet    string
	x        *xmlReader
	part     *part
	shared   *sharedStrings
	known    int            // texts of the table to which a cell may refer
	inMemory int            // those of them that are in memory
	formats  []numberFormat // by cell format: how a number in it is shown
	date1904 bool
	limits   Limits
	book     *File
	tokens   bool  // every row goes through the tokenizer; tests compare the two
	head     int   // rows after which a batch is handed over; 0 for as many as it holds
	styleErr error // why the formats are not to be relied on
	fromDisk int64 // bytes of texts that cells got from the table's rest
	textErr  error // why the next of them can't be given

	batch  *cells.Batch // of the current Next
	value  []byte       // text of the current <v>
	number int          // current row
	inRow  bool         // the row is not read to its end
	state  sheetState
	err    error

	prefix   []byte // of all elements, with its colon; empty where they have none
	unprefix []byte // a piece of the sheet without it

	shapes []cellShape // by column: how its last cell was written
	digits rowDigits   // of the row that is scanned

	lastAttrs  []byte // attributes of the last row behind its number, which are well-formed
	lastHidden bool   // what they say
}

type sheetState uint8

const (
	beforeData sheetState = iota
	inData
	afterData
	finished
)

func (r *sheetBatches) Texts() *cells.Texts { return &r.shared.texts }
func (r *sheetBatches) Err() error          { return r.err }
func (r *sheetBatches) Progress() float64   { return r.part.progress() }

func (r *sheetBatches) Close() error {
	if r.shared == nil { // a panic kept it from being read
		return r.part.Close()
	}
	return errors.Join(r.part.Close(), r.shared.close())
}

// Next reads the next rows. Those before a damage are handed over before it is told.
func (r *sheetBatches) Next(b *cells.Batch) (more bool) {
	defer recovered(r.name, b, &more, &r.err)
	b.Reset()
	r.batch = b
	for r.state != finished && r.err == nil && !r.full() {
		if err := r.step(); err != nil {
			r.stop(err)
		}
	}
	if r.shared.unread && len(b.Rows) > 0 {
		r.readNeeded(b)
	}
	return len(b.Rows) > 0
}

// full says that the batch is to be handed over.
func (r *sheetBatches) full() bool {
	return r.batch.Full() || r.head > 0 && len(r.batch.Rows) >= r.head
}

// stop ends the reading with an error that says where it stopped.
func (r *sheetBatches) stop(err error) {
	if r.state == finished {
		return
	}
	where := format.Say("before its first row")
	row := 0
	switch {
	case r.state == afterData:
		where = format.Say("after its last row")
	case r.inRow:
		row = r.number
		where = format.Say("in row {{.Row}}", "Row", strconv.Itoa(row))
	case r.number > 0:
		row = r.number
		where = format.Say("after row {{.Row}}", "Row", strconv.Itoa(row))
	}
	r.state = finished
	if ctxErr := r.ctx.Err(); ctxErr != nil {
		r.err = ctxErr
		return
	}
	why := format.Say("{{.Why}}: open the file in Excel, save it again and try with that", "Why", reason(err))
	if disk := (*scratch.Error)(nil); errors.As(err, &disk) {
		why = format.Say("{{.Why}}", "Why", disk)
	}
	r.err = damaged(row, err, format.Say("Reading of sheet “{{.Sheet}}” in {{.Name}} stopped {{.Where}} because {{.Why}}.", "Sheet", r.sheet, "Name", r.name, "Where", where, "Why", why))
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

// step handles one token outside rows, or some whole rows.
func (r *sheetBatches) step() error {
	if r.state == inData && !r.tokens {
		if err := r.scanRows(); err != nil || r.full() {
			return err
		}
	}
	kind, err := r.x.next()
	if err != nil {
		return err
	}
	switch kind {
	case tokenEOF:
		// The tokenizer returns this only after the root's end tag, and the part's checksum was right.
		if r.state != afterData {
			return errors.New("the sheet holds no table of cells")
		}
		r.state = finished
		r.atEnd()
	case tokenStart:
		switch depth := r.x.depth(); {
		case depth == 1:
			if string(r.x.name) != "worksheet" {
				return fmt.Errorf("<%s> is no worksheet", clip(r.x.name))
			}
			root := r.x.names[r.x.marks[0]:]
			r.prefix = bytes.Clone(root[:len(root)-len(r.x.name)])
		case depth == 2 && r.state == beforeData && string(r.x.name) == "sheetData":
			r.state = inData
		case depth == 3 && r.state == inData && string(r.x.name) == "row":
			return r.readRow()
		default:
			return r.x.skip()
		}
	case tokenEnd:
		if r.state == inData && r.x.depth() == 1 {
			r.state = afterData
		}
		return r.ctx.Err()
	}
	return nil
}

// atEnd says what else was wrong once every row was read.
func (r *sheetBatches) atEnd() {
	switch {
	case r.shared.err != nil:
		r.err = damaged(0, r.shared.err, format.Say("Every row of sheet “{{.Sheet}}” in {{.Name}} was read, but the workbook's table of texts is damaged "+
			"({{.Why}}): open the file in Excel, save it again and try with that.", "Sheet", r.sheet, "Name", r.name, "Why", r.shared.err.Error()))
	case r.styleErr != nil:
		r.err = damaged(0, r.styleErr, format.Say("Every row of sheet “{{.Sheet}}” in {{.Name}} was read, but its cell formats are damaged ({{.Why}}), so that "+
			"dates can't be told from numbers: open the file in Excel, save it again and try with that.", "Sheet", r.sheet, "Name", r.name, "Why", r.styleErr.Error()))
	}
}

// readRow reads the row whose start tag was read last, token by token.
func (r *sheetBatches) readRow() (err error) {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	number, hidden := r.number+1, false
	for rest := r.x.attrs; ; {
		name, value, next, ok := nextAttr(rest)
		if !ok {
			if len(next) > 0 {
				return errAttributes
			}
			break
		}
		switch string(name) {
		case "r":
			if len(value) == 0 {
				break
			}
			if number, ok = parseIndex(value, MaxRows); !ok || number == 0 {
				return &badCell{fmt.Sprintf("the row's number %s is none that a sheet can have", clip(value))}
			}
		case "hidden":
			hidden = isTrue(string(value))
		}
		rest = next
	}
	if number > MaxRows {
		return &badCell{fmt.Sprintf("it has more than %d rows", MaxRows)}
	}
	r.number, r.inRow = number, true
	r.batch.StartRow(number, hidden)
	defer func() {
		if err != nil {
			r.batch.DropRow()
		}
	}()
	column := -1
	for {
		kind, err := r.x.next()
		if err != nil {
			return err
		}
		switch {
		case kind == tokenEnd && r.x.depth() == 2:
			r.inRow = false
			r.batch.EndRow()
			return nil
		case kind != tokenStart:
		case string(r.x.name) != "c":
			if err := r.x.skip(); err != nil {
				return err
			}
		default:
			if column, err = r.readCell(column + 1); err != nil {
				return err
			}
		}
	}
}
