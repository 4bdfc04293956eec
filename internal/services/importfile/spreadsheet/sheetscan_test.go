package spreadsheet

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// dump is all that a reading gives: every row with its cells, and how it ended.
func dump(t testing.TB, path string, tokens bool) string {
	t.Helper()
	f, err := Open(context.Background(), path, fuzzLimits)
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	f.tokens = tokens
	batches, err := f.Batches(context.Background())
	if err != nil {
		return err.Error()
	}
	defer batches.Close()
	var out strings.Builder
	var b cells.Batch
	for batches.Next(&b) {
		for i, row := range b.Rows {
			fmt.Fprintf(&out, "row %d hidden=%v\n", row.Number, row.Hidden)
			for column, list := range b.Columns {
				for _, c := range list {
					if int(c.Row) == i {
						fmt.Fprintf(&out, " %s formula=%v %s\n", Address(column, int(row.Number)), c.Formula, show(CellOf(&b, batches.Texts(), column, c)))
					}
				}
			}
		}
	}
	if err := batches.Err(); err != nil && !errors.As(err, new(*DamagedError)) {
		t.Fatalf("%T %v", err, err)
	}
	fmt.Fprint(&out, batches.Err())
	return out.String()
}

// rowForms are rows as programs write them, and as they don't.
var rowForms = []string{
	`<row r="2"><c r="A2"><v>1</v></c></row>`,
	`<row r="2" spans="1:3" x14ac:dyDescent="0.25"><c r="A2" s="1" t="s"><v>0</v></c><c r="C2" s="1"><v>45000.5</v></c></row><row r="3" spans="1:3" x14ac:dyDescent="0.25"><c r="B3" t="b"><v>1</v></c></row>`,
	`<row r="2" hidden="1"><c r="A2"><v>1</v></c></row><row r="3" hidden="true"><c r="A3"><v>1</v></c></row><row r="4" hidden="0"><c r="A4"><v>1</v></c></row>`,
	`<row><c><v>1</v></c><c/><c t="str"><v>a&amp;b</v></c></row><row><c t="inlineStr"><is><t>x</t></is></c></row>`,
	"<row r=\"2\">\n  <c r=\"A2\">\n <v>1</v> </c>\n</row>\n\n<row r=\"3\"/>\n<row r=\"4\"><c r=\"A4\"><v>2</v></c></row>",
	`<row r="2"><c r="A2"><f>SUM(B2:C2)</f><v>3</v></c><c r="B2"><f t="shared" ref="B2:B9" si="0">A2&amp;"x"</f></c><c r="C2" t="str"><f t="shared" si="0"/><v>ax</v></c></row>`,
	`<row r="2"><c r="A2" t="e"><v>#N/A</v></c><c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="C2" t="n"><v>-1.5E-7</v></c></row>`,
	`<row r="2"><c r="A2" s="2"><v>0.25</v></c><c r="B2" s="2"><v>1.25</v></c><c r="C2" s="1"><v>60</v></c><c r="D2" s="1"><v>0.999999</v></c><c r="E2" s="2"><v>0.9999999</v></c></row>`,
	`<row r="2"><c r="A2" t="inlineStr"><is><t xml:space="preserve"> a_x000D_b&#10;c </t></is></c><c r="B2" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c></row>`,
	`<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>2</v></c><c r="B2"><v>3</v></c></row><row r="2"><c r="A2"><v>4</v></c></row>`,
	`<row r='2'><c r='A2'><v>1</v></c></row>`,
	`<row  r="2" ><c  r="A2" ><v>1</v></c ></row >`,
	`<row s="1" r="2" customFormat="1"><c s="0" r="A2"><v>1</v></c></row>`,
	`<rows r="2"><c r="A2"><v>1</v></c></rows><row r="3"><cell r="A3"><v>1</v></cell><c r="B3"><v>1</v><x><v>2</v></x></c></row>`,
	`<row r="2"><!-- c --><c r="A2"><v><![CDATA[1]]></v></c><?pi?></row>`,
	`<row r="2"><c r="A2" t="s"><v></v></c><c r="B2"><v/></c><c r="C2" t="str"><v> </v></c><c r="D2" t="s"><v>1</v></c></row>`,
	`<row r="2"><c r="A2" t="d"><v>2025-01-02</v></c><c r="B2" cm="1"><v>1</v></c><c r="C2" t="b"><v>true</v></c></row>`,
	`<row r="2"><c r="A2"><v>1</v></c></row><row r="3"><c r="A3" t="s"><v>99</v></c></row>`,
	`<row r="2"><c r="A2"><v>1</v></c></row><row r="3"><c r="A3"><v>1 & 2</v></c></row>`,
	`<row r="2"><c r="A2" t="str"><v>` + "\xFF" + `</v></c></row>`,
	`<row r="1048577"><c><v>1</v></c></row>`, `<row r="0"><c><v>1</v></c></row>`, `<row r="2"><c r="XFE2"><v>1</v></c></row>`,
	`<row r="2"><c r="XFD2"><v>1</v></c><c><v>1</v></c></row>`, `<row r="2" hidden=1><c r="A2"><v>1</v></c></row>`, `<row r="2"><c r="A2"><v>1</v></row>`,
	`<row r="2" a="&lt;" b="x>y"><c r="A2"><v>1</v></c></row>`, `<row r="2" r="3"><c r="A2"><v>1</v></c></row>`,
	`<row r="2"><c r="A2" s="1" t="n"/><c r="B2" s="9999999999"><v>1</v></c></row>`, `<row r="2"><c r="A2"><f>a<b</f><v>1</v></c></row>`,
	`<row r="2"><c r="A2"><v>1</v><v>2</v></c><c r="B2"><v>3</v><f>x</f></c></row>`, `<row r="2"><c r="a2"><v>1</v></c><c r="2"><v>1</v></c></row>`,
}

