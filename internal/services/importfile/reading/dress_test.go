package reading

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
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// orderLine is a line of an order as it is.
type orderLine struct {
	id    string
	day   time.Time
	cents int64
}

// dress is how a country, a program or a person writes a table.
type dress struct {
	decimal, group    string
	currencyFront     string
	currencyBehind    string
	negative          string // -5, 5-, (5), −5
	layout            string // of dates
	dateOrder         string // that it needs; empty where none
	header            []string
	titles            int
	total             string // what stands in front of the total's row; "-" for none
	totalUnderID      bool
	lines             bool
	note, again, rule bool
	wholes            bool // amounts without hundredths
	workbook          bool
}

var headers = [][]string{
	{"order_id", "order_date", "revenue", "channel"}, {"Bestellnummer", "Bestelldatum", "Umsatz (EUR)", "Kanal"}, {"N° de commande", "Date de commande", "Montant TTC", "Canal"},
	{"Número de pedido", "Fecha", "Importe", "Canal"}, {"Numero ordine", "Data ordine", "Importo", "Canale"}, {"Ordernummer", "Orderdatum", "Omzet", "Kanaal"}, {"Nr zamówienia", "Data zamówienia", "Kwota", "Kanał"},
	{"Order No.", "Order Date", "Total USD", "Sales Channel"},
}

func drawDress(t *rapid.T) dress {
	pick := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name) }
	d := dress{
		decimal: pick("decimal", ".", ","), group: pick("group", "", "", ".", ",", "'", "\u00a0", " "), negative: pick("negative", "-", "-", "5-", "()", "−"),
		header: rapid.SampledFrom(headers).Draw(t, "header"), titles: rapid.IntRange(0, 3).Draw(t, "titles") * rapid.IntRange(0, 1).Draw(t, "offset"),
		total: pick("total", "-", "-", "Total", "Summe", "Gesamtergebnis:", "Razem", "Total général", ""), totalUnderID: rapid.Bool().Draw(t, "total under id"), lines: rapid.Bool().Draw(t, "lines"),
		note: rapid.Bool().Draw(t, "note"), again: rapid.Bool().Draw(t, "again"), rule: rapid.Bool().Draw(t, "rule"), wholes: rapid.Bool().Draw(t, "wholes"), workbook: rapid.IntRange(0, 9).Draw(t, "workbook") == 0,
	}
	if d.group == d.decimal {
		d.group = ""
	}
	switch currency := pick("currency", "", "", "", "$", "€ ", "EUR ", " €", " zł", " USD", "kr. "); {
	case strings.HasPrefix(currency, " "):
		d.currencyBehind = currency
	default:
		d.currencyFront = currency
	}
	layouts := map[string]string{"2006-01-02": "", "2006/1/2": "", "02.01.2006": "", "2.1.2006": "", "2006-01-02T15:04:05": "", "2006-01-02 15:04:05.000": "", "20060102": "", "2 Jan 2006": "", "Jan 2, 2006": "",
		"02/01/2006": "dmy", "01/02/2006": "mdy", "2-1-2006": "dmy", "1/2/2006 3:04 PM": "mdy", "02.01.06": "dmy"}
	var names []string
	for name := range layouts {
		names = append(names, name)
	}
	slices.Sort(names)
	d.layout = rapid.SampledFrom(names).Draw(t, "layout")
	d.dateOrder = layouts[d.layout]
	return d
}

// amount writes an amount of cents.
func (d *dress) amount(cents int64) string {
	abs := cents
	if cents < 0 {
		abs = -cents
	}
	text := groupedBy(strconv.FormatInt(abs/100, 10), d.group)
	if !d.wholes {
		text += d.decimal + fmt.Sprintf("%02d", abs%100)
	}
	if cents >= 0 {
		return d.currencyFront + text + d.currencyBehind
	}
	switch d.negative {
	case "5-":
		return d.currencyFront + text + "-" + d.currencyBehind
	case "()":
		return "(" + d.currencyFront + text + d.currencyBehind + ")"
	}
	return d.negative + d.currencyFront + text + d.currencyBehind
}

func drawLines(t *rapid.T, d *dress) []orderLine {
	n := rapid.IntRange(1, 25).Draw(t, "orders")
	first := time.Date(2024, 1, 1, 10, 30, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 400).Draw(t, "first day"))
	var out []orderLine
	for i := range n {
		id := fmt.Sprintf("A%03d", i)
		lines := 1
		if d.lines {
			lines = rapid.IntRange(1, 3).Draw(t, "lines of the order")
		}
		day := first.AddDate(0, 0, rapid.IntRange(0, 60).Draw(t, "day"))
		seen := map[int64]bool{}
		for range lines {
			cents := rapid.Int64Range(-50_000, 900_000).Draw(t, "cents")
			if d.wholes {
				cents = cents / 100 * 100
			}
			if seen[cents] { // lines that are equal may be repetitions
				continue
			}
			seen[cents] = true
			out = append(out, orderLine{id, day, cents})
		}
	}
	return out
}

