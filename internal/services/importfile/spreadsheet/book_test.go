package spreadsheet

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	mainNS = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	relNS  = `xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relURL = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/`
)

// parts are the parts of a workbook that is made by hand.
type parts map[string]string

// bookOf is a workbook with one sheet, whose cells are the given rows.
func bookOf(rows string) parts {
	return parts{
		"[Content_Types].xml": `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"_rels/.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="rId1" Type="` + relURL + `officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml": `<workbook ` + mainNS + ` ` + relNS + `><sheets><sheet name="Orders" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships>` +
			`<Relationship Id="rId1" Type="` + relURL + `worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="` + relURL + `sharedStrings" Target="sharedStrings.xml"/>` +
			`<Relationship Id="rId3" Type="` + relURL + `styles" Target="styles.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml": sheetOf(rows),
	}
}

func sheetOf(rows string) string {
	return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\r\n" +
		`<worksheet ` + mainNS + `><dimension ref="A1:B2"/><sheetData>` + rows + `</sheetData><pageMargins left="0.7"/></worksheet>`
}

// with replaces or adds a part.
func (p parts) with(name, content string) parts {
	p[name] = content
	return p
}

func (p parts) without(name string) parts {
	delete(p, name)
	return p
}

// styles are three cell formats: 0 general, 1 a built-in date, 2 to n the given codes.
func (p parts) styles(codes ...string) parts {
	formats, cells := "", `<xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>`
	for i, code := range codes {
		formats += fmt.Sprintf(`<numFmt numFmtId="%d" formatCode="%s"/>`, 164+i, code)
		cells += fmt.Sprintf(`<xf numFmtId="%d"/>`, 164+i)
	}
	return p.with("xl/styles.xml", `<styleSheet `+mainNS+`><numFmts>`+formats+`</numFmts>`+
		`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>`+cells+`</cellXfs></styleSheet>`)
}

func (p parts) zip(t testing.TB) []byte { return p.packed(t, zip.Deflate) }

// stored is zip without packing, which costs a fuzz target more than what it looks at.
func (p parts) stored(t testing.TB) []byte { return p.packed(t, zip.Store) }

func (p parts) packed(t testing.TB, method uint16) []byte {
	names := make([]string, 0, len(p))
	for name := range p {
		names = append(names, name)
	}
	sort.Strings(names)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range names {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		require.NoError(t, err)
		_, err = f.Write([]byte(p[name]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

func (p parts) write(t testing.TB) string { return writeFile(t, "orders.xlsx", p.zip(t)) }

func writeFile(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return path
}

// grid is what was read: for each row its cells as text, by their addresses.
type grid []string

// read reads a file to its end; the error is that of the reading, and what was read before it is returned, too.
func read(t testing.TB, path string, limits Limits) (grid, error) {
	t.Helper()
	f, err := Open(context.Background(), path, limits)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := f.Rows(context.Background())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out grid
	for rows.Next() {
		for _, c := range rows.Row() {
			out = append(out, Address(c.Column, rows.RowNumber())+" "+show(c))
		}
	}
	return out, rows.Err()
}

func show(c Cell) string {
	switch c.Kind {
	case Number:
		return strconv.FormatFloat(c.Num, 'g', -1, 64)
	case Text:
		return strconv.Quote(string(c.Text))
	case Bool:
		return strconv.FormatBool(c.Num != 0)
	case Date:
		return c.Time().Format("2006-01-02")
	case DateTime:
		return c.Time().Format("2006-01-02T15:04:05")
	case Error:
		return string(c.Text)
	}
	return "empty"
}

// requireCells reads a file that must be read to its end.
func requireCells(t *testing.T, path string, want ...string) {
	t.Helper()
	for _, limits := range []Limits{{}, onDisk} {
		got, err := read(t, path, limits)
		require.NoError(t, err)
		require.Equal(t, grid(want), got)
	}
}

// onDisk keeps a workbook's table of texts in a temporary file, all but its first ones.
var onDisk = Limits{SharedMemory: textCost + 2}
