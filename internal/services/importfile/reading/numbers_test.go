package reading

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
)

func mark(m string) contract.ReadOptions { return contract.ReadOptions{DecimalMark: m} }

// formsOf are the names of the forms of a number, as the evidence has them.
func formsOf(shape NumberShape) string {
	var out []string
	for i, form := range numberForms {
		if shape&(1<<i) != 0 {
			out = append(out, form)
		}
	}
	return strings.Join(out, " | ")
}

func TestNumbersInNationalDress(t *testing.T) {
	type want struct {
		point, comma float64 // by a decimal point, and by a decimal comma
		forms        string
	}
	same := func(v float64, forms string) want { return want{v, v, forms} }
	for text, w := range map[string]want{
		"0": same(0, ""), "-0": same(0, ""), "12": same(12, ""), "-5": same(-5, ""), "+5": same(5, "-5"), "1e3": same(1000, ""), "1.234e3": same(1234, ""), "1,234E+3": same(1234, ""), "-1,5e-1": same(-0.15, ""), "-1.5E-1": same(-0.15, ""),
		"1234.50": same(1234.5, "1234.50"), "1234,50": same(1234.5, "1234,50"), "1.5": same(1.5, "1234.50"), "1,5": same(1.5, "1234,50"),
		"1,234.50": same(1234.5, "1,234.50"), "1.234,50": same(1234.5, "1.234,50"), "1.234.567,891": same(1234567.891, "1.234,50"), "1,234.": same(1234, "1,234.50 | 5."),
		"12,34,567.50": same(1234567.5, "1,234.50"), "12,34,567": same(1234567, "1,234,567"), "1,00,000": same(100000, "1,234,567"), "1,234,567": same(1234567, "1,234,567"),
		"1.234.567": same(1234567, "1.234.567"), "1,234": {1234, 1.234, "1,234"}, "1.234": {1.234, 1234, "1.234"}, "-12.345": {-12.345, -12345, "1.234"}, "999,000": {999000, 999, "1,234"},
		"0.567": same(0.567, "1234.50"), "0,567": same(0.567, "1234,50"), "012.345": same(12.345, "1234.50"), "1234.567": same(1234.567, "1234.50"), "1234,567": same(1234.567, "1234,50"),
		".50": same(0.5, "1234.50 | .5"), ",5": same(0.5, "1234,50 | .5"), ".500": same(0.5, "1234.50 | .5"), "12.": same(12, "1234.50 | 5."), "-.5": same(-0.5, "1234.50 | .5"),
		"1 234": same(1234, "1 234"), "1\u00a0234,50": same(1234.5, "1234,50 | 1 234"), "1\u202f234\u202f567.8": same(1234567.8, "1234.50 | 1 234"), "12\u2009345": same(12345, "1 234"),
		"1 234,567": same(1234.567, "1234,50 | 1 234"), "1'234.50": same(1234.5, "1234.50 | 1'234"), "1’234’567": same(1234567, "1'234"),
		"−5.00": same(-5, "1234.50 | -5"), "－5": same(-5, ""), "﹣5": same(-5, ""), "- 5,00": same(-5, "1234,50"), "5.00-": same(-5, "1234.50 | 5-"), "5−": same(-5, "5-"), "5+": same(5, "5-"),
		"(5.00)": same(-5, "1234.50 | (5)"), "($1,234.50)": same(-1234.5, "1,234.50 | (5) | $5"), "$(5)": same(-5, "(5) | $5"), "(5) €": same(-5, "(5) | $5"), "( 5 )": same(-5, "(5)"),
		"$12.50": same(12.5, "1234.50 | $5"), "12,50 €": same(12.5, "1234,50 | $5"), "-$5": same(-5, "$5"), "$-5": same(-5, "$5"), "EUR 1.234,50": same(1234.5, "1.234,50 | $5"), "5usd": same(5, "$5"),
		"R$ 5": same(5, "$5"), "5,00 zł": same(5, "1234,50 | $5"), "kr. 5": same(5, "$5"), "5 kr.": same(5, "$5"), "SFr. 1'234.50": same(1234.5, "1234.50 | 1'234 | $5"), "5,00 ZŁ": same(5, "1234,50 | $5"), "￥500": same(500, "$5"),
		"US$5": same(5, "$5"), "5 Ft": same(5, "$5"), "€1.234": {1.234, 1234, "1.234 | $5"}, "(1,234)": {-1234, -1.234, "1,234 | (5)"},
		"10%": same(0.1, "5 %"), "12,5 %": same(0.125, "1234,50 | 5 %"), "1.1%": same(0.011, "1234.50 | 5 %"), "-5 %": same(-0.05, "5 %"), "(5%)": same(-0.05, "(5) | 5 %"), "1,234%": {12.34, 0.01234, "1,234 | 5 %"}, "7%": same(0.07, "5 %"),
		"１２.50": same(12.5, "1234.50"), "１２３": same(123, ""), "１，２３４．５": same(1234.5, "1,234.50"),
		"12,-": same(12, "1234,50 | 5."), "12.-": same(12, "1234.50 | 5."), "12,--": same(12, "1234,50 | 5."), "1.234,–": same(1234, "1.234,50 | 5."), "Fr. 12.—": same(12, "1234.50 | $5 | 5."), "12,− €": same(12, "1234,50 | $5 | 5."),
		"-12,-":              same(-12, "1234,50 | 5."),
		"123456789012345678": same(123456789012345680, ""), "1,234,567,890,123,456.78": same(1234567890123456.8, "1,234.50"),
	} {
		for _, c := range []struct {
			mark string
			want float64
		}{{".", w.point}, {",", w.comma}, {"", w.point}} {
			got, ok := NewNumbers(mark(c.mark)).Read([]byte(text))
			require.True(t, ok, "%q is a number", text)
			require.Equal(t, c.want, got.Value, "%q by %q", text, c.mark)
			require.Equal(t, w.forms, formsOf(got.Shape), text)
			_, plain := numberIn([]byte(text))
			require.Equal(t, !plain, got.Shape&Dressed != 0, text)
		}
	}
}

