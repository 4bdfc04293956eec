// Command looking prints how many bytes are read of a large file elsewhere to show its beginning.
package main

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"

	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/ranged"
)

type order struct {
	OrderID   string  `parquet:"order_id"`
	OrderDate string  `parquet:"order_date"`
	Revenue   float64 `parquet:"revenue"`
	Comment   string  `parquet:"comment"`
}

func main() {
	size := int64(2 << 30)
	if len(os.Args) > 1 {
		if _, err := fmt.Sscan(os.Args[1], &size); err != nil {
			fmt.Fprintln(os.Stderr, "looking:", os.Args[1], "is no size in bytes:", err)
			os.Exit(2)
		}
	}
	for _, kind := range []struct {
		name  string
		write func(io.Writer, int64) error
	}{{"orders.csv", csv}, {"orders.xlsx", workbook}, {"orders.parquet", table}} {
		if err := measure(kind.name, size, kind.write); err != nil {
			fmt.Fprintln(os.Stderr, "looking:", kind.name, err)
			os.Exit(1)
		}
	}
}

func measure(name string, size int64, write func(io.Writer, int64) error) error {
	f, err := os.CreateTemp("", "bench-looking-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := write(f, size); err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	parts := ranged.New(name, info.Size(), info.ModTime(), func(_ context.Context, at int64, p []byte) error {
		_, err := f.ReadAt(p, at)
		return err
	})
	defer func() { _ = parts.Close() }()
	began := time.Now()
	look := parts.Head(context.Background(), ranged.HeadBytes)
	head, err := analysis.HeadOf(context.Background(), look, analysis.Options{})
	if err != nil {
		return err
	}
	fmt.Printf("%-15s %6.0f MB: %d rows shown, %.2f MB read, %s\n", name, float64(info.Size())/1e6, len(head.Rows), float64(parts.Fetched())/1e6, time.Since(began).Round(time.Millisecond))
	if parts.Fetched() > 4e6 {
		return fmt.Errorf("more than 4 MB were read")
	}
	if strings.HasSuffix(name, ".parquet") {
		return screens(f, info)
	}
	return nil
}

// block is a megabyte of rows, each made by row.
func block(row func(*bytes.Buffer, int)) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < 1<<20; i++ {
		row(&b, i)
	}
	return b.Bytes()
}

func repeat(w io.Writer, b []byte, size int64) error {
	for done := int64(0); done < size; done += int64(len(b)) {
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

func csv(w io.Writer, size int64) error {
	fmt.Fprintln(w, "order_id,order_date,revenue,region")
	return repeat(w, block(func(b *bytes.Buffer, i int) { fmt.Fprintf(b, "A%d,2026-01-02,%d.50,North\n", i, i) }), size)
}

// workbook has its rows and its texts unpacked, a half of the file each.
func workbook(w io.Writer, size int64) error {
	z := zip.NewWriter(w)
	part := func(name string) io.Writer {
		p, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			panic(err)
		}
		return p
	}
	const kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	fmt.Fprintf(part("_rels/.rels"), `<Relationships><Relationship Id="a" Type="%sofficeDocument" Target="xl/workbook.xml"/></Relationships>`, kind)
	fmt.Fprint(part("xl/workbook.xml"), `<workbook xmlns:r="x"><sheets><sheet name="Orders" sheetId="1" r:id="a"/></sheets></workbook>`)
	fmt.Fprintf(part("xl/_rels/workbook.xml.rels"), `<Relationships><Relationship Id="a" Type="%sworksheet" Target="sheet.xml"/><Relationship Id="b" Type="%ssharedStrings" Target="texts.xml"/></Relationships>`, kind, kind)
	sheet := part("xl/sheet.xml")
	fmt.Fprint(sheet, `<worksheet><sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c></row>`)
	err := repeat(sheet, block(func(b *bytes.Buffer, i int) {
		fmt.Fprintf(b, `<row><c t="s"><v>%d</v></c><c><v>46000</v></c><c><v>%d</v></c></row>`, 3+i, i)
	}), size/2)
	fmt.Fprint(sheet, `</sheetData></worksheet>`)
	texts := part("xl/texts.xml")
	fmt.Fprint(texts, `<sst><si><t>order_id</t></si><si><t>order_date</t></si><si><t>revenue</t></si>`)
	if err == nil {
		err = repeat(texts, block(func(b *bytes.Buffer, i int) { fmt.Fprintf(b, `<si><t>A%d</t></si>`, i) }), size/2)
	}
	fmt.Fprint(texts, `</sst>`)
	if err != nil {
		return err
	}
	return z.Close()
}

func table(w io.Writer, size int64) error {
	out := parquet.NewGenericWriter[order](w)
	rows := make([]order, 10_000)
	for done := int64(0); done < size; {
		for i := range rows {
			id := fmt.Sprintf("A%012d", done+int64(i))
			rows[i] = order{id, "2026-01-02", float64(done) + float64(i), id + id + id + id + id + id + id + id}
		}
		if _, err := out.Write(rows); err != nil {
			return err
		}
		done += int64(len(rows)) * 150
		if err := out.Flush(); err != nil {
			return err
		}
	}
	return out.Close()
}