// rows are the rows of the table.
func (d *dress) rows(lines []orderLine) [][]string {
	var rows [][]string
	for i := range d.titles {
		rows = append(rows, []string{fmt.Sprintf("Report %d", i), "", "2025"})
	}
	rows = append(rows, d.header)
	total := int64(0)
	for i, line := range lines {
		if d.again && i == len(lines)/2 {
			rows = append(rows, d.header)
		}
		total += line.cents
		rows = append(rows, []string{line.id, line.day.Format(d.layout), d.amount(line.cents), []string{"Online", "Store"}[i%2]})
	}
	if d.rule {
		rows = append(rows, []string{"-----", "-----", "----", "---"})
	}
	if d.total != "-" {
		row := []string{"", "", d.amount(total), d.total}
		if d.totalUnderID && d.total != "" {
			row = []string{d.total, "", d.amount(total), ""}
		}
		rows = append(rows, row)
	}
	if d.note {
		rows = append(rows, []string{"* all amounts without returns", "", "", ""})
	}
	return rows
}

func (d *dress) write(t require.TestingT, folder string, delimiter rune, lines []orderLine) string {
	rows := d.rows(lines)
	if d.workbook {
		book := excelize.NewFile()
		defer book.Close()
		for i, row := range rows {
			require.NoError(t, book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row))
		}
		path := filepath.Join(folder, "orders.xlsx")
		require.NoError(t, book.SaveAs(path))
		return path
	}
	path := filepath.Join(folder, "orders.csv")
	file, err := os.Create(path)
	require.NoError(t, err)
	w := csv.NewWriter(file)
	w.Comma = delimiter
	require.NoError(t, w.WriteAll(rows))
	require.NoError(t, file.Close())
	return path
}

// answer is the right answer to a question, of those that are offered.
func (d *dress) answer(q *contract.Question) *contract.PossibleReading {
	for _, reading := range q.Readings {
		o := reading.Options
		if o == nil {
			continue
		}
		right := false
		switch q.ID {
		case "columns":
			right = true
			for i, role := range []string{"order_id", "order_date", "revenue"} {
				header, asked := o.Columns[role]
				right = right && (!asked || header == d.header[i])
			}
		case "decimal_mark":
			// Amounts without hundredths have no decimal mark: it is not the one that groups.
			right = d.wholes && d.group != "" && o.DecimalMark != d.group || !d.wholes && o.DecimalMark == d.decimal
		case "date_order":
			right = o.DateOrder == d.dateOrder
		case "two_digit_years_from":
			right = o.TwoDigitYears == 1950
		case "rows_no_orders":
			right = o.RowsNoOrders == contract.LeaveOut
		case "accept_missing": // the total stands in a row without an order_id that nothing tells from an order
			right = d.total == ""
		case "row_is":
			right = (o.RowIs == contract.RowIsOrderLine) == d.lines
		}
		if right {
			return &reading
		}
	}
	return nil
}

func merge(into *contract.ReadOptions, o *contract.ReadOptions) {
	switch {
	case o.Columns != nil:
		into.Columns = o.Columns
	case o.DecimalMark != "":
		into.DecimalMark = o.DecimalMark
	case o.DateOrder != "":
		into.DateOrder = o.DateOrder
	case o.TwoDigitYears != 0:
		into.TwoDigitYears = o.TwoDigitYears
	case o.RowsNoOrders != "":
		into.RowsNoOrders = o.RowsNoOrders
	case o.RowIs != "":
		into.RowIs = o.RowIs
	case o.AcceptMissing:
		into.AcceptMissing = true
	}
}

// TestTablesInAnyDress: whatever a table is written like, its figures are those of the table, or a person is asked, and
// with the right answers they are.
func TestTablesInAnyDress(t *testing.T) {
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		d := drawDress(t)
		lines := drawLines(t, &d)
		path := d.write(t, folder, rapid.SampledFrom([]rune{';', ',', '\t', '|'}).Draw(t, "delimiter"), lines)
		want := taken{}
		total, seen := int64(0), map[string]bool{}
		for _, line := range lines {
			total += line.cents
			if !seen[line.id] {
				want.orders++
			}
			seen[line.id] = true
			if day := line.day.Format(time.DateOnly); want.first == "" || day < want.first {
				want.first = day
			}
			want.last = max(want.last, line.day.Format(time.DateOnly))
		}
		want.revenue = float64(total) / 100

		var given contract.ReadOptions
		var promised *contract.PossibleReading
		for round := 0; ; round++ {
			require.Less(t, round, 6, "questions without an end")
			f, err := Survey(context.Background(), spreadsheet.Disk(path), given, spreadsheet.Limits{})
			require.NoError(t, err)
			questions := f.Reading.Questions
			if len(questions) == 0 {
				got := takenFrom(t, path, f)
				got.rows = 0
				require.Equal(t, want, got, "%s\n%+v", told(&f.Reading), d)
				if promised != nil {
					require.Equal(t, got, taken{revenue: *promised.TotalRevenue, orders: int(*promised.Orders), first: *promised.FirstDay, last: *promised.LastDay}, "what the answer was to give")
				}
				return
			}
			promised = nil
			for i := range questions {
				answer := d.answer(&questions[i])
				require.NotNil(t, answer, "the right answer is offered: %s\n%+v", told(&f.Reading), d)
				merge(&given, answer.Options)
				if len(questions) == 1 {
					promised = answer
				}
			}
		}
	})
}