func TestWhatIsNoNumber(t *testing.T) {
	for _, text := range []string{"", "-", ".", ",", "-.", "abc", "1,2,3", "1.23.456", "1234,567.50", "1,234,56", "1.234,567,890", "1.2.3,4", "1'234'56", "1 23", "1  234", "1'234 567", "1 234.567,8",
		"--5", "-5-", "(5", "5)", "(-5)", "(5-)", "((5))", "$5 €", "$$5", "5%%", "%5", "x5", "5x", "12 approx", "1e5 €", "1,5E3 €", "1,5E", "1,2,3E4", ",5e1", "Infinity", "NaN", "1234.50¹", "5²", "①", "½", "٣", "𝟓", "0x10", "1_000", "1,234.5.6", "5 k", "$", "EUR", "12-34", "12,-5", "5,---",
		"1e999", "1" + strings.Repeat(",000", 120), "2025-12-31", "31.12.2025", "1,,234", "1..2", "1.,2", "12 34 567", "1.00.000", strings.Repeat("Lorem 5 ipsum ", 30)} {
		got, ok := NewNumbers(mark("")).Read([]byte(text))
		require.False(t, ok, "%q is %v", text, got.Value)
	}
}

func TestCurrenciesByTheirSignsAndCodes(t *testing.T) {
	for text, want := range map[string]string{"$5": "usd", "US$ 5": "usd", "5 USD": "usd", "€5": "eur", "5 eur": "eur", "£5": "gbp", "5 kr": "kr", "kr. 5": "kr.", "C$5": "cad", "CA$5": "cad", "5 zł": "pln", "5": "", "5 %": "", "¥5": "¥", "CHF 5.–": "chf"} {
		got, ok := NewNumbers(mark("")).Read([]byte(text))
		require.True(t, ok, text)
		require.Equal(t, want, got.Currency, text)
	}
}

func TestWhatTheGroupingMarkSays(t *testing.T) {
	read := func(o contract.ReadOptions, text string) float64 {
		got, ok := NewNumbers(o).Read([]byte(text))
		require.True(t, ok, text)
		return got.Value
	}
	group := func(m string) contract.ReadOptions { return contract.ReadOptions{GroupingMark: &m} }
	require.Equal(t, 1234.0, read(group("."), "1.234"))
	require.Equal(t, 1.234, read(group("."), "1,234"))
	require.Equal(t, 1234.0, read(group(","), "1,234"))
	require.Equal(t, 1.234, read(group(""), "1,234"))
	require.Equal(t, 1.234, read(group(""), "1.234"))
	require.Equal(t, 1234.0, read(group("'"), "1,234"))
	both := group(".")
	both.DecimalMark = "."
	require.Equal(t, 1.234, read(both, "1.234"))
}

// TestOtherColumnsOfATextFile: nothing but what shows the file's mark becomes a number that was none.
func TestOtherColumnsOfATextFile(t *testing.T) {
	for _, c := range []struct {
		mark, text string
		want       float64
		ok         bool
	}{
		{"", "1.234", 1.234, true}, {"", "1,5", 0, false}, {"", "12", 12, true}, {",", "1,5", 1.5, true}, {",", "1.234", 1234, true}, {",", "1.5", 1.5, true}, {",", "1,234", 1.234, true},
		{",", "1,234.50", 0, false}, {".", "1,234.50", 1234.5, true}, {".", "1,5", 0, false}, {".", "1.234", 1.234, true}, {".", "1,234", 1234, true}, {".", "030 123 456", 0, false}, {".", "(12)", 0, false},
		{".", "1'234", 0, false}, {".", "12-", 0, false}, {".", "192.168.100.200", 0, false}, {",", "$ 1,50", 1.5, true}, {".", "1e3", 1000, true},
	} {
		got, ok := NewNumbers(mark(c.mark)).Other([]byte(c.text))
		require.Equal(t, c.ok, ok, c)
		require.Equal(t, c.want, got, c)
	}
}

