package reading

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// headerOf is a header of names that are separated by bars.
func headerOf(t testing.TB, names string) Header {
	var row []spreadsheet.Cell
	for i, name := range strings.Split(names, "|") {
		row = append(row, spreadsheet.Cell{Column: i, Kind: spreadsheet.Text, Text: []byte(name)})
	}
	h, ok := ReadHeader(row, 1)
	require.True(t, ok)
	return h
}

// assigned is which header has which role, and the candidates, in the order of the roles.
func assigned(h *Header, a *Assignment) string {
	var out []string
	for i, role := range contract.Words().Roles {
		if column := *a.Columns.of(role.Role); column >= 0 {
			out = append(out, role.Role+"="+h.Names[column])
		} else if len(a.Candidates[i]) > 0 {
			var names []string
			for _, column := range a.Candidates[i] {
				names = append(names, h.Names[column])
			}
			out = append(out, role.Role+"?"+strings.Join(names, "/"))
		}
	}
	return strings.Join(out, " ")
}

func TestColumnsAreFoundByTheirNames(t *testing.T) {
	for _, c := range []struct{ header, want string }{
		{"order_id|order_date|revenue", "order_id=order_id order_date=order_date revenue=revenue"},
		{"Order ID|ORDER DATE| Revenue ", "order_id=Order ID order_date=ORDER DATE revenue= Revenue "},
		{"Bestellnummer|Bestelldatum|Kanal|Region|Warengruppe|Umsatz", "order_id?Bestellnummer order_date?Bestelldatum revenue?Umsatz channel=Kanal region=Region product_category=Warengruppe"},
		{"order_id|order_date|Revenue (EUR)", "order_id=order_id order_date=order_date revenue?Revenue (EUR)"},
		{"order_id|order_date|Umsatz in €|Preis (€ / Stück)|Menge [Stk]", "order_id=order_id order_date=order_date revenue?Umsatz in € quantity=Menge [Stk] unit_price=Preis (€ / Stück)"},
		{"N° de commande|Date de commande|Chiffre d'affaires HT|Montant TTC (EUR)|Remise %|Quantité", "order_id?N° de commande order_date?Date de commande revenue?Montant TTC (EUR) quantity=Quantité discount=Remise %"},
		{"Nr zamówienia|Data zamówienia|Wartość netto [PLN]|Ilość", "order_id?Nr zamówienia order_date?Data zamówienia revenue?Wartość netto [PLN] quantity=Ilość"},
		{"order_id|order_date|Net Sales|Gross Sales|Gebiet|Area", "order_id=order_id order_date=order_date revenue?Net Sales/Gross Sales region?Gebiet/Area"},
		{"order_id|order_date|revenue|Date|Total|Total USD", "order_id=order_id order_date=order_date revenue=revenue"},
		{"Order|Date|Sales|Sales|SALES", "order_id?Order order_date?Date revenue?Sales"},
		{"EUR|Units|in EUR", "quantity=Units"},
		{"discount percent|Erlöse|STRAßE", "revenue?Erlöse discount=discount percent"},
		{"Bestellnummer", "order_id?Bestellnummer"}, {"x|y", ""},
	} {
		h := headerOf(t, c.header)
		a, err := h.Assign(nil)
		require.NoError(t, err)
		require.Equal(t, c.want, assigned(&h, &a), c.header)
	}
}

func TestColumnsThatAPersonNames(t *testing.T) {
	h := headerOf(t, "order_id|Date|Net|Gross|revenue|Kanal")
	a, err := h.Assign(map[string]string{"revenue": "Net", "order_date": "DATE", "channel": "Gross"})
	require.NoError(t, err)
	require.Equal(t, "order_id=order_id order_date=Date revenue=Net channel=Gross", assigned(&h, &a))
	require.True(t, a.Required())
	named := h.Named(a.Columns)
	require.Equal(t, []string{"order_id", "order_date", "revenue", "channel", "revenue_2", "kanal"}, named.Normalized)
	require.Equal(t, a.Columns, named.Columns())
	require.Equal(t, "revenue", h.Normalized[4], "the header itself stays")

	for option, sentence := range map[string]string{
		"Brutto": `there is no column “Brutto” for revenue in row 1: choose one of its headers`, "Date": `the column “Date” can't be both order_date and revenue: choose another one`} {
		_, err := h.Assign(map[string]string{"revenue": option, "order_date": "Date"})
		require.EqualError(t, err, sentence)
		require.ErrorAs(t, err, new(*OptionError))
	}
}

func TestNamesStayDifferentWhenRolesTakeThem(t *testing.T) {
	h := headerOf(t, "revenue|revenue_2|Net|revenue")
	a, err := h.Assign(map[string]string{"revenue": "Net"})
	require.NoError(t, err)
	named := h.Named(a.Columns)
	require.Equal(t, []string{"revenue_4", "revenue_2", "revenue", "revenue_3"}, named.Normalized)
}

// TestAColumnHasOneRole: one that is given to a role has no other by its name.
func TestAColumnHasOneRole(t *testing.T) {
	h := headerOf(t, "order_id|order_date|discount|Net")
	require.NoError(t, h.Take(map[string]string{"revenue": "discount"}))
	require.Equal(t, 2, h.Index("revenue"))
	require.Equal(t, -1, h.Index("discount"))
	require.Equal(t, -1, h.Columns().Discount)
	require.Equal(t, 0, h.Index("order_id"))
	require.Equal(t, 3, h.Index("net"), "other columns are found by their names")
	named := h.Named(h.Columns())
	require.Equal(t, []string{"order_id", "order_date", "revenue", "net"}, named.Normalized)
}

