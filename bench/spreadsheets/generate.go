package main

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// The columns of the generated files: those of xlsx benchmarks elsewhere, 18 of all kinds.
var headers = []string{
	"order_id", "order_date", "customer_id", "customer_segment", "channel", "region", "country", "product_category", "product_name", "sku",
	"quantity", "unit_price", "discount", "revenue", "payment_method", "rating", "is_returned", "ship_days",
}

// generate writes the file that its name asks for, such as orders-1000.xlsx.
func generate(_ context.Context, path string) error {
	var n int
	if _, err := fmt.Sscanf(filepath.Base(path), "orders-%d.", &n); err != nil {
		return fmt.Errorf("%s does not say how many rows it is to have: %w", path, err)
	}
	switch filepath.Ext(path) {
	case ".csv":
		return writeCSV(path, n)
	case ".parquet":
		return writeParquet(path, n)
	}
	return writeWorkbook(path, n)
}

// row is one generated order. Texts are indexes into the vocabulary.
type row struct {
	texts    [9]int // order_id, customer_id, segment, channel, region, country, category, name, sku; payment apart
	payment  int    // -1: none
	day      int    // serial day
	quantity int
	price    float64
	discount float64
	rating   int // 0: none
	returned bool
	ship     int
}

// vocabulary is all texts of a file, each once, in the order of their first use, as Excel keeps them.
type vocabulary struct {
	list  []string
	index map[string]int
}

func (v *vocabulary) add(text string) int {
	i, ok := v.index[text]
	if !ok {
		i = len(v.list)
		v.list, v.index[text] = append(v.list, text), i
	}
	return i
}

var (
	segments = []string{"Consumer", "Corporate", "Small Business"}
	channels = []string{"Online Shop", "Mobile App", "Marketplace", "Retail Store", "Phone"}
	regions  = []string{"Europe", "North America", "Asia Pacific", "Latin America", "Middle East & Africa"}
	payments = []string{"Credit Card", "PayPal", "Invoice", "Bank Transfer", "Apple Pay", "Gift Card"}
)

func orders(n int) func(yield func(i int, r *row, v *vocabulary) bool) {
	return func(yield func(int, *row, *vocabulary) bool) {
		draw := rand.New(rand.NewPCG(18, uint64(n)))
		v := &vocabulary{index: map[string]int{}}
		var r row
		for i := range n {
			product := draw.IntN(600)
			r.texts = [9]int{
				v.add(fmt.Sprintf("SO-%08d", i+1)), v.add(fmt.Sprintf("C-%05d", draw.IntN(80_000))), v.add(segments[draw.IntN(3)]), v.add(channels[draw.IntN(5)]),
				v.add(regions[draw.IntN(5)]), v.add("Country " + strconv.Itoa(draw.IntN(40))), v.add("Category " + strconv.Itoa(product%12)),
				v.add("Product number " + strconv.Itoa(product)), v.add(fmt.Sprintf("SKU-%04d", product)),
			}
			r.payment = -1
			if draw.IntN(50) > 0 {
				r.payment = v.add(payments[draw.IntN(6)])
			}
			r.day, r.quantity, r.price = 45658+draw.IntN(365), 1+draw.IntN(9), float64(100+draw.IntN(40_000))/100
			r.discount = float64(draw.IntN(6)) / 20
			r.rating = 0
			if draw.IntN(8) > 0 {
				r.rating = 1 + draw.IntN(5)
			}
			r.returned, r.ship = draw.IntN(20) == 0, draw.IntN(15)
			if !yield(i, &r, v) {
				return
			}
		}
	}
}

func (r *row) revenue() float64 {
	return float64(r.quantity) * r.price * (1 - r.discount)
}

// writeWorkbook writes n orders as Excel does: shared strings, spans, style ids, 17 digits, deflate at its fastest.
func writeWorkbook(path string, n int) error {
	return create(path, func(w io.Writer) error {
		z := zip.NewWriter(w)
		z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
		for name, text := range parts {
			if err := member(z, name, func(b *bufio.Writer) error { _, err := b.WriteString(text); return err }); err != nil {
				return err
			}
		}
		var words *vocabulary
		references := 0
		err := member(z, "xl/worksheets/sheet1.xml", func(b *bufio.Writer) error {
			_, _ = b.WriteString(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\r\n" + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac">`)
			fmt.Fprintf(b, `<dimension ref="A1:R%d"/><sheetViews><sheetView tabSelected="1" workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15" x14ac:dyDescent="0.25"/><sheetData>`, n+1)
			_, _ = b.WriteString(`<row r="1" spans="1:18" x14ac:dyDescent="0.25">`)
			for c, h := range headers {
				fmt.Fprintf(b, `<c r="%c1" t="inlineStr"><is><t>%s</t></is></c>`, 'A'+c, h)
			}
			_, _ = b.WriteString("</row>")
			var line []byte
			orders(n)(func(i int, r *row, v *vocabulary) bool {
				words = v
				line = r.sheet(line[:0], i+2)
				references += 9
				_, err := b.Write(line)
				return err == nil
			})
			_, _ = b.WriteString(`</sheetData><pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/></worksheet>`)
			return nil
		})
		if err != nil {
			return err
		}
		err = member(z, "xl/sharedStrings.xml", func(b *bufio.Writer) error {
			fmt.Fprintf(b, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`+"\r\n"+`<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="%d" uniqueCount="%d">`, references, len(words.list))
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
			_, _ = b.WriteString("</sst>")
			return nil
		})
		if err != nil {
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

// writeCSV writes the same orders as text.
func writeCSV(path string, n int) error {
	return create(path, func(w io.Writer) error {
		b := bufio.NewWriterSize(w, 1<<20)
		for i, h := range headers {
			if i > 0 {
				_ = b.WriteByte(',')
			}
			_, _ = b.WriteString(h)
		}
		_ = b.WriteByte('\n')
		epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
		orders(n)(func(_ int, r *row, v *vocabulary) bool {
			payment, rating := "", ""
			if r.payment >= 0 {
				payment = v.list[r.payment]
			}
			if r.rating > 0 {
				rating = strconv.Itoa(r.rating)
			}
			t := func(i int) string { return v.list[r.texts[i]] }
			_, err := fmt.Fprintf(b, "%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%d,%g,%g,%.2f,%s,%s,%t,%d\n", t(0), epoch.AddDate(0, 0, r.day).Format(time.DateOnly),
				t(1), t(2), t(3), t(4), t(5), t(6), t(7), t(8), r.quantity, r.price, r.discount, r.revenue(), payment, rating, r.returned, r.ship)
			return err == nil
		})
		return b.Flush()
	})
}

func create(path string, write func(io.Writer) error) error {
	f, err := os.Create(path + ".part")
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
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
	"[Content_Types].xml":        head + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>`,
	"_rels/.rels":                head + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
	"xl/workbook.xml":            head + `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Orders" sheetId="1" r:id="rId1"/></sheets></workbook>`,
	"xl/_rels/workbook.xml.rels": head + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
	"xl/styles.xml":              head + `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>`,
}
