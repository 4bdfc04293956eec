package twosides

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
)

// defaultSeed makes the same files in every run. PORTAL_TWO_SIDES_SEED makes others, PORTAL_TWO_SIDES_FILES more of them,
// and PORTAL_TWO_SIDES_KEEP in a folder that stays.
const (
	defaultSeed  = 13
	defaultFiles = 150 // text files, as many workbooks, and a third of them Parquet files
)

// maker makes tables as countries, programs and people write them, right ones and such as have every trouble that there is.
type maker struct{ *rand.Rand }

func pick[T any](m maker, from ...T) T { return from[m.IntN(len(from))] }

// rarely is true once in n times.
func (m maker) rarely(n int) bool { return m.IntN(n) == 0 }

// order is a row of a table before it is written.
type order struct {
	id      string
	day     time.Time
	cents   int64
	channel string
	more    []string // by the further columns
}

// dress is how a table is written.
type dress struct {
	maker
	headers  []string
	roles    map[string]string // of the headers, where a person has to say it
	further  []string          // kinds of the columns behind the first four
	decimal  string
	group    string
	currency string
	negative string
	wholes   bool
	layouts  []string // most dates have the first
	lines    bool
	total    string
	titles   int
}

var headerSets = [][]string{
	{"order_id", "order_date", "revenue", "channel"}, {"Order ID", "Order Date", "Revenue", "Channel"}, {"order_id", "order_date", "revenue", "channel"},
	{"Bestellnummer", "Bestelldatum", "Umsatz (EUR)", "Kanal"}, {"N° de commande", "Date de commande", "Montant TTC", "Canal"}, {"Numero ordine", "Data ordine", "Importo", "Canale"},
	{"Nr zamówienia", "Data zamówienia", "Kwota", "Kanał"}, {"注文番号", "注文日", "売上", "チャネル"}, {"A", "B", "C", "D"}, {"Order", "Date", "Total", "Amount"},
}

var furtherHeaders = map[string][]string{
	"region": {"region", "Region", "Pays"}, "product_category": {"product_category", "Kategorie"}, "quantity": {"quantity", "Menge"}, "unit_price": {"unit_price", "Einzelpreis"},
	"discount": {"discount", "Rabatt"}, "currency": {"currency", "Währung"}, "note": {"note", "note", " Remarks ", "order_id"}, "shipped": {"shipped_at", "Lieferdatum"}, "code": {"code", "PLZ", ""},
	"paid": {"paid"}, "status": {"status", "Order Status", "Zahlungsstatus"}, "visitors": {"visitors", "Sessions", "Besucher"},
}

var dateLayouts = []string{
	"2006-01-02", "2006-01-02", "2006/1/2", "02.01.2006", "2.1.2006", "2006-01-02T15:04:05", "2006-01-02 15:04:05.000", "20060102", "2 Jan 2006", "Jan 2, 2006", "2006-01-02T15:04:05Z",
	"2006-01-02T15:04:05+02:00", "02/01/2006", "01/02/2006", "2-1-2006", "1/2/2006 3:04 PM", "02.01.06", "1/2/06", "02-Jan-06", "2006-01-02 15:04", "02.01.2006 15:04:05", "2006.01.02", "15:04",
}

func (m maker) dress() *dress {
	d := &dress{
		maker: m, headers: slices.Clone(pick(m, headerSets...)), decimal: pick(m, ".", ".", ","), group: pick(m, "", "", "", ".", ",", "'", "\u00a0", " ", "\u202f"),
		currency: pick(m, "", "", "", "", "$%", "€ %", "EUR %", "% €", "% zł", "%USD", "£%"), negative: pick(m, "-%", "%-", "(%)", "−%", "- %", "+%"), wholes: m.rarely(5),
		layouts: []string{pick(m, dateLayouts...)}, lines: m.rarely(4), total: pick(m, "-", "-", "-", "-", "Total", "Summe", "Gesamtergebnis:", "Razem", "Total général", "", "Subtotal A"),
	}
	if d.group == d.decimal {
		d.group = ""
	}
	if m.rarely(4) {
		d.layouts = append(d.layouts, pick(m, dateLayouts...))
	}
	if m.rarely(4) {
		d.titles = 1 + m.IntN(3)
	}
	if slices.Contains([]string{"A", "注文番号"}, d.headers[0]) || m.rarely(6) {
		d.roles = map[string]string{"order_id": d.headers[0], "order_date": d.headers[1], "revenue": d.headers[2]}
	}
	for _, kind := range []string{"region", "product_category", "quantity", "unit_price", "discount", "currency", "note", "shipped", "code", "paid", "status", "visitors"} {
		if m.rarely(3) {
			d.further = append(d.further, kind)
			d.headers = append(d.headers, pick(m, furtherHeaders[kind]...))
		}
	}
	return d
}

