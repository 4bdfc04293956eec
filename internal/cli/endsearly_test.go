package cli

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/contract"
	"fabricportal/internal/portal"
)

// ending is a file that ends before its end, and how much of it can be read.
type ending struct {
	name string
	data []byte
}

const manyOrders = 21_000 // more than "clean" looks at

// ordersText is a text file of so many orders; revenue writes an amount, plainly or so that it has to be found how.
func ordersText(rows int, revenue string) string {
	var b strings.Builder
	b.WriteString("order_id;order_date;revenue;channel\n")
	for i := range rows {
		fmt.Fprintf(&b, "A%d;2026-01-02;"+revenue+";web\n", i, i%90)
	}
	return b.String()
}

// ordersBook is the same as a workbook.
func ordersBook(t *testing.T, rows int) []byte {
	book := excelize.NewFile()
	defer book.Close()
	w, err := book.NewStreamWriter("Sheet1")
	require.NoError(t, err)
	require.NoError(t, w.SetRow("A1", []any{"order_id", "order_date", "revenue", "channel"}))
	for i := range rows {
		require.NoError(t, w.SetRow(fmt.Sprintf("A%d", i+2), []any{fmt.Sprintf("A%d", i), "2026-01-02", i % 90, "web"}))
	}
	require.NoError(t, w.Flush())
	var out bytes.Buffer
	require.NoError(t, book.Write(&out))
	return out.Bytes()
}

