package profile_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/reading"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// profiled is the profile of a text file that is read in a certain way.
func profiled(t *testing.T, content string, how cleaning.How) *contract.ImportProfile {
	t.Helper()
	file, err := scan.Open(t.Context(), spreadsheet.Disk(write(t, "orders.csv", content)), scan.Options{How: how})
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	p := profile.New(t.Context(), file, profile.Options{})
	defer p.Close()
	require.NoError(t, file.Read(t.Context(), p))
	result, err := p.Finish(context.Background())
	require.NoError(t, err)
	return result.Profile
}

// shown are the examples of a check.
func shown(c contract.Check) string {
	var out []string
	for _, e := range c.Examples {
		out = append(out, e.Cell+" "+e.Value)
	}
	return fmt.Sprint(c.Count, " ", strings.Join(out, "; "))
}

func TestTextsThatAreNotInTheEncoding(t *testing.T) {
	head := "order_id,order_date,revenue,channel,note\n"
	many := strings.Builder{}
	for i := range 3000 { // more than a batch
		fmt.Fprintf(&many, "%d,2025-01-01,5,Müller,São Paulo\n", i)
	}
	for name, c := range map[string]struct{ content, want string }{
		"nothing":                            {head + many.String(), "0 "},
		"mojibake":                           {head + many.String() + "A,2025-01-01,5,Web,MÃ¼ller \nB,2025-01-01,5,10Â\u00a0000,MÃ¼ller\n", "2 E3002 MÃ¼ller; D3003 10Â\u00a0000"},
		"what could not be read":             {head + "1,2025-01-01,5,caf\uFFFD,\n", "1 D2 caf\uFFFD"},
		"bytes of Windows-1252":              {head + "1,2025-01-01,5,Größe,\n2,2025-01-01,5,Gr\xf6\xdfe,MÃ¼ller\n3,2025-01-01,5,MÃ¼ller,Gr\xf6\xdfe\n", "2 D3 Größe; D4 MÃ¼ller"},
		"bytes behind the columns":           {head + "1,2025-01-01,5,Größe,,Gr\xf6\xdfe\n", "0 "},
		"a file that ends in a character":    {head + "1,2025-01-01,5,Größe,x\n2,2025-01-01,5,Web,Gr\xc3", "1 E3 GrÃ"},
		"the header, too":                    {"order_id,order_date,revenue,channel,GrÃ¶ÃŸe \n1,2025-01-01,5,MÃ¼ller,\n", "2 E1 GrÃ¶ÃŸe; D2 MÃ¼ller"},
		"the header's bytes":                 {"order_id,order_date,revenue,channel,Gr\xf6\xdfe\n1,2025-01-01,5,Größe,\n", "1 E1 Größe"},
		"rows above the header do not count": {"\n\n" + head + "1,2025-01-01,5,Web,\n", "0 "},
		"Windows-1250":                       {head + "1,2025-01-01,5,Wroc\xb3aw,Krak\xf3w\n2,2025-01-01,5,Web,5 m\xb3\n3,2025-01-01,5,Web,\xa3\xf3d\x9f\n", "3 D2 Wroc³aw; E3 5 m³; E4 £ódŸ"},
		"Windows-1252":                       {head + "1,2025-01-01,5,Wroc\xb3aw,M\xfcnchen\n", "0 "},
		"what is told is five rows":          {head + strings.Repeat("1,2025-01-01,5,MÃ¼ller,\n", 9), "9 D2 MÃ¼ller; D3 MÃ¼ller; D4 MÃ¼ller; D5 MÃ¼ller; D6 MÃ¼ller"},
	} {
		got := check(t, profiled(t, c.content, cleaning.How{}), "text_encoding")
		require.Equal(t, c.want, shown(got), name)
		require.Equal(t, got.Count == 0, got.Passed, name)
		require.Equal(t, "warning", got.Severity)
	}
}

// TestTheHeaderIsToldBesideTheRows: it is none of theirs, so that no message counts more rows than there are.
func TestTheHeaderIsToldBesideTheRows(t *testing.T) {
	rest := " have a text that is not in the encoding, or may be in another."
	both := check(t, profiled(t, "order_id,order_date,revenue,Gr\u00c3\u00b6\u00c3\u0178e\n1,2025-01-01,5,M\u00c3\u00bcller\n", cleaning.How{}), "text_encoding")
	require.Equal(t, "The header and 1 of 1 row"+rest, both.Message)
	alone := check(t, profiled(t, "order_id,order_date,revenue,Gr\u00c3\u00b6\u00c3\u0178e\n1,2025-01-01,5,Web\n", cleaning.How{}), "text_encoding")
	require.Equal(t, "The header has a text that is not in the encoding, or may be in another.", alone.Message)
}

// TestTextsOfWorkbooksHaveNoEncoding of their own.
func TestTextsOfWorkbooksHaveNoEncoding(t *testing.T) {
	p, err := profile.File(t.Context(), writeWorkbook(t, [][]any{{"order_id", "order_date", "revenue"}, {"MÃ¼ller", "2025-01-01", 5}}, true), profile.Options{})
	require.NoError(t, err)
	require.True(t, check(t, p, "text_encoding").Passed)
}

