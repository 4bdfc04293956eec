package importscreen

import (
	"slices"
	"strconv"
	"strings"

	"fabricportal/contract"
	"fabricportal/internal/gui/words"
)

// optionLine is one line of the panel “How this file is read”: an option, its value, and how a person changes it.
type optionLine struct {
	option string // its name in read_options
	role   string // of the option columns: whose column it is
	title  string
	values []optionValue // to choose from; nil where the value is typed
	hint   string        // where it is typed
	shown  func(p *contract.ImportProfile) bool
	get    func(o *contract.ReadOptions) string
	set    func(o *contract.ReadOptions, value string)
}

// optionValue is one value of an option, as the document has it and as it is shown.
type optionValue struct{ value, text string }

func anyFile(*contract.ImportProfile) bool    { return true }
func textFile(p *contract.ImportProfile) bool { return p.File.Format == contract.FormatCSV }
func workbook(p *contract.ImportProfile) bool {
	return p.File.Format == contract.FormatXLSX || p.File.Format == contract.FormatXLSM
}
func withHeader(p *contract.ImportProfile) bool { return p.File.Format != contract.FormatParquet }

// blankGrouping and noGrouping stand for values that can't be told from nothing in a list.
const (
	noGrouping   = "none"
	tabDelimiter = "tab"
)

// optionLines are the panel's lines for a file, in the order of the schema of read_options.
func optionLines(p *contract.ImportProfile) []optionLine {
	lines := []optionLine{
		{option: "sheet", title: words.T("Sheet"), shown: func(p *contract.ImportProfile) bool { return workbook(p) && len(p.Sheets) > 1 }, values: sheetValues(p),
			get: func(o *contract.ReadOptions) string { return o.Sheet },
			set: func(o *contract.ReadOptions, v string) { o.Sheet, o.HeaderRow = v, 0 }}, // a header row of one sheet is none of another
		{option: "header_row", title: words.T("Header row"), shown: withHeader, hint: words.T("Number of the row"),
			get: func(o *contract.ReadOptions) string { return numberText(o.HeaderRow) },
			set: func(o *contract.ReadOptions, v string) { o.HeaderRow = numberOf(v) }},
		{option: "end_rows", title: words.T("Rows at the end that are no data"), shown: withHeader, hint: words.T("How many"),
			get: func(o *contract.ReadOptions) string { return numberText(o.EndRows) },
			set: func(o *contract.ReadOptions, v string) { o.EndRows = numberOf(v) }},
		{option: "encoding", title: words.T("Encoding"), shown: textFile, values: plainValues(contract.Encodings...),
			get: func(o *contract.ReadOptions) string { return o.Encoding },
			set: func(o *contract.ReadOptions, v string) { o.Encoding = v }},
		{option: "delimiter", title: words.T("Delimiter"), shown: textFile,
			values: []optionValue{{",", words.T("comma")}, {";", words.T("semicolon")}, {tabDelimiter, words.T("tab")}, {"|", words.T("bar")}, {"~", "~"}, {" ", words.T("blank")}, {":", words.T("colon")}},
			get:    func(o *contract.ReadOptions) string { return strings.Replace(o.Delimiter, "\t", tabDelimiter, 1) },
			set:    func(o *contract.ReadOptions, v string) { o.Delimiter = strings.Replace(v, tabDelimiter, "\t", 1) }},
		{option: "quoting", title: words.T("Quotes"), shown: textFile,
			values: []optionValue{{contract.QuotingDouble, words.T("doubled")}, {contract.QuotingBackslash, words.T("with a backslash")}, {contract.QuotingNone, words.T("are characters")}},
			get:    func(o *contract.ReadOptions) string { return o.Quoting },
			set:    func(o *contract.ReadOptions, v string) { o.Quoting = v }},
		{option: "decimal_mark", title: words.T("Decimal mark"), shown: anyFile, values: []optionValue{{".", words.T("point (1,234.50)")}, {",", words.T("comma (1.234,50)")}},
			get: func(o *contract.ReadOptions) string { return o.DecimalMark },
			set: func(o *contract.ReadOptions, v string) { o.DecimalMark = v }},
		{option: "date_order", title: words.T("Order of dates"), shown: anyFile,
			values: []optionValue{{contract.DayFirst, words.T("day first (31/12/2025)")}, {contract.MonthFirst, words.T("month first (12/31/2025)")}, {contract.YearFirst, words.T("year first (2025-12-31)")}},
			get:    func(o *contract.ReadOptions) string { return o.DateOrder },
			set:    func(o *contract.ReadOptions, v string) { o.DateOrder = v }},
		{option: "two_digit_years_from", title: words.T("Years of two digits"), shown: anyFile,
			values: []optionValue{{"1950", "1950–2049"}, {"1900", "1900–1999"}, {"2000", "2000–2099"}},
			get:    func(o *contract.ReadOptions) string { return numberText(int64(o.TwoDigitYears)) },
			set:    func(o *contract.ReadOptions, v string) { o.TwoDigitYears = int(numberOf(v)) }},
		{option: "time_zone", title: words.T("Zone in which a day counts"), shown: anyFile, hint: "Europe/Berlin",
			get: func(o *contract.ReadOptions) string { return o.TimeZone },
			set: func(o *contract.ReadOptions, v string) { o.TimeZone = v }},
		{option: "null_words", title: words.T("Words that mean nothing"), shown: anyFile, hint: "NULL, n/a",
			get: func(o *contract.ReadOptions) string { return strings.Join(o.NullWords, ", ") },
			set: func(o *contract.ReadOptions, v string) { o.NullWords = listOf(v) }},
	}
	for _, role := range contract.Words().Roles {
		lines = append(lines, optionLine{option: "columns", role: role.Role, title: words.T("Column {{.Role}}", "Role", role.Role), shown: anyFile, values: headerValues(p),
			get: func(o *contract.ReadOptions) string { return o.Columns[role.Role] },
			set: func(o *contract.ReadOptions, v string) { o.Columns = withColumn(o.Columns, role.Role, v) }})
	}
	lines = append(lines,
		optionLine{option: "row_is", title: words.T("A row is"), shown: anyFile,
			values: []optionValue{{contract.RowIsOrder, words.T("an order")}, {contract.RowIsOrderLine, words.T("a line of an order")}},
			get:    func(o *contract.ReadOptions) string { return o.RowIs },
			set:    func(o *contract.ReadOptions, v string) { o.RowIs = v }},
		optionLine{option: "rows_no_orders", title: words.T("Totals, repeated headers, notes"), shown: anyFile,
			values: []optionValue{{contract.LeaveOut, words.T("leave them out")}, {contract.Count, words.T("count them as orders")}},
			get:    func(o *contract.ReadOptions) string { return o.RowsNoOrders },
			set:    func(o *contract.ReadOptions, v string) { o.RowsNoOrders = v }},
		optionLine{option: "shifted_rows", title: words.T("Rows shifted by a delimiter"), shown: textFile,
			values: []optionValue{{contract.Realign, words.T("put them back")}, {contract.LeaveOut, words.T("leave them out")}},
			get:    func(o *contract.ReadOptions) string { return o.ShiftedRows },
			set:    func(o *contract.ReadOptions, v string) { o.ShiftedRows = v }},
		optionLine{option: "accept_missing", title: words.T("What is missing from the sums"), shown: anyFile,
			values: []optionValue{{"true", words.T("was seen and is accepted")}},
			get:    func(o *contract.ReadOptions) string { return map[bool]string{true: "true"}[o.AcceptMissing] },
			set:    func(o *contract.ReadOptions, v string) { o.AcceptMissing = v == "true" }},
	)
	return slices.DeleteFunc(lines, func(l optionLine) bool { return !l.shown(p) })
}

