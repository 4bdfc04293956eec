package spreadsheet

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fuzzLimits keep what one input may cost small.
var fuzzLimits = Limits{Parts: 100, InflatedBytes: 1 << 20, SharedBytes: 1 << 18, CellBytes: 1 << 16}

// readAll reads a file as the program does; whatever is in it, the end is one of the errors that are promised. Where the
// texts of a workbook are kept makes no difference.
func readAll(t *testing.T, path string) {
	inMemory := readWith(t, path, fuzzLimits)
	limits := fuzzLimits
	limits.SharedMemory = onDisk.SharedMemory
	if got := readWith(t, path, limits); got != inMemory {
		t.Fatalf("with the texts in memory:\n%s\non disk:\n%s", inMemory, got)
	}
}

func readWith(t *testing.T, path string, limits Limits) string {
	f, err := Open(context.Background(), path, limits)
	if err != nil {
		if !errors.As(err, new(*UnreadableError)) {
			t.Fatalf("Open: %T %v", err, err)
		}
		return err.Error()
	}
	defer f.Close()
	if n := f.Size(); n%2 == 1 { // of one file in two somebody says how it is written
		encodings, quotings := []string{"", "utf-8", "utf-16be", "windows-1250", "iso-8859-15"}, []string{"", "double", "backslash", "none"}
		f.TextAs(encodings[n/2%5], []string{"", "~", "¦", "||"}[n/10%4], quotings[n/40%4])
	}
	for _, row := range f.TotalsRows() {
		if row < 1 || row > MaxRows {
			t.Fatalf("a row of totals %d", row)
		}
	}
	f.NeverCalculated()
	rows, err := f.Rows(context.Background())
	if err != nil {
		if !errors.As(err, new(*UnreadableError)) {
			t.Fatalf("Rows: %T %v", err, err)
		}
		return err.Error()
	}
	defer rows.Close()
	var all strings.Builder
	for rows.Next() {
		last := -1
		n := rows.RowNumber()
		if n < 1 || f.Format() == XLSX && n > MaxRows {
			t.Fatalf("row %d", n)
		}
		for _, c := range rows.Row() {
			if c.Column <= last || c.Column >= MaxColumns || c.Kind == Empty {
				t.Fatalf("cell %+v after column %d", c, last)
			}
			last = c.Column
			all.WriteString(Address(last, n) + " " + show(c) + "\n")
		}
		if last < 0 {
			t.Fatal("a row without cells")
		}
	}
	if err := rows.Err(); err != nil {
		if !errors.As(err, new(*DamagedError)) {
			t.Fatalf("Err: %T %v", err, err)
		}
		all.WriteString(err.Error())
	}
	return all.String()
}

// FuzzFile reads any bytes: the zip layer, the recognition of formats, and CSV.
func FuzzFile(f *testing.F) {
	f.Add(bookOf(`<row r="1"><c r="A1"><v>1</v></c></row>`).zip(f))
	f.Add([]byte("a,\"b\nc\"\n1,2\n"))
	f.Add([]byte("\xEF\xBB\xBFa,b\r\n\"x"))
	f.Add([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))
	path := filepath.Join(f.TempDir(), "fuzz.csv")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		readAll(t, path)
	})
}

// FuzzParts reads a workbook whose parts are any text.
func FuzzParts(f *testing.F) {
	shared := `<sst><si><t>a</t></si><si><r><t>b_x000D_</t></r><rPh><t>c</t></rPh></si></sst>`
	styles := bookOf("").styles(`[h]:mm`, `yyyy"d"`)["xl/styles.xml"]
	rels := bookOf("")["xl/_rels/workbook.xml.rels"]
	book := bookOf("")["xl/workbook.xml"]
	f.Add(sheetOf(`<row r="1"><c r="A1" s="1"><v>45000.5</v></c><c t="s"><v>1</v></c></row>`), shared, styles, rels, book)
	f.Add("<x:worksheet xmlns:x='y'><x:sheetData><x:row><x:c t='inlineStr'><x:is><x:t>&#65;<![CDATA[<]]></x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>", shared, styles, rels, book)
	f.Add(`<worksheet><sheetData><row r="1048576"><c r="XFD1" t="d"><v>2025-01-01</v></c><c r="A1" t="e"><v>#N/A</v></c>`, `<sst><si>`, `<styleSheet>`, rels, book)
	f.Add("\xFE\xFF\x00<\x00w", "\xFF\xFE<\x00", "", "", "")
	path := filepath.Join(f.TempDir(), "fuzz.xlsx")
	f.Fuzz(func(t *testing.T, sheet, shared, styles, rels, book string) {
		p := bookOf("").with("xl/worksheets/sheet1.xml", sheet).with("xl/sharedStrings.xml", shared).with("xl/styles.xml", styles).
			with("xl/_rels/workbook.xml.rels", rels).with("xl/workbook.xml", book)
		if err := os.WriteFile(path, p.stored(t), 0o600); err != nil {
			t.Fatal(err)
		}
		readAll(t, path)
	})
}