// withSheet changes the first sheet of a workbook.
func withSheet(t *testing.T, book []byte, change func(sheet []byte) []byte) []byte {
	r, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	require.NoError(t, err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range r.File {
		from, err := part.Open()
		require.NoError(t, err)
		var data bytes.Buffer
		_, err = data.ReadFrom(from)
		require.NoError(t, err)
		content := data.Bytes()
		if part.Name == "xl/worksheets/sheet1.xml" {
			content = change(content)
		}
		to, err := w.Create(part.Name)
		require.NoError(t, err)
		_, err = to.Write(content)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

// spoilt changes a byte of the packed data of a part, at a share of it.
func spoilt(t *testing.T, book []byte, part string, share float64) []byte {
	r, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	require.NoError(t, err)
	out := bytes.Clone(book)
	for _, f := range r.File {
		if f.Name == part {
			at, err := f.DataOffset()
			require.NoError(t, err)
			for i := range 40 {
				out[at+int64(float64(f.CompressedSize64-50)*share)+int64(i)] ^= 0xA5
			}
			return out
		}
	}
	t.Fatalf("no part %s", part)
	return nil
}

func ordersParquet(t *testing.T, rows int) []byte {
	type order struct {
		ID      string  `parquet:"order_id"`
		Date    string  `parquet:"order_date"`
		Revenue float64 `parquet:"revenue"`
	}
	var out bytes.Buffer
	w := parquet.NewGenericWriter[order](&out, parquet.PageBufferSize(4096))
	for i := range rows {
		_, err := w.Write([]order{{fmt.Sprint("A", i), "2026-01-02", float64(i % 90)}})
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

func endings(t *testing.T) (out []ending) {
	plain, surveyed := "%d.50", "%d,50"
	for _, rows := range []int{3, manyOrders} {
		name := func(what, extension string) string { return fmt.Sprintf("%s-%d%s", what, rows, extension) }
		for kind, revenue := range map[string]string{"plain": plain, "surveyed": surveyed} {
			text := ordersText(rows, revenue)
			out = append(out, ending{name(kind+"-open-quote", ".csv"), []byte(text + "B1;\"2026-01-02;1;web\nB2;2026-01-02;1;web\n")},
				ending{name(kind+"-nuls", ".csv"), append([]byte(text+"B1;2026"), make([]byte, 4096)...)},
				ending{name(kind+"-utf16-cut", ".csv"), cutUTF16(text)})
		}
		book := ordersBook(t, rows)
		out = append(out, ending{name("cut-in-two", ".xlsx"), book[:len(book)/2]},
			ending{name("sheet-cut", ".xlsx"), withSheet(t, book, func(sheet []byte) []byte { return sheet[:len(sheet)*9/10] })},
			ending{name("sheet-without-end", ".xlsx"), withSheet(t, book, func(sheet []byte) []byte { return sheet[:bytes.LastIndex(sheet, []byte("<row"))] })},
			ending{name("sheet-no-xml", ".xlsx"), withSheet(t, book, func(sheet []byte) []byte {
				return bytes.Replace(sheet, []byte("</sheetData>"), []byte("<row><c><v>1</c></row></sheetData>"), 1)
			})},
			ending{name("sheet-spoilt", ".xlsx"), spoilt(t, book, "xl/worksheets/sheet1.xml", 0.98)})
		columns := ordersParquet(t, rows)
		out = append(out, ending{name("cut", ".parquet"), columns[:len(columns)*9/10]},
			ending{name("spoilt", ".parquet"), spoiltPages(columns)})
	}
	return out
}

// cutUTF16 is a text in UTF-16 that ends within a character.
func cutUTF16(text string) []byte {
	out := []byte{0xFF, 0xFE}
	for _, c := range []byte(text) {
		out = append(out, c, 0)
	}
	return out[:len(out)-1]
}

// spoiltPages changes what stands in the last half of the pages; behind them are their statistics.
func spoiltPages(file []byte) []byte {
	out := bytes.Clone(file)
	footer := len(out) - 8 - int(uint32(out[len(out)-8])|uint32(out[len(out)-7])<<8|uint32(out[len(out)-6])<<16)
	for i := footer / 2; i < footer; i++ {
		out[i] ^= 0xA5
	}
	return out
}

// TestFilesThatEndEarlyAreNeverDone runs every command on files of this machine with files that end before their end: each
// says which file, and ends with the code of a failure.
func TestFilesThatEndEarlyAreNeverDone(t *testing.T) {
	p := Program{Local: portal.Local{Version: "1.0.0"}, Funnel: func(string) (*contract.Funnel, error) { return nil, nil }}
	dir := t.TempDir()
	whole, before := filepath.Join(dir, "whole.csv"), filepath.Join(dir, "before.json")
	require.NoError(t, os.WriteFile(whole, []byte(ordersText(5, "%d")), 0o600))
	profile := execute(t, p, "profile", whole)
	require.Equal(t, ExitDone, profile.code, profile.err)
	require.NoError(t, os.WriteFile(before, []byte(profile.out), 0o600))
	for _, e := range endings(t) {
		path := filepath.Join(dir, e.name)
		require.NoError(t, os.WriteFile(path, e.data, 0o600))
		for _, args := range [][]string{{"profile", path}, {"check", path}, {"check", path, "--json"}, {"check", path, "--export", filepath.Join(dir, "out.xlsx")}, {"check", path, "--against", before},
			{"clean", path}, {"clean", path, "--json"}, {"clean", path, "--rows", "2"}, {"clean", path, "--row-is", "order"}, {"clean", path, "--rows", "2", "--decimal-mark", "."},
			{"profile", path, "--row-is", "order"}, {"check", path, "--row-is", "order"}, {"kpis", "--local", path, "--row-is", "order"}, {"kpis", "--local", path}, {"kpis", "--local", path, "--json"}} {
			if strings.Contains(e.name, fmt.Sprint(manyOrders)) && args[0] != "clean" && len(args) > 3 {
				continue // how much there is makes a difference to what looks at some rows only
			}
			t.Run(e.name+" "+strings.ReplaceAll(strings.Join(args, " "), dir, ""), func(t *testing.T) {
				got := execute(t, p, args...)
				require.Equal(t, ExitFailed, got.code, "%s%s", got.out[:min(len(got.out), 300)], got.err)
				require.Contains(t, got.err, e.name)
				require.Regexp(t, `stopped (at|in|after) row|copied to its end|is no spreadsheet`, got.err)
			})
		}
	}
}