// TestAnyNumberInAnyDress writes numbers in random dress: what is not open reads as what it was, and open ones by their mark.
func TestAnyNumberInAnyDress(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	for range 100_000 {
		cents := r.Int64N(1_000_000_000)
		if r.IntN(3) == 0 {
			cents = r.Int64N(200_000)
		}
		places := r.IntN(4)
		digits := strconv.FormatInt(cents, 10)
		for len(digits) <= places {
			digits = "0" + digits
		}
		whole, behind := digits[:len(digits)-places], digits[len(digits)-places:]
		want, err := strconv.ParseFloat(whole+"."+behind+"0", 64)
		require.NoError(t, err)
		decimalMark := []string{".", ","}[r.IntN(2)]
		group := []string{"", ".", ",", "'", "’", " ", "\u00a0", "\u202f"}[r.IntN(8)]
		if group == decimalMark {
			group = ""
		}
		text := groupedBy(whole, group)
		if places > 0 {
			text += decimalMark + behind
		}
		negative := want != 0 && r.IntN(3) == 0
		front, end := dressOf(r, negative)
		if negative {
			want = -want
		}
		text = front + text + end
		got, ok := NewNumbers(mark(decimalMark)).Read([]byte(text))
		require.True(t, ok, "%q", text)
		require.Equal(t, want, got.Value, "%q by %q", text, decimalMark)
		if got.Shape&isOpen == 0 {
			other, _ := NewNumbers(mark("")).Read([]byte(text))
			require.Equal(t, want, other.Value, "%q leaves nothing open", text)
		}
	}
}

func groupedBy(whole, mark string) string {
	var out string
	for len(whole) > 3 {
		out, whole = mark+whole[len(whole)-3:]+out, whole[:len(whole)-3]
	}
	return whole + out
}

// dressOf is what stands in front of a number and behind it.
func dressOf(r *rand.Rand, negative bool) (front, end string) {
	if currency := []string{"", "", "$", "€ ", "EUR ", "kr. "}[r.IntN(6)]; currency != "" {
		if front = currency; r.IntN(2) == 0 {
			front, end = "", " "+strings.TrimSpace(currency)
		}
	}
	if !negative {
		return front, end
	}
	switch r.IntN(4) {
	case 0:
		return "-" + front, end
	case 1:
		return "−" + front, end
	case 2:
		return "(" + front, end + ")"
	}
	return front, end + "-"
}

func TestNumbersAreReadWithoutAllocations(t *testing.T) {
	for _, text := range []string{"1234.50", "1.234", "1.234,56", "(1,234.50)", "12,50 €", "1\u00a0234,5", "12,5 %", "Online Shop"} {
		b, n := []byte(text), NewNumbers(mark(","))
		require.Zero(t, testing.AllocsPerRun(100, func() { n.Read(b) }), text)
	}
}

func BenchmarkNumbers(b *testing.B) {
	for _, text := range []string{"1234.50", "1.234,56", "12,50 €", "1\u00a0234,5", "Online Shop"} {
		b.Run(text, func(b *testing.B) {
			n, t := NewNumbers(mark(",")), []byte(text)
			for b.Loop() {
				n.Read(t)
			}
		})
	}
}

func FuzzNumbers(f *testing.F) {
	f.Add("1.234,50 €")
	f.Add("(1'234.-)")
	f.Add("１２³")
	f.Fuzz(func(t *testing.T, text string) {
		trimmed := Trim([]byte(text))
		for _, m := range []string{"", ".", ","} {
			n := NewNumbers(mark(m))
			got, ok := n.Read(trimmed)
			again, stillOK := n.Read(trimmed)
			if got != again || ok != stillOK {
				t.Fatalf("%q reads as %v, then as %v", text, got, again)
			}
			if v, plain := numberIn(trimmed); plain && (!ok || got.Shape&isOpen == 0 && v != got.Value) {
				t.Fatalf("%q is %v, not %v", text, v, got.Value)
			}
			likelyIn(trimmed)
		}
	})
}

func TestCurrenciesOfTexts(t *testing.T) {
	for text, want := range map[string]string{"$5": "usd", "5 USD": "usd", "us$ 1,234.50": "usd", "(5 €)": "eur", "1'234.- CHF": "chf", "5": "", "1,234.50-": "", "EUR": "", "5 apples": "", "EUR 5 $": "", "": "", "kr 5": "kr"} {
		require.Equal(t, want, CurrencyIn([]byte(text)), text)
	}
	for text, want := range map[string]string{"€": "eur", "EUR": "eur", "Kč": "czk", "kr": "kr", "None": "none"} {
		require.Equal(t, want, CurrencyOf([]byte(text)), text)
	}
}