// TestAPlainFileNeedsNoSurvey: where a reading by the rules as they stand says that it is enough, a survey finds nothing
// and asks nothing.
func TestAPlainFileNeedsNoSurvey(t *testing.T) {
	folder := t.TempDir()
	plain := 0
	rapid.Check(t, func(t *rapid.T) {
		var text strings.Builder
		text.WriteString(rapid.SampledFrom([]string{"order_id;order_date;revenue;note", "order_id;order_date;revenue;channel", "Order ID;order date;Revenue;quantity"}).Draw(t, "header") + "\n")
		for i := range rapid.IntRange(0, 6).Draw(t, "rows") {
			odd := func(name, usual string, others ...string) string {
				if rapid.IntRange(0, 25).Draw(t, "odd "+name) > 0 {
					return usual
				}
				return rapid.SampledFrom(others).Draw(t, name)
			}
			text.WriteString(odd("id", fmt.Sprint("A", i), "", "A0", "Total", "Sub total", "1000", "#7", "-") + ";")
			text.WriteString(odd("date", fmt.Sprintf("2025-03-%02d", i+1), "", "1.3.2025", "31.12.2025", "01.02.2025", "20250301", "NULL", "12.31.2025", "2025-03-01 08:30", "x") + ";")
			text.WriteString(odd("revenue", fmt.Sprintf("%d.50", i+1), "", "1.234", "5", "1,5", "-", "+5", "(5)", "6.00", "1e3", "x", "0.123", "$5"))
			text.WriteString(odd("end", ";", "", ";;", ";x;y", ";5", "; x;", ";1,5;;") + "\n")
		}
		path := filepath.Join(folder, "orders.csv")
		require.NoError(t, os.WriteFile(path, []byte(text.String()), 0o600))
		needed := surveyNeeded(t, path)
		f, err := Survey(context.Background(), spreadsheet.Disk(path), contract.ReadOptions{}, spreadsheet.Limits{})
		require.NoError(t, err)
		if !needed {
			plain++
			require.Empty(t, told(&f.Reading), text.String())
			require.Equal(t, contract.ReadOptions{SchemaVersion: 1}, f.Reading.Options)
			require.False(t, f.Fates().Any())
			require.False(t, f.OrderLines)
		}
	})
	require.Positive(t, plain)
}

// surveyNeeded reads a text file by the rules as they stand.
func surveyNeeded(t require.TestingT, path string) bool {
	file, err := spreadsheet.Open(context.Background(), path, spreadsheet.Limits{})
	require.NoError(t, err)
	defer file.Close()
	src := &source{file: file, last: -1}
	tb, err := (&surveyor{file: file, path: path}).table(context.Background(), "")
	require.NoError(t, err)
	if tb.below { // a fast pass takes the first row for the header, which then has not the columns
		return true
	}
	src.header, src.columns = tb.header, tb.header.Columns()
	p := NewPlain(file, &src.header, contract.ReadOptions{})
	seen := map[string]bool{}
	plainAmount := func(v Value) bool {
		_, ok := v.Number()
		return ok
	}
	var long int64
	_, err = src.each(context.Background(), nil, func(r *row) error {
		id := string(r.values[columnID].AppendText(nil))
		_, dated := r.values[columnDate].Day()
		amounts := plainAmount(r.values[columnRevenue])
		for _, column := range amountColumns[1:] {
			amounts = amounts && (r.values[column].Kind == Null || plainAmount(r.values[column]))
		}
		p.Row(&PlainRow{ID: &r.values[columnID], Repeated: seen[id], Dated: dated, Revenue: &r.values[columnRevenue], Amounts: amounts, Fields: r.fields})
		seen[id] = true
		for _, field := range r.texts(nil)[min(len(r.texts(nil)), len(src.header.Names)):] {
			if len(Trim(field)) > 0 {
				long++
			}
		}
		return nil
	})
	require.NoError(t, err)
	return p.SurveyNeeded(long)
}