func TestOrderIDsThatHaveLostDigits(t *testing.T) {
	p := profiled(t, "order_id,order_date,revenue\n1.23457E+17,2025-01-01,1\n\"1,23457E+17\",2025-01-01,1\n123456789012345678,2025-01-01,1\n1E17,2025-01-01,1\n-1.5e20,2025-01-01,1\nE.1,2025-01-01,1\n", cleaning.How{})
	require.Equal(t, "3 A2 1.23457E+17; A3 1,23457E+17; A6 -1.5e20", shown(check(t, p, "order_id_exact")))
	require.Equal(t, "3 of 6 rows have an order_id of more than 15 digits, of which Excel has lost the last ones.", check(t, p, "order_id_exact").Message)
	p, err := profile.File(t.Context(), writeWorkbook(t, [][]any{{"order_id", "order_date", "revenue"}, {2025112300000001, "2025-01-01", 5}, {999999999999999, "2025-01-01", 5}, {"2025112300000001234", "2025-01-01", 5}}, true), profile.Options{})
	require.NoError(t, err)
	require.Equal(t, "1 A2 2025112300000001", shown(check(t, p, "order_id_exact")))
}

// TestOrderIDsOfATextFileStayTexts unless a number does not change them.
func TestOrderIDsOfATextFileStayTexts(t *testing.T) {
	p := profiled(t, "order_id,order_date,revenue\n01,2025-01-01,1\n1,2025-01-01,1\n1.0,2025-01-01,1\n0,2025-01-01,1\n123456789012345,2025-01-01,1\n1234567890123456,2025-01-01,1\ntrue,2025-01-01,1\n2025-01-01,2025-01-01,1\n", cleaning.How{})
	require.EqualValues(t, 8, p.Columns[0].DistinctCount)
	require.EqualValues(t, "mixed", p.Columns[0].Type)
	ids := []any{}
	for _, row := range p.SampleRows {
		ids = append(ids, row[0])
	}
	require.Equal(t, []any{"01", 1., "1.0", 0., 123456789012345., "1234567890123456", "true", "2025-01-01"}, ids)
	require.True(t, check(t, p, "order_id_unique").Passed)
}

func TestAmountsInSeveralCurrencies(t *testing.T) {
	forms, err := cleaning.NewForms(contract.ReadOptions{})
	require.NoError(t, err)
	how := cleaning.How{Forms: forms}
	p := profiled(t, "order_id,order_date,revenue,Currency\n1,2025-01-01,$5,USD\n2,2025-01-01,EUR 5,EUR\n3,2025-01-01,5 €,€\n4,2025-01-01,5 USD,usd\n5,2025-01-01,£5,GBP\n6,2025-01-01,5,\n", how)
	c := check(t, p, "one_currency")
	require.Equal(t, "3 C2 $5; C5 5 USD; C6 £5", shown(c), "of equally frequent ones the first by its name is the most frequent")
	require.Equal(t, "error", c.Severity)
	require.Equal(t, "3 of 6 rows are in another currency than most.", c.Message)

	rows := strings.Builder{}
	rows.WriteString("order_id,order_date,revenue,Währung\n")
	for i := range 5000 {
		fmt.Fprintf(&rows, "%d,2025-01-01,5,%s\n", i, map[bool]string{true: "Kč", false: []string{"EUR", "€", "eur"}[i%3]}[i%1000 == 999])
	}
	c = check(t, profiled(t, rows.String(), cleaning.How{}), "one_currency")
	require.Equal(t, "5 D1001 Kč; D2001 Kč; D3001 Kč; D4001 Kč; D5001 Kč", shown(c))
	require.Equal(t, "warning", c.Severity)

	rows.Reset() // more different ones than there are currencies
	rows.WriteString("order_id,order_date,revenue,currency\n1,2025-01-01,5,x0\n")
	for i := range 3000 {
		fmt.Fprintf(&rows, "A%d,2025-01-01,5,x%d\n", i, i)
	}
	c = check(t, profiled(t, rows.String(), cleaning.How{}), "one_currency")
	require.Equal(t, "2999 D4 x1; D5 x2; D6 x3; D7 x4; D8 x5", shown(c))
}

// TestRowsThatAreNoOrdersAreNotLookedAt by the checks of orders, shifted ones neither; equal rows are told all the same.
func TestRowsThatAreLinesOrLeftOut(t *testing.T) {
	content := "order_id,order_date,revenue,currency\n1,2025-01-01,5,EUR\n1,2025-01-01,5,EUR\n1,,,EUR\n2,2025-01-01,,EUR\n3,,7,EUR\n3,,,\n"
	lines := profiled(t, content, cleaning.How{Lines: true, Unpriced: &reading.Unpriced{Rows: 1, First: []int{5}}})
	require.Equal(t, "1 C5 ", shown(check(t, lines, "revenue_valid")), "an item below its order lacks nothing")
	require.True(t, check(t, lines, "order_id_unique").Passed)
	require.EqualValues(t, 1, lines.DuplicateRows)
	unknown := profiled(t, content, cleaning.How{Lines: true})
	require.Equal(t, "3 C4 ; C5 ; C7 ", shown(check(t, unknown, "revenue_valid")))
	orders := profiled(t, content, cleaning.How{})
	require.EqualValues(t, 1, orders.DuplicateRows)
	require.Equal(t, "3 A3 1; A4 1; A7 3", shown(check(t, orders, "order_id_unique")))
}