func (d *dress) orders() (out []order) {
	first := time.Date(2024, 1, 1, 10, 30, 0, 0, time.UTC).AddDate(0, 0, d.IntN(400))
	ids := pick(d.maker, "A%03d", "A%03d", "%d", "%05d", "2025112300000%05d", "%d.0", "x %d")
	span := pick(d.maker, 1, 20, 60, 500)
	for i := range 1 + d.IntN(pick(d.maker, 3, 12, 40, 120)) {
		o := order{id: fmt.Sprintf(ids, i+1), day: first.AddDate(0, 0, d.IntN(span)).Add(time.Duration(d.IntN(60_000)) * time.Second)}
		n := 1
		if d.lines {
			n = 1 + d.IntN(3)
		}
		for range n {
			o.cents, o.channel = d.cents(), pick(d.maker, "Online", "Store", "Store", "Partner")
			o.more = nil
			for _, kind := range d.further {
				if kind == "visitors" && !d.rarely(60) {
					o.more = append(o.more, strconv.Itoa(150+o.day.Day()))
					continue
				}
				o.more = append(o.more, d.value(kind))
			}
			out = append(out, o)
		}
	}
	return out
}

func (d *dress) cents() int64 {
	cents := pick(d.maker, d.Int64N(900_000), d.Int64N(9_000), d.Int64N(90_000_000), -d.Int64N(50_000))
	if d.wholes {
		return cents / 100 * 100
	}
	return cents
}

// value is one of a further column.
func (d *dress) value(kind string) string {
	switch kind {
	case "region":
		return pick(d.maker, "North", "South", "South", "", "Größe", "Łódź")
	case "product_category":
		return pick(d.maker, "Toys", "Books", "Garden & Home", "n/a")
	case "quantity":
		return strconv.Itoa(1 + d.IntN(9))
	case "unit_price":
		return d.amount(d.cents())
	case "discount":
		return pick(d.maker, "", "0", "5 %", "0"+d.decimal+"1", "-")
	case "currency":
		return pick(d.maker, "EUR", "EUR", "EUR", "eur", "€", "", pick(d.maker, "EUR", "USD", "kr", "Taler"))
	case "status":
		return pick(d.maker, "shipped", "shipped", "Cancelled", "zurückgesendet", "refunded", "paid", "", "5")
	case "visitors":
		return pick(d.maker, "", "", "0", "1.5", "007", "many", "300")
	case "note":
		return pick(d.maker, "", "", "ok", "two words", "5\" pipe", "a, b", "x;y", "line\nbreak", "=1+1", "1e5", "007")
	case "shipped":
		return time.Date(2025, 1, 1+d.IntN(60), 0, 0, 0, 0, time.UTC).Format(d.layouts[0])
	case "paid":
		return pick(d.maker, "true", "FALSE", "true", "")
	}
	return pick(d.maker, "01067", "1067", "12.50", "1.234", "1,234", "0", "9007199254740993", "12:30", "1.5e3", "-0", "abc")
}

// amount writes an amount of cents.
func (d *dress) amount(cents int64) string {
	abs := max(cents, -cents)
	text := strconv.FormatInt(abs/100, 10)
	for i := len(text) - 3; i > 0 && d.group != ""; i -= 3 {
		text = text[:i] + d.group + text[i:]
	}
	if !d.wholes {
		text += d.decimal + fmt.Sprintf("%02d", abs%100)
	}
	if d.currency != "" {
		text = strings.Replace(d.currency, "%", text, 1)
	}
	if cents < 0 {
		text = strings.Replace(d.negative, "%", text, 1)
	}
	return text
}

// rows are the table's, as texts, and how many rows the header is in.
func (d *dress) rows(orders []order) [][]string {
	width := len(d.headers)
	row := func(values ...string) []string {
		return append(values, make([]string, max(width-len(values), 0))...)[:width]
	}
	var out [][]string
	for i := range d.titles {
		out = append(out, pick(d.maker, row(fmt.Sprintf("Report %d", i)), row("", "x", "2025"), row("Exported by:", "an"), row(), row("# all orders")))
	}
	out = append(out, d.headers)
	sum, part := int64(0), int64(0)
	for i, o := range orders {
		sum, part = sum+o.cents, part+o.cents
		layout := d.layouts[0]
		if len(d.layouts) > 1 && d.rarely(6) {
			layout = d.layouts[1]
		}
		out = append(out, append([]string{o.id, o.day.Format(layout), d.amount(o.cents), o.channel}, o.more...))
		if d.total == "Subtotal A" && i%5 == 4 {
			out, part = append(out, row(d.total, "", d.amount(part))), 0
		}
	}
	switch {
	case d.total == "-":
	case d.rarely(2):
		out = append(out, row(d.total, "", d.amount(sum)))
	default:
		out = append(out, row("", "", d.amount(sum), d.total))
	}
	return out
}