// TestScannerReadsWhatTheTokenizerReads reads every form of a row both ways, at each distance from the buffer's end.
func TestScannerReadsWhatTheTokenizerReads(t *testing.T) {
	texts := `<sst><si><t>shared</t></si><si><t/></si><si><t>a&amp;b_x0041_</t></si><si><r><t>x</t></r></si></sst>`
	dir := t.TempDir()
	for i, form := range rowForms {
		book := bookOf(form+`<row><c><v>9</v></c></row>`).with("xl/sharedStrings.xml", texts).styles("h:mm:ss")
		path := filepath.Join(dir, fmt.Sprint(i, ".xlsx"))
		require.NoError(t, os.WriteFile(path, book.zip(t), 0o600))
		require.Equal(t, dump(t, path, true), dump(t, path, false), form)
		require.NoError(t, os.WriteFile(path, prefixed(book).zip(t), 0o600))
		require.Equal(t, dump(t, path, true), dump(t, path, false), form)
	}
	// Rows that lie across the ends of what is read at a time.
	var rows strings.Builder
	for n := 0; rows.Len() < 3*largePart; n++ {
		fmt.Fprintf(&rows, `<row r="%d" spans="1:2"><c r="A%d" t="str"><v>%s</v></c><c r="B%d"><v>%d</v></c></row>`, n+1, n+1, strings.Repeat("x", n%977), n+1, n)
	}
	for _, book := range []parts{bookOf(rows.String()), prefixed(bookOf(rows.String()))} {
		path := book.write(t)
		require.Equal(t, dump(t, path, true), dump(t, path, false))
	}
}

var tagName = regexp.MustCompile(`<(/?)([a-zA-Z])`)

// prefixed gives each element of the sheet a prefix.
func prefixed(book parts) parts {
	sheet := book["xl/worksheets/sheet1.xml"]
	sheet = tagName.ReplaceAllString(sheet, "<${1}x:$2")
	return book.with("xl/worksheets/sheet1.xml", sheet)
}

func TestRowsWithPrefixesAreScanned(t *testing.T) {
	rows := strings.Repeat(`<x:row><x:c r="A1"><x:v>1</x:v></x:c></x:row><x:row/>`, 500) + "</x:sheetData>" + strings.Repeat(" ", cellRoom)
	x, err := newXMLReader(strings.NewReader(rows))
	require.NoError(t, err)
	x.marks, x.names = []int{0, 11}, []byte("x:worksheetx:sheetData")
	r := &sheetBatches{ctx: t.Context(), x: x, shared: &sharedStrings{unread: true}, known: 9, inMemory: 9, limits: Limits{}.withDefaults(), batch: &cells.Batch{}, prefix: []byte("x:")}
	require.NoError(t, r.scanRows())
	require.Len(t, r.batch.Rows, 500)
	require.Equal(t, 1000, r.number)
	require.True(t, strings.HasPrefix(string(x.buf[x.pos:x.end]), "</x:sheetData>"))
}

// TestMostRowsAreScanned makes sure that the quick way is taken at all for what Excel and its like write.
func TestMostRowsAreScanned(t *testing.T) {
	for _, form := range rowForms[:9] {
		r := &sheetBatches{shared: &sharedStrings{unread: true}, known: 9, inMemory: 9, limits: Limits{}.withDefaults(), batch: &cells.Batch{}, formats: make([]numberFormat, 3)}
		odd := strings.Contains(form, "<is><r>")
		for rest := []byte(form + strings.Repeat(" ", cellRoom)); len(strings.TrimSpace(string(rest))) > 0; {
			n, result := r.scanRow(rest)
			if odd {
				require.Equal(t, rowOdd, result)
				break
			}
			require.Equal(t, rowDone, result, form)
			rest = rest[n:]
		}
	}
}

// FuzzScanner compares the two ways for any rows.
func FuzzScanner(f *testing.F) {
	for _, form := range rowForms {
		f.Add(form)
	}
	texts := `<sst><si><t>shared</t></si><si><t/></si></sst>`
	path := filepath.Join(f.TempDir(), "fuzz.xlsx")
	f.Fuzz(func(t *testing.T, rows string) {
		book := bookOf(rows).with("xl/sharedStrings.xml", texts).styles("h:mm:ss")
		if err := os.WriteFile(path, book.stored(t), 0o600); err != nil {
			t.Fatal(err)
		}
		if tokens, scanned := dump(t, path, true), dump(t, path, false); tokens != scanned {
			t.Fatalf("the tokenizer reads\n%s\nthe scanner\n%s", tokens, scanned)
		}
		if err := os.WriteFile(path, prefixed(book).stored(t), 0o600); err != nil {
			t.Fatal(err)
		}
		if tokens, scanned := dump(t, path, true), dump(t, path, false); tokens != scanned {
			t.Fatalf("with prefixes the tokenizer reads\n%s\nthe scanner\n%s", tokens, scanned)
		}
	})
}
