// Package workbook writes workbooks of which some sheets may have as many rows as Excel takes. The rows go into the file as they
// come: they are neither kept in memory nor in a file beside it, as excelize does with them, where a program that is killed
// would leave them for others to read. All else of the workbook is excelize's.
package workbook

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Cell is a value and the number of its style. A value is nil, a bool, an int, an int64, a float64 or a string; of a string
// Excel never makes a formula.
type Cell struct {
	Value any
	Style int
}

// Writer writes the rows of one sheet, and of others after it.
type Writer struct {
	book    *excelize.File
	zip     *zip.Writer
	out     *bufio.Writer
	sheet   string   // its part's name
	ended   []string // parts of sheets whose rows are written
	types   []byte
	row     int
	columns [][]byte // the letters of the columns
	line    []byte
}

const (
	typesPart   = "[Content_Types].xml"
	partEnding  = ".xml"
	sheetFolder = "xl/worksheets/sheet"
)

var (
	rowsBegin = regexp.MustCompile(`<sheetData\s*/?>`)
	rowsEnd   = []byte("</sheetData>")
	size      = regexp.MustCompile(`<dimension[^>]*?(/>|></dimension>)`)
)

// Begin begins a file with the rows of a sheet of a book. The book has all of its sheets, charts and tables by then, and what
// stands before the rows of this one: the widths of its columns and what is frozen. What stands in its cells is left out.
func Begin(to io.Writer, book *excelize.File, sheet string) (*Writer, error) {
	w := &Writer{book: book, zip: zip.NewWriter(to)}
	// The parts of a book are listed in its first one, so that none may be added later; that of the texts comes with the first.
	if err := book.SetCellStr(sheet, "A1", sheet); err != nil {
		return nil, err
	}
	parts, err := partsOf(book)
	if err != nil {
		return nil, err
	}
	if w.types, err = content(parts, typesPart); err != nil {
		return nil, err
	}
	types, err := w.zip.Create(typesPart)
	if err == nil {
		_, err = types.Write(w.types)
	}
	if err != nil {
		return nil, err
	}
	return w, w.begin(parts, sheet)
}

// begin begins the rows of a sheet.
func (w *Writer) begin(parts *zip.Reader, sheet string) error {
	w.row = 0
	for number, name := range w.book.GetSheetMap() {
		if name == sheet {
			w.sheet = sheetFolder + strconv.Itoa(number) + partEnding
		}
	}
	page, err := content(parts, w.sheet)
	if err != nil {
		return err
	}
	begin := rowsBegin.FindIndex(page)
	if begin == nil {
		return errors.New("the sheet has no place for rows")
	}
	out, err := w.zip.Create(w.sheet)
	if err != nil {
		return err
	}
	w.out = bufio.NewWriterSize(out, 64<<10)
	_, _ = w.out.Write(size.ReplaceAll(page[:begin[0]], nil)) // the writer keeps its error
	_, err = w.out.WriteString("<sheetData>")
	return err
}

// Next ends the rows of a sheet and begins those of another one, whose rows were not written yet.
func (w *Writer) Next(sheet string) error {
	parts, err := partsOf(w.book)
	if err != nil {
		return err
	}
	if err := w.end(parts); err != nil {
		return err
	}
	return w.begin(parts, sheet)
}

