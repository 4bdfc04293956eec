package analysis_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/analysis"
)

// line is a row of a table, as it is.
type line struct {
	id      string
	day     time.Time
	cents   int64
	channel string
}

// dress is how a country, a program or a person writes a table.
type dress struct {
	decimal, group string
	currency       func(amount string) string
	negative       string // -5, 5-, (5) or the sign of mathematics
	layout, order  string // of dates; the order that has to be known for it, empty where none has
	header         []string
	columns        bool // it is given which column is which
	titles         int
	total          string // the word in the row of the total at the end; none: no such row, empty: no word
	totalUnderID   bool
	lines          bool
	wholes         bool // amounts without hundredths
	delimiter      rune
}

const none = "none"

var headersOf = [][]string{
	{"order_id", "order_date", "revenue", "channel"}, {"Bestellnummer", "Bestelldatum", "Umsatz (EUR)", "Kanal"}, {"N° de commande", "Date de commande", "Montant TTC", "Canal"},
	{"Numero ordine", "Data ordine", "Importo", "Canale"}, {"Nr zamówienia", "Data zamówienia", "Kwota", "Kanał"}, {"注文番号", "注文日", "売上", "チャネル"}, {"A", "B", "C", "D"},
}

var layoutsOf = map[string]string{
	"2006-01-02": "", "2006/1/2": "", "02.01.2006": "", "2.1.2006": "", "2006-01-02T15:04:05": "", "2006-01-02 15:04:05.000": "", "20060102": "", "2 Jan 2006": "", "Jan 2, 2006": "",
	"02/01/2006": contract.DayFirst, "01/02/2006": contract.MonthFirst, "2-1-2006": contract.DayFirst, "1/2/2006 3:04 PM": contract.MonthFirst, "02.01.06": contract.DayFirst,
}

func drawDress(t *rapid.T) *dress {
	pick := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name) }
	d := &dress{
		decimal: pick("decimal", ".", ","), group: pick("group", "", "", ".", ",", "'", "\u00a0", " "), negative: pick("negative", "-", "5-", "()", "−"),
		header: rapid.SampledFrom(headersOf).Draw(t, "header"), columns: rapid.Bool().Draw(t, "columns given"), titles: rapid.IntRange(0, 3).Draw(t, "titles"),
		total: pick("total", none, none, "Total", "Summe", "Gesamtergebnis:", "Razem", "Total général", ""), totalUnderID: rapid.Bool().Draw(t, "total under the id"),
		lines: rapid.Bool().Draw(t, "lines"), wholes: rapid.Bool().Draw(t, "wholes"), delimiter: rapid.SampledFrom([]rune{';', ',', '\t', '|'}).Draw(t, "delimiter"),
	}
	if d.group == d.decimal {
		d.group = ""
	}
	sign := pick("currency", "", "", "$", "€ ", "EUR ", " €", " zł", " USD")
	d.currency = func(amount string) string {
		if strings.HasPrefix(sign, " ") {
			return amount + sign
		}
		return sign + amount
	}
	names := make([]string, 0, len(layoutsOf))
	for name := range layoutsOf {
		names = append(names, name)
	}
	slices.Sort(names)
	d.layout = pick("dates", names...)
	d.order = layoutsOf[d.layout]
	switch d.header[0] {
	case "order_id":
	case "A", "注文番号":
		d.columns = true // no one can know
	}
	return d
}

func drawLines(t *rapid.T, d *dress) []line {
	first := time.Date(2024, 1, 1, 10, 30, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 400).Draw(t, "first day"))
	var out []line
	for i := range rapid.IntRange(1, 25).Draw(t, "orders") {
		day, n := first.AddDate(0, 0, rapid.IntRange(0, 60).Draw(t, "day")), 1
		if d.lines {
			n = rapid.IntRange(1, 3).Draw(t, "lines of the order")
		}
		seen := map[int64]bool{}
		for range n {
			cents := rapid.Int64Range(-50_000, 900_000).Draw(t, "cents")
			if d.wholes {
				cents = cents / 100 * 100
			}
			if !seen[cents] { // lines that are equal may be repetitions
				out = append(out, line{fmt.Sprintf("A%03d", i), day, cents, []string{"Online", "Store"}[len(out)%2]})
			}
			seen[cents] = true
		}
	}
	return out
}

// amount writes an amount of cents.
func (d *dress) amount(cents int64) string {
	abs := max(cents, -cents)
	text := strconv.FormatInt(abs/100, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + d.group + text[i:]
	}
	if !d.wholes {
		text += d.decimal + fmt.Sprintf("%02d", abs%100)
	}
	switch {
	case cents >= 0:
		return d.currency(text)
	case d.negative == "5-":
		return d.currency(text + "-")
	case d.negative == "()":
		return "(" + d.currency(text) + ")"
	}
	return d.negative + d.currency(text)
}

// dressed are the rows of the table.
func (d *dress) dressed(lines []line) [][]string {
	var rows [][]string
	for i := range d.titles {
		rows = append(rows, []string{fmt.Sprintf("Report %d", i), "", "2025", ""})
	}
	rows = append(rows, d.header)
	total := int64(0)
	for _, l := range lines {
		total += l.cents
		rows = append(rows, []string{l.id, l.day.Format(d.layout), d.amount(l.cents), l.channel})
	}
	switch {
	case d.total == none:
	case d.totalUnderID && d.total != "":
		rows = append(rows, []string{d.total, "", d.amount(total), ""})
	default:
		rows = append(rows, []string{"", "", d.amount(total), d.total})
	}
	return rows
}