// trouble does to some rows what people and programs do.
func (d *dress) trouble(rows [][]string) [][]string {
	head := d.titles
	body := func() int { return head + 1 + d.IntN(len(rows)-head-1) }
	for range pick(d.maker, 0, 0, 1, 2, 4) {
		r := body()
		row := slices.Clone(rows[r])
		if len(row) < 4 {
			continue
		}
		switch d.IntN(22) {
		case 0:
			row[2] = pick(d.maker, "n/a", "-", "–", "NULL", "?", "NaN", "null")
		case 1:
			row[2] = pick(d.maker, "abc", "12 34", "1.2.3", "5 apples", "1,2,3", "--5", "€", "1e400", "1_000", "１２３４", "½", "1234.50¹", "(5", "5-%", "12,-", "12.--", ".5", "7,", "1.234.5", "$1,234.50 USD")
		case 2:
			row[2] = ""
		case 3:
			row[1] = pick(d.maker, "", "2061-05-05", "1926-05-05", "31.02.2025", "soon", "0000-00-00", "2025-13-01", "1900-01-00", "24:00", "2025-02-01 24:00:00", "20250231", "1/1/1", "12/2025", "Q1 2025", "2025-W05-1", "13/13/2025", "١/٢/2025")
		case 4:
			row[0] = pick(d.maker, strings.ToLower(row[0]), "", " ", "0", "01", "1E3", "1e+16", "12345678901234567890", "+7", "-3", "total", "#12", "Ctrl", "\u200b")
		case 5:
			row[0] = rows[body()][0]
		case 6:
			row = slices.Clone(rows[body()]) // a repetition
		case 7:
			rows = slices.Insert(rows, r, slices.Clone(d.headers))
			continue
		case 8:
			rows = slices.Insert(rows, r, pick(d.maker, []string{"-----", "---", "----"}, []string{"\x1a"}, []string{"", "", "===="}, []string{"*"}))
			continue
		case 9:
			rows = slices.Insert(rows, r, pick(d.maker, []string{"* without returns"}, []string{"Note: see page 2"}, []string{"", "// end"}, []string{"Printed:", "today"}, []string{"end"}))
			continue
		case 10:
			rows = slices.Insert(rows, r, make([]string, d.IntN(len(d.headers)+1)))
			continue
		case 11:
			row[3] = pick(d.maker, " Online", "online", "ON LINE", "Store\u00a0", "GrÃ¶ÃŸe", "Straße\u200b", "", "\ufffd", "Ünïcode")
		case 12:
			row = row[:1+d.IntN(len(row))]
		case 13:
			row = append(row, pick(d.maker, "", "more", "1"))
		case 14: // an unquoted delimiter
			at := d.IntN(len(row))
			row = slices.Insert(row, at, pick(d.maker, "x", " x", "1", ""))
		case 15:
			row[2] = pick(d.maker, "$", "EUR ", "£", "USD ") + row[2]
		case 16:
			row[2] = pick(d.maker, "1.234", "1,234", "12.345", "1'234", "1 234", "1.234,5", "1,234.5", "12,34,567", "0.123", "1234,567")
		case 17:
			row[1] = pick(d.maker, "01/02/2025", "1.2.2025", "01/02/25", "2025-03-04T23:30:00-05:00", "3 März 2025", "5 mai 2025", "Mar 3 2025", "2025-3-4", "2025-03-31T23:59:59.999", "45000", "2025/03/04 7:05:01 am")
		case 18: // the sum of those above
			sum := int64(0)
			for range 3 {
				sum += d.cents()
			}
			row[2] = d.amount(sum)
		case 19:
			row[2] = " " + row[2] + "\u00a0"
		case 20:
			row[len(row)-1] = pick(d.maker, "tab\there", "quote \" inside", "\"quoted\"", "back\\slash", "nul?", "a\r\nb", "é", "𝒳", "_x0041_")
		case 21:
			row[2] = pick(d.maker, "0", "0.00", "-0", "99999999999", "0.004", "1e3", "123456789012345.67")
		}
		rows[r] = row
	}
	return rows
}