func TestCurrencyColumn(t *testing.T) {
	h := headerOf(t, "order_id|Währung|revenue|Currency")
	require.Equal(t, 1, h.CurrencyColumn())
	h = headerOf(t, "order_id|revenue")
	require.Equal(t, -1, h.CurrencyColumn())
	h = headerOf(t, "order_id|order_date|revenue|Currency|Valuta")
	require.NoError(t, h.Take(map[string]string{"channel": "Currency"}))
	require.Equal(t, 4, h.CurrencyColumn(), "the first one without a role")
}

// TestTheWordsAreInTheFormInWhichTheyAreLookedFor: a name that is not would never be found.
func TestTheWordsAreInTheFormInWhichTheyAreLookedFor(t *testing.T) {
	w := contract.Words()
	var names, signs []string
	for _, role := range w.Roles {
		require.NotNil(t, new(Columns).of(role.Role))
		require.Contains(t, role.Names, role.Role)
		names = append(names, role.Names...)
	}
	names = append(append(names, w.CurrencyColumns...), w.Units...)
	for month := range w.Months {
		names = append(names, month)
		require.LessOrEqual(t, len(month), longestMonth)
	}
	for _, name := range names {
		require.Equal(t, name, fold(NormalizedName(name)))
	}
	for _, list := range [][]string{w.CurrencySigns, w.CurrencyCodes, w.NullWords, w.Totals} {
		for _, word := range list {
			require.Equal(t, word, lowered(word))
			require.LessOrEqual(t, len(word), 64)
		}
	}
	signs = append(append(signs, w.CurrencySigns...), w.CurrencyCodes...)
	require.Len(t, currencies(), len(signs), "none is longer than what is looked for")
	for sign, code := range w.CurrencyOf {
		require.True(t, slices.Contains(w.CurrencySigns, sign) && slices.Contains(w.CurrencyCodes, code), sign)
	}
	slices.Sort(names)
	slices.Sort(signs)
	require.Equal(t, len(signs), len(slices.Compact(signs)))
}

func TestWordsForNothing(t *testing.T) {
	usual := NewNullWords(contract.ReadOptions{})
	for text, want := range map[string]bool{"NULL": true, "null": true, "N/A": true, "#N/A": true, "NaN": true, "-": true, "–": true, "\\N": true, ".": true, "?": true, "": false, "0": false, "nulls": false, "nul": false, "--": false, "n/": false, "ＮＵＬＬ": false} {
		require.Equal(t, want, usual.Find([]byte(text)) >= 0, text)
	}
	own := NewNullWords(contract.ReadOptions{NullWords: []string{"Keine", "9999", "İ", "Öde"}})
	for text, want := range map[string]int{"keine": 0, "\u212aEINE": 0, "9999": 1, "i": 2, "İ": 2, "ÖDE": 3, "null": -1, "öd": -1} {
		require.Equal(t, want, own.Find([]byte(text)), text)
	}
	require.Equal(t, -1, NewNullWords(contract.ReadOptions{NullWords: []string{}}).Find([]byte("null")))
}

func TestTheLikeliestAmount(t *testing.T) {
	for text, want := range map[string]float64{
		"12.50 approx": 12.5, "ca. 1.234,50 EUR/Stk": 1234.5, "1,234": 1234, "1.234": 1234, "1234.567": 1234567, "5,5": 5.5, "(12.50) net": -12.5, "-12x": -12, "x-12": -12, "x - 12": -12, "12- x": -12, "−12x": -12, "24 Monitor": 24, "24\" 5": 24, "5 x 12": 5,
		"1 234,50 ca": 1234.5, "1'234.5!": 1234.5, "abc": 0, "": 0, "2025-12-31": 2025, "12. ": 12, "１２ ca": 12, "1234.50¹": 1234.5, "0,5": 0.5, "1,2,3,45": 123.45, "Toys": 0, "1.5e3 m": 1.5,
	} {
		require.Equal(t, want, LikelyAmount(Value{Kind: Text, Text: []byte(text)}), text)
	}
	require.Equal(t, 45717.0, LikelyAmount(Value{Kind: Date, Num: (45717 - 25569) * 86_400_000}))
	require.Equal(t, 0.5, LikelyAmount(Value{Kind: Time, Num: 43_200_000}))
	require.Equal(t, 7.0, LikelyAmount(Value{Kind: Integer, Num: 7}))
	require.Zero(t, LikelyAmount(Value{Kind: Boolean, Num: 1}))
	require.Zero(t, LikelyAmount(Value{}))
}

// TestALongNameIsItsBeginning: thousands of columns may have names as long as a cell.
func TestALongNameIsItsBeginning(t *testing.T) {
	long := strings.Repeat("ä", 300)
	h, ok := ReadHeader([]spreadsheet.Cell{{Kind: spreadsheet.Text, Text: []byte("order_id")}, {Column: 1, Kind: spreadsheet.Text, Text: []byte(long)}}, 1)
	require.True(t, ok)
	require.Equal(t, []string{"order_id", strings.Repeat("ä", mostNameRunes)}, h.Names)
}