// undressed are the rows as the rules read them as they stand.
func undressed(lines []line) [][]string {
	rows := [][]string{{"order_id", "order_date", "revenue", "channel"}}
	for _, l := range lines {
		rows = append(rows, []string{l.id, l.day.Format(time.DateOnly), strconv.FormatFloat(float64(l.cents)/100, 'f', 2, 64), l.channel})
	}
	return rows
}

func writeRows(t require.TestingT, path string, delimiter rune, rows [][]string) {
	file, err := os.Create(path)
	require.NoError(t, err)
	w := csv.NewWriter(file)
	w.Comma = delimiter
	require.NoError(t, w.WriteAll(rows))
	require.NoError(t, file.Close())
}

// right says whether a reading of a question is the table's.
func (d *dress) right(id string, o *contract.ReadOptions) bool {
	switch id {
	case "columns":
		for i, role := range []string{"order_id", "order_date", "revenue"} {
			if header, asked := o.Columns[role]; asked && header != d.header[i] {
				return false
			}
		}
		return true
	case "decimal_mark":
		if d.wholes { // they have no decimal mark: it is not the one that groups
			return o.DecimalMark != d.group
		}
		return o.DecimalMark == d.decimal
	case "date_order":
		return o.DateOrder == d.order
	case "two_digit_years_from":
		return o.TwoDigitYears == 1950
	case "rows_no_orders":
		return o.RowsNoOrders == contract.LeaveOut
	case "row_is":
		return (o.RowIs == contract.RowIsOrderLine) == d.lines
	case "accept_missing": // a total without a word may be the amount of an order without an order_id
		return d.total == ""
	}
	return false
}

// TestTablesInAnyDress: whatever a table is written like, an analysis gives the figures of the table as it is, or asks; and
// the right answer is among the readings, with the figures that come out of it. It never gives others.
func TestTablesInAnyDress(t *testing.T) {
	folder := t.TempDir()
	figured, asked := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		d := drawDress(t)
		lines := drawLines(t, d)
		path, plain := filepath.Join(folder, "dressed.csv"), filepath.Join(folder, "plain.csv")
		writeRows(t, path, d.delimiter, d.dressed(lines))
		writeRows(t, plain, ',', undressed(lines))
		rowIs := contract.RowIsOrder
		if d.lines {
			rowIs = contract.RowIsOrderLine
		}
		want, err := analysis.File(context.Background(), plain, analysis.Options{Parts: analysis.KPIs, Read: contract.ReadOptions{RowIs: rowIs}})
		require.NoError(t, err)
		require.NoError(t, want.KPIError)

		var given contract.ReadOptions
		if d.columns {
			given.Columns = map[string]string{"order_id": d.header[0], "order_date": d.header[1], "revenue": d.header[2], "channel": d.header[3]}
			if d.header[0] == "A" || d.header[0] == "注文番号" { // names that no one knows are not looked for further down
				given.HeaderRow = int64(d.titles + 1)
			}
		}
		var announced *contract.PossibleReading
		for round := 0; ; round++ {
			require.Less(t, round, 6, "questions without an end")
			got, err := analysis.File(context.Background(), path, analysis.Options{Parts: analysis.KPIs, Read: given})
			require.NoError(t, err, "%+v", d)
			questions := got.Reading.Questions
			if len(questions) == 0 {
				if got.KPIError != nil { // in few rows, the total without a word is many rows without an order_id
					require.Equal(t, "", d.total, "%v", got.KPIError)
					require.Contains(t, got.KPIError.Error(), "no order_id")
					return
				}
				requireSameKPIs(t, want.KPIs, got.KPIs, d)
				if announced != nil {
					requireAnnounced(t, path, given, announced)
				}
				figured++
				return
			}
			asked++
			require.Nil(t, got.KPIs)
			announced = nil
			for _, q := range questions {
				at := slices.IndexFunc(q.Readings, func(r contract.PossibleReading) bool { return r.Options != nil && d.right(q.ID, r.Options) })
				require.GreaterOrEqual(t, at, 0, "the right answer is offered: %s of %+v", q.ID, d)
				given = given.Merged(*q.Readings[at].Options)
				if len(questions) == 1 {
					announced = &q.Readings[at]
				}
			}
		}
	})
	require.Positive(t, figured)
	require.Positive(t, asked)
}

// requireSameKPIs compares the figures, those by channel where it is known which column that is.
func requireSameKPIs(t require.TestingT, want, got *contract.KPIs, d *dress) {
	require.Equal(t, money(&want.TotalRevenue), money(&got.TotalRevenue), "%+v", d)
	require.Equal(t, []any{want.Orders, want.AOV, want.RowIs, want.UndatedOrders}, []any{got.Orders, got.AOV, rowIsOf(got, want), got.UndatedOrders}, "%+v", d)
	require.Equal(t, want.TimeSeries, got.TimeSeries, "%+v", d)
	if d.columns || d.header[3] == "channel" {
		require.Equal(t, want.RevenueByChannel, got.RevenueByChannel, "%+v", d)
	}
}

// rowIsOf is what a row was found to be; where no order has two lines nothing tells lines from orders.
func rowIsOf(got, want *contract.KPIs) string {
	if want.RowIs == contract.RowIsOrderLine && got.RowIs == contract.RowIsOrder {
		return want.RowIs
	}
	return got.RowIs
}