// options are what a person says of the file: mostly nothing, or which column is which.
func (d *dress) options() (o contract.ReadOptions) {
	o.Columns = d.roles
	if d.roles != nil && d.titles > 0 {
		o.HeaderRow = int64(d.titles + 1)
	}
	if !d.rarely(4) {
		return o
	}
	switch d.IntN(11) {
	case 0:
		o.DecimalMark = pick(d.maker, ".", ",")
	case 1:
		mark := pick(d.maker, "", ".", ",", "'", " ")
		o.GroupingMark = &mark
	case 2:
		o.DateOrder = pick(d.maker, "ymd", "dmy", "mdy")
	case 3:
		o.TwoDigitYears = pick(d.maker, 1900, 1950, 1930, 2000)
	case 4:
		o.TimeZone = pick(d.maker, "Europe/Berlin", "America/New_York", "+05:30", "UTC", "Asia/Tokyo")
	case 5:
		o.RowIs = pick(d.maker, "order", "order_line")
	case 6:
		o.RowsNoOrders = pick(d.maker, "leave_out", "count")
	case 7:
		o.ShiftedRows = pick(d.maker, "realign", "leave_out")
	case 8:
		o.EndRows = int64(d.IntN(4))
	case 9:
		o.NullWords = pick(d.maker, []string{"?"}, []string{"n/a", "abc"}, []string{"Online"})
	case 10:
		o.AcceptMissing = true
	}
	return o
}

// textFile writes the rows as a text file: the bytes, and what has to be said of them.
func (d *dress) textFile(t testing.TB, rows [][]string) ([]byte, contract.ReadOptions) {
	o := d.options()
	delimiter := pick(d.maker, ";", ",", ",", "\t", "|")
	ending := pick(d.maker, "\n", "\r\n", "\n", "\r")
	always, never, spaced, trailing := d.rarely(6), d.rarely(8), d.rarely(10), d.rarely(8)
	escape := `""`
	if d.rarely(12) {
		escape = `\"`
	}
	var b strings.Builder
	if d.rarely(15) {
		b.WriteString("sep=" + delimiter + ending)
	}
	for r, row := range rows {
		for c, field := range row {
			if c > 0 {
				b.WriteString(delimiter)
			}
			needs := strings.ContainsAny(field, delimiter+"\"\r\n")
			switch {
			case needs && !never || always:
				field = `"` + strings.ReplaceAll(field, `"`, escape) + `"`
			case never:
				field = strings.NewReplacer("\n", " ", "\r", " ").Replace(field)
			}
			if spaced && c > 0 {
				field = " " + field
			}
			b.WriteString(field)
		}
		if trailing {
			b.WriteString(delimiter)
		}
		if r < len(rows)-1 || d.rarely(2) {
			b.WriteString(ending)
		}
	}
	text := b.String()
	switch d.IntN(10) {
	case 0:
		return []byte("\ufeff" + text), o
	case 1:
		return encoded(t, "\ufeff"+text, "utf-16le"), o
	case 2:
		return encoded(t, "\ufeff"+text, "utf-16be"), o
	case 3:
		return encoded(t, text, pick(d.maker, "windows-1252", "windows-1250", "utf-16le")), o
	case 4:
		o.Encoding = pick(d.maker, "windows-1252", "windows-1250", "iso-8859-15", "ibm850", "utf-16le")
		return encoded(t, text, o.Encoding), o
	case 5: // a row in another encoding, or a file that was cut
		data := []byte(text)
		if d.rarely(2) {
			return data[:len(data)-d.IntN(min(len(data), 40))], o
		}
		return append(data, encoded(t, "ZZ9"+delimiter+"2025-01-01"+delimiter+"5"+delimiter+"Größe", "windows-1252")...), o
	}
	return []byte(text), o
}

// madeFiles are text files, workbooks and Parquet files made from the seed.
func madeFiles(t testing.TB) (files []*file) {
	number := func(name string, otherwise uint64) uint64 {
		text, set := os.LookupEnv(name)
		if !set {
			return otherwise
		}
		n, err := strconv.ParseUint(text, 10, 64)
		require.NoError(t, err, name)
		return n
	}
	seed, folder := number("PORTAL_TWO_SIDES_SEED", defaultSeed), os.Getenv("PORTAL_TWO_SIDES_KEEP")
	if folder == "" {
		folder = t.TempDir()
	}
	for i := range number("PORTAL_TWO_SIDES_FILES", defaultFiles) {
		m := maker{rand.New(rand.NewPCG(seed, i))}
		d := m.dress()
		data, o := d.textFile(t, d.trouble(d.rows(d.orders())))
		name := fmt.Sprintf("%d.csv", i)
		files = append(files, &file{name: "made/" + name, path: save(t, folder, name, data), read: o})

		d = m.dress()
		data, o = d.workbook(t, d.trouble(d.rows(d.orders())))
		name = fmt.Sprintf("%d.xlsx", i)
		files = append(files, &file{name: "made/" + name, path: save(t, folder, name, data), read: o})

		if i%3 == 0 {
			d = m.dress()
			data, o = d.parquetFile(t, d.orders())
			name = fmt.Sprintf("%d.parquet", i)
			files = append(files, &file{name: "made/" + name, path: save(t, folder, name, data), read: o})
		}
	}
	return files
}