func plainValues(list ...string) []optionValue {
	out := make([]optionValue, len(list))
	for i, v := range list {
		out[i] = optionValue{v, v}
	}
	return out
}

func sheetValues(p *contract.ImportProfile) []optionValue {
	var out []optionValue
	for _, s := range p.Sheets {
		text := s.Name
		if s.Hidden {
			text = words.T("{{.Name}} (hidden)", "Name", s.Name)
		}
		out = append(out, optionValue{s.Name, text})
	}
	return out
}

func headerValues(p *contract.ImportProfile) []optionValue {
	var out []optionValue
	for _, c := range p.Columns {
		if strings.TrimSpace(c.Name) != "" && !slices.ContainsFunc(out, func(v optionValue) bool { return v.value == c.Name }) {
			out = append(out, optionValue{c.Name, strings.TrimSpace(c.Name)})
		}
	}
	return out
}

// withColumn is a copy of columns in which a role has a header; "" takes it away.
func withColumn(columns map[string]string, role, header string) map[string]string {
	out := map[string]string{}
	for r, h := range columns {
		if r != role {
			out[r] = h
		}
	}
	if header != "" {
		out[role] = header
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func numberText(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func numberOf(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func listOf(s string) []string {
	var out []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// valueText is a value as it is shown.
func (l optionLine) valueText(value string) string {
	for _, v := range l.values {
		if v.value == value {
			return v.text
		}
	}
	return value
}