// Row writes the next row. An error is that of the file.
func (w *Writer) Row(cells []Cell) error {
	w.row++
	w.line = append(strconv.AppendInt(append(w.line[:0], `<row r="`...), int64(w.row), 10), `">`...)
	for i, c := range cells {
		if c.Value == nil && c.Style == 0 {
			continue
		}
		for i >= len(w.columns) {
			name, err := excelize.ColumnNumberToName(len(w.columns) + 1)
			if err != nil {
				return err
			}
			w.columns = append(w.columns, []byte(name))
		}
		w.line = append(append(w.line, `<c r="`...), w.columns[i]...)
		w.line = append(strconv.AppendInt(w.line, int64(w.row), 10), '"')
		if c.Style != 0 {
			w.line = append(strconv.AppendInt(append(w.line, ` s="`...), int64(c.Style), 10), '"')
		}
		switch v := c.Value.(type) {
		case nil:
			w.line = append(w.line, "/>"...)
		case bool:
			w.line = append(w.line, ` t="b"><v>0</v></c>`...)
			if v {
				w.line[len(w.line)-len("0</v></c>")] = '1'
			}
		case int:
			w.line = append(strconv.AppendInt(append(w.line, "><v>"...), int64(v), 10), "</v></c>"...)
		case int64:
			w.line = append(strconv.AppendInt(append(w.line, "><v>"...), v, 10), "</v></c>"...)
		case float64:
			w.line = append(strconv.AppendFloat(append(w.line, "><v>"...), v, 'g', -1, 64), "</v></c>"...)
		case string:
			w.line = append(w.line, ` t="inlineStr"><is><t xml:space="preserve">`...)
			w.line = append(appendText(w.line, v), "</t></is></c>"...)
		default:
			return fmt.Errorf("a cell can't hold a %T", v)
		}
	}
	w.line = append(w.line, "</row>"...)
	_, err := w.out.Write(w.line)
	return err
}

// appendText writes a text as a workbook has it. What XML has no place for is the mark for what can't be shown.
func appendText(b []byte, text string) []byte {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '<':
			b = append(b, "&lt;"...)
		case r == '>':
			b = append(b, "&gt;"...)
		case r == '\r':
			b = append(b, "&#xD;"...) // as it is, it would become a line feed
		case r == '_' && escape(text[i:]):
			b = append(b, "_x005F_"...) // else Excel takes it for the character with that number
		case r < ' ' && r != '\t' && r != '\n', r == 0xfffe, r == 0xffff, r == utf8.RuneError:
			b = append(b, "�"...)
		default:
			b = append(b, text[i:i+n]...)
		}
		i += n
	}
	return b
}

// escape says whether a text begins as a character's number does: _xHHHH_.
func escape(text string) bool {
	if len(text) < 7 || text[1] != 'x' || text[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(text[2:6], 16, 16)
	return err == nil
}

// end ends the rows of the sheet.
func (w *Writer) end(parts *zip.Reader) error {
	page, err := content(parts, w.sheet)
	if err != nil {
		return err
	}
	_, _ = w.out.Write(rowsEnd) // the writer keeps its error
	if _, behind, found := bytes.Cut(page, rowsEnd); found {
		_, _ = w.out.Write(behind)
	} else if empty := rowsBegin.FindIndex(page); empty != nil {
		_, _ = w.out.Write(page[empty[1]:])
	}
	w.ended = append(w.ended, w.sheet)
	return w.out.Flush()
}

// Finish ends the rows and writes all else of the book as it is now: what stands behind the rows, such as a filter, may have
// been set since, and other sheets filled.
func (w *Writer) Finish() error {
	parts, err := partsOf(w.book)
	if err != nil {
		return err
	}
	if err := w.end(parts); err != nil {
		return err
	}
	if types, err := content(parts, typesPart); err != nil || !bytes.Equal(types, w.types) {
		return errors.Join(errors.New("the workbook got another part after its rows were begun"), err)
	}
	for _, part := range parts.File {
		if slices.Contains(w.ended, part.Name) || part.Name == typesPart {
			continue
		}
		if err := w.zip.Copy(part); err != nil {
			return err
		}
	}
	return w.zip.Close()
}

// partsOf is the book as excelize would write it.
func partsOf(book *excelize.File) (*zip.Reader, error) {
	b, err := book.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
}

func content(parts *zip.Reader, name string) ([]byte, error) {
	f, err := parts.Open(name)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(f) // it is in memory, and need not be closed
}
