package sampledata

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// Positions in the cellXfs of styles.xml.
const (
	styleGeneral = iota
	styleDay
	styleShortDate
	styleMoney
	stylePercent
	styleHeader
)

type cellKind int

const (
	noCell cellKind = iota
	numberKind
	boolKind
	textKind   // a text that comes often: kept once in the shared strings
	uniqueKind // a text that comes about once: kept without looking whether it is there already
)

// cell is one cell's content; the zero value is no cell.
type cell struct {
	kind   cellKind
	style  int
	number float64
	text   string
}

type column struct {
	header string
	width  int // in characters
}

func numberCell(v float64, style int) cell { return cell{kind: numberKind, style: style, number: v} }

func uniqueCell(s string) cell { return cell{kind: uniqueKind, text: s} }

// textCell is no cell for an empty text.
func textCell(s string) cell {
	if s == "" {
		return cell{}
	}
	return cell{kind: textKind, text: s}
}

func boolCell(v bool) cell {
	c := cell{kind: boolKind}
	if v {
		c.number = 1
	}
	return c
}

// dateCell is the day as Excel's serial number: days since 30 December 1899, which is right from March 1900 on.
func dateCell(d time.Time, style int) cell {
	return numberCell(float64(d.Sub(day(1899, time.December, 30))/(24*time.Hour)), style)
}

// workbook writes an .xlsx file with one sheet as a stream. The shared strings follow the sheet in the file, as in Excel's;
// they gather in a temporary file until then. Errors are kept until finish.
type workbook struct {
	zip     *zip.Writer
	sheet   *bufio.Writer
	spill   *os.File
	strings *bufio.Writer
	indexes map[string]int // of the texts that come often
	unique  int            // texts in the shared strings
	used    int            // cells that point to them
	names   []string       // letters of the columns
	row     int            // row written last
	buffer  []byte
}

func newWorkbook(w io.Writer, rows int, columns []column) (*workbook, error) {
	spill, err := os.CreateTemp("", "sampledata-*.xml")
	if err != nil {
		return nil, fmt.Errorf("making a temporary file: %w", err)
	}
	b := &workbook{zip: zip.NewWriter(w), spill: spill, strings: bufio.NewWriterSize(spill, 1<<16), indexes: map[string]int{}}
	// Excel compresses at the fastest level.
	b.zip.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestSpeed) })
	if err := b.start(rows, columns); err != nil {
		return nil, errors.Join(err, b.discard())
	}
	return b, nil
}

// part starts a file in the archive; it stays open until the next one starts.
func (b *workbook) part(name string) (io.Writer, error) {
	// Excel's own files carry this date, the first that a zip archive can hold.
	return b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: day(1980, time.January, 1)})
}

func (b *workbook) writePart(name, content string) error {
	w, err := b.part(name)
	if err == nil {
		_, err = io.WriteString(w, content)
	}
	return err
}

func (b *workbook) start(rows int, columns []column) error {
	for _, p := range []struct{ name, content string }{
		{"[Content_Types].xml", contentTypesXML}, {"_rels/.rels", relsXML}, {"xl/workbook.xml", workbookXML}, {"xl/_rels/workbook.xml.rels", workbookRelsXML},
	} {
		if err := b.writePart(p.name, p.content); err != nil {
			return err
		}
	}
	w, err := b.part("xl/worksheets/sheet1.xml")
	if err != nil {
		return err
	}
	b.sheet = bufio.NewWriterSize(w, 1<<16)
	b.names = make([]string, len(columns))
	header := make([]cell, len(columns))
	var widths strings.Builder
	for i, c := range columns {
		b.names[i] = string(rune('A' + i)) // there are fewer than 27
		header[i] = textCell(c.header)
		header[i].style = styleHeader
		fmt.Fprintf(&widths, `<col min="%d" max="%d" width="%d.7109375" customWidth="1"/>`, i+1, i+1, c.width)
	}
	fmt.Fprintf(b.sheet, sheetStartXML, b.names[len(columns)-1], rows+1, widths.String())
	b.addRow(header)
	return nil
}

// addRow writes one row.
func (b *workbook) addRow(cells []cell) {
	b.row++
	out := b.buffer[:0]
	out = append(out, `<row r="`...)
	out = strconv.AppendInt(out, int64(b.row), 10)
	out = append(out, `" spans="1:`...)
	out = strconv.AppendInt(out, int64(len(b.names)), 10)
	out = append(out, `" x14ac:dyDescent="0.25">`...)
	for i, c := range cells {
		if c.kind == noCell {
			continue
		}
		out = append(out, `<c r="`...)
		out = append(out, b.names[i]...)
		out = strconv.AppendInt(out, int64(b.row), 10)
		out = append(out, '"')
		if c.style != styleGeneral {
			out = append(out, ` s="`...)
			out = strconv.AppendInt(out, int64(c.style), 10)
			out = append(out, '"')
		}
		switch c.kind {
		case boolKind:
			out = append(out, ` t="b"><v>`...)
			out = strconv.AppendInt(out, int64(c.number), 10)
		case textKind, uniqueKind:
			out = append(out, ` t="s"><v>`...)
			out = strconv.AppendInt(out, int64(b.shared(c)), 10)
		default:
			out = append(out, `><v>`...)
			// Excel writes 17 significant digits, without zeros at the end.
			out = strconv.AppendFloat(out, c.number, 'g', 17, 64)
		}
		out = append(out, `</v></c>`...)
	}
	out = append(out, `</row>`...)
	b.buffer = out
	b.sheet.Write(out) //nolint:errcheck // bufio keeps the error for Flush
}

// shared gives a text's index in the shared strings.
func (b *workbook) shared(c cell) int {
	b.used++
	if c.kind == textKind {
		if i, ok := b.indexes[c.text]; ok {
			return i
		}
		b.indexes[c.text] = b.unique
	}
	space := ""
	if strings.TrimSpace(c.text) != c.text {
		space = ` xml:space="preserve"`
	}
	fmt.Fprintf(b.strings, "<si><t%s>%s</t></si>", space, escaper.Replace(c.text))
	b.unique++
	return b.unique - 1
}

// Quotes stand as they are in Excel's texts.
var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// finish writes what follows the rows; the document's properties say it was saved at that time.
func (b *workbook) finish(saved time.Time) error {
	b.sheet.WriteString(sheetEndXML) //nolint:errcheck // bufio keeps the error for Flush
	if err := b.sheet.Flush(); err != nil {
		return fmt.Errorf("writing the sheet: %w", err)
	}
	if err := b.writePart("xl/styles.xml", stylesXML); err != nil {
		return err
	}
	if err := b.finishStrings(); err != nil {
		return fmt.Errorf("writing the shared strings: %w", err)
	}
	if err := b.writePart("docProps/core.xml", fmt.Sprintf(coreXML, saved.Format("2006-01-02T15:04:05Z"))); err != nil {
		return err
	}
	if err := b.writePart("docProps/app.xml", appXML); err != nil {
		return err
	}
	return b.zip.Close()
}

func (b *workbook) finishStrings() error {
	if err := b.strings.Flush(); err != nil {
		return err
	}
	if _, err := b.spill.Seek(0, io.SeekStart); err != nil {
		return err
	}
	w, err := b.part("xl/sharedStrings.xml")
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, stringsStartXML, b.used, b.unique); err != nil {
		return err
	}
	if _, err := io.Copy(w, b.spill); err != nil {
		return err
	}
	_, err = io.WriteString(w, "</sst>")
	return err
}

// discard removes the temporary file.
func (b *workbook) discard() error {
	return errors.Join(b.spill.Close(), os.Remove(b.spill.Name()))
}
