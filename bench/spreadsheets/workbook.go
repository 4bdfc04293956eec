package main

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"fmt"
	"io"
	"strconv"
)

// writeWorkbook writes n orders as Excel does: shared strings, spans, style ids, 17 digits.
func writeWorkbook(path string, n int) error {
	var words *vocabulary
	references := 0
	return writePackage(path, func(b *bufio.Writer) error {
		_, _ = b.WriteString(head + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac">`)
		fmt.Fprintf(b, `<dimension ref="A1:R%d"/><sheetViews><sheetView tabSelected="1" workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15" x14ac:dyDescent="0.25"/><sheetData>`, n+1)
		_, _ = b.WriteString(`<row r="1" spans="1:18" x14ac:dyDescent="0.25">`)
		for c, h := range headers {
			fmt.Fprintf(b, `<c r="%c1" t="inlineStr"><is><t>%s</t></is></c>`, 'A'+c, h)
		}
		_, _ = b.WriteString("</row>")
		var line []byte
		var err error
		orders(n)(func(i int, r *row, v *vocabulary) bool {
			words = v
			line = r.sheet(line[:0], i+2)
			references += 9
			_, err = b.Write(line)
			return err == nil
		})
		_, _ = b.WriteString(`</sheetData><pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/></worksheet>`)
		return err
	}, func(b *bufio.Writer) error {
		fmt.Fprintf(b, head+`<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="%d" uniqueCount="%d">`, references, len(words.list))
		for _, text := range words.list {
			_, _ = b.WriteString("<si><t>")
			for _, c := range text {
				if c == '&' {
					_, _ = b.WriteString("&amp;")
				} else {
					_, _ = b.WriteRune(c)
				}
			}
			_, _ = b.WriteString("</t></si>")
		}
		_, err := b.WriteString("</sst>")
		return err
	})
}

// writePackage writes a workbook of one sheet, whose cells are shared strings: deflate at its fastest, as Excel does.
func writePackage(path string, sheet, strings func(*bufio.Writer) error) error {
	return create(path, func(w io.Writer) error {
		z := zip.NewWriter(w)
		z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
		for name, text := range parts {
			if err := member(z, name, func(b *bufio.Writer) error { _, err := b.WriteString(text); return err }); err != nil {
				return err
			}
		}
		if err := member(z, "xl/worksheets/sheet1.xml", sheet); err != nil {
			return err
		}
		if err := member(z, "xl/sharedStrings.xml", strings); err != nil {
			return err
		}
		return z.Close()
	})
}

// sheet is the order as a row of sheet XML.
func (r *row) sheet(b []byte, number int) []byte {
	cell := func(column byte, attributes string, value func([]byte) []byte) {
		b = append(append(b, `<c r="`...), column)
		b = strconv.AppendInt(b, int64(number), 10)
		b = append(append(append(b, '"'), attributes...), "><v>"...)
		b = append(value(b), "</v></c>"...)
	}
	whole := func(n int) func([]byte) []byte {
		return func(b []byte) []byte { return strconv.AppendInt(b, int64(n), 10) }
	}
	real := func(f float64) func([]byte) []byte {
		return func(b []byte) []byte { return strconv.AppendFloat(b, f, 'g', 17, 64) }
	}
	b = append(b, `<row r="`...)
	b = strconv.AppendInt(b, int64(number), 10)
	b = append(b, `" spans="1:18" x14ac:dyDescent="0.25">`...)
	const shared = ` t="s"`
	cell('A', shared, whole(r.texts[0]))
	cell('B', ` s="1"`, whole(r.day))
	for i := 1; i < 9; i++ {
		cell(byte('B'+i), shared, whole(r.texts[i]))
	}
	cell('K', "", whole(r.quantity))
	cell('L', "", real(r.price))
	cell('M', "", real(r.discount))
	cell('N', "", real(r.revenue()))
	if r.payment >= 0 {
		cell('O', shared, whole(r.payment))
	}
	if r.rating > 0 {
		cell('P', "", whole(r.rating))
	}
	returned := 0
	if r.returned {
		returned = 1
	}
	cell('Q', ` t="b"`, whole(returned))
	cell('R', "", whole(r.ship))
	return append(b, "</row>"...)
}

func member(z *zip.Writer, name string, write func(*bufio.Writer) error) error {
	w, err := z.Create(name)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(w, 1<<20)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}

const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\r\n"

// parts are the workbook's parts besides the sheet and the strings.
var parts = map[string]string{
	"[Content_Types].xml": head +
		`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>` +
		`<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>`,
	"_rels/.rels": head +
		`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
	"xl/workbook.xml": head +
		`<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
		`<sheets><sheet name="Orders" sheetId="1" r:id="rId1"/></sheets></workbook>`,
	"xl/_rels/workbook.xml.rels": head +
		`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>` +
		`<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
	"xl/styles.xml": head +
		`<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
		`<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills>` +
		`<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>` +
		`<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>`,
}
