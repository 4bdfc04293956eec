package spreadsheet

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

func withTables(tables ...string) parts {
	p := bookOf(`<row r="1"><c r="A1"><v>1</v></c></row>`)
	rels := `<Relationships>`
	for i, table := range tables {
		name := "table" + string(rune('1'+i)) + ".xml"
		p.with("xl/tables/"+name, table)
		rels += `<Relationship Id="rId` + string(rune('1'+i)) + `" Type="` + relURL + `table" Target="../tables/` + name + `"/>`
	}
	return p.with("xl/worksheets/_rels/sheet1.xml.rels", rels+`<Relationship Id="x" Type="`+relURL+`table" Target="../tables/none.xml"/></Relationships>`)
}

func TestTotalsRowsOfTables(t *testing.T) {
	table := func(attributes string) string {
		return `<table ` + mainNS + ` id="1" ` + attributes + `><autoFilter ref="A1:B9"/><tableColumns><table ref="A1:B7" totalsRowCount="1"/></tableColumns></table>`
	}
	for name, c := range map[string]struct {
		tables []string
		want   []int
	}{
		"none":                    {nil, nil},
		"no totals":               {[]string{table(`ref="A1:F42" totalsRowShown="1"`)}, nil},
		"one":                     {[]string{table(`ref="A1:F42" totalsRowCount="1"`)}, []int{42}},
		"two rows, absolute":      {[]string{table(`ref="$A$1:$XFD$42" totalsRowCount="2"`)}, []int{41, 42}},
		"two tables":              {[]string{table(`ref="A1:F42" totalsRowCount="1"`), table(`ref="H1:I7" totalsRowCount=" 1 "`)}, []int{42, 7}},
		"more than the table has": {[]string{table(`ref="A1:A2" totalsRowCount="50"`)}, []int{1, 2}},
		"no number":               {[]string{table(`ref="A1:A2" totalsRowCount="-1"`), table(`ref="A1:A2" totalsRowCount="4294967295"`), table(`ref="A1" totalsRowCount="1"`), table(`ref="A1:B" totalsRowCount="1"`), table(`totalsRowCount="1"`), table(`ref="A1:B99999999" totalsRowCount="1"`)}, nil},
		"a damaged one":           {[]string{`<table ref="A1:B`, table(`ref="A1:F42" totalsRowCount="1"`)}, []int{42}},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Open(t.Context(), writeFile(t, "a.xlsx", withTables(c.tables...).zip(t)), Limits{})
			require.NoError(t, err)
			defer f.Close()
			rows, err := f.Rows(t.Context())
			require.NoError(t, err)
			require.True(t, rows.Next())
			require.ElementsMatch(t, c.want, f.TotalsRows())
			require.NoError(t, rows.Close())
		})
	}
	f, err := Open(t.Context(), writeFile(t, "a.csv", []byte("a\n1\n")), Limits{})
	require.NoError(t, err)
	defer f.Close()
	require.Empty(t, f.TotalsRows())
	require.False(t, f.NeverCalculated())
}

// TestFormulasWithoutAValue: an empty text is a value that a formula can have, an empty number is none. Both ways of reading
// a row see the same.
func TestFormulasWithoutAValue(t *testing.T) {
	rows := `<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>1+1</f></c><c r="C1"><f>1+1</f><v></v></c><c r="D1"><f>1+1</f><v/></c>` +
		`<c r="E1" t="str"><f>""</f><v></v></c><c r="F1" t="str"><f>""</f><v/></c><c r="G1" t="str"><f>""</f></c><c r="H1"><v></v></c><c r="I1"><f>0</f><v>0</v></c></row>` + strings.Repeat(" ", 2*cellRoom)
	want := map[int]cells.Cell{
		0: {Kind: cells.Number, Bits: cells.FromNum(2), Formula: true}, 1: {Formula: true}, 2: {Formula: true}, 3: {Formula: true},
		4: {Formula: true, Bits: 1}, 5: {Formula: true, Bits: 1}, 6: {Formula: true}, 8: {Kind: cells.Number, Formula: true},
	}
	for _, tokens := range []bool{false, true} {
		f, err := Open(t.Context(), writeFile(t, "a.xlsx", bookOf(rows).zip(t)), Limits{})
		require.NoError(t, err)
		defer f.Close()
		f.tokens = tokens
		batches, err := f.Batches(t.Context())
		require.NoError(t, err)
		var b cells.Batch
		require.True(t, batches.Next(&b))
		got := map[int]cells.Cell{}
		for column, list := range b.Columns {
			for _, c := range list {
				got[column] = c
			}
		}
		require.Equal(t, want, got, "by tokens: %v", tokens)
		require.NoError(t, batches.Close())
	}
}

func TestWorkbooksThatWereNeverCalculated(t *testing.T) {
	book := func(calc string) parts {
		p := bookOf(`<row r="1"><c r="A1"><v>1</v></c></row>`)
		return p.with("xl/workbook.xml", strings.Replace(p["xl/workbook.xml"], "</workbook>", calc+"</workbook>", 1))
	}
	chained := book(`<calcPr fullCalcOnLoad="1"/>`)
	chained["xl/_rels/workbook.xml.rels"] = strings.Replace(chained["xl/_rels/workbook.xml.rels"], "</Rel", `<Relationship Id="c" Type="`+relURL+`calcChain" Target="calcChain.xml"/></Rel`, 1)
	for name, c := range map[string]struct {
		book parts
		want bool
	}{
		"nothing said":      {book(""), false},
		"calculated":        {book(`<calcPr calcId="191029"/>`), false},
		"to be calculated":  {book(`<calcPr calcId="124519" fullCalcOnLoad="1"/>`), true},
		"true":              {book(`<calcPr fullCalcOnLoad="true"></calcPr>`), true},
		"not":               {book(`<calcPr fullCalcOnLoad="0"/>`), false},
		"of something else": {book(`<extLst><calcPr fullCalcOnLoad="1"/></extLst>`), false},
		"with a chain":      {chained, false},
	} {
		f, err := Open(t.Context(), writeFile(t, "a.xlsx", c.book.zip(t)), Limits{})
		require.NoError(t, err, name)
		require.Equal(t, c.want, f.NeverCalculated(), name)
		require.NoError(t, f.Close())
	}
}
