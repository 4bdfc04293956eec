// Package optionwords words how a file is read, in any language: a line for each option, with its values and how it is changed.
// Window, events and documents read it, so that an option has one name.
package optionwords

import (
	"slices"
	"strconv"
	"strings"

	"fabricportal/contract"
	"fabricportal/internal/format"
)

// Line is one line of the panel “How this file is read”: an option, its value, and how a person changes it.
type Line struct {
	Option  string // its name in read_options
	Role    string // of the option columns: whose column it is
	Title   string
	Values  []Value // to choose from; nil where the value is typed
	Example string  // of what is typed
	Get     func(o *contract.ReadOptions) string
	Set     func(o *contract.ReadOptions, value string)
	shown   func(p *contract.ImportProfile) bool
	plain   func(p *contract.ImportProfile) string // the value of a file for which the option says nothing; nil where there is none
}

// Value is one value of an option, as the document has it and as it is shown.
type Value struct{ Value, Text string }

func anyFile(*contract.ImportProfile) bool    { return true }
func textFile(p *contract.ImportProfile) bool { return p.File.Format == contract.FormatCSV }
func workbook(p *contract.ImportProfile) bool {
	return p.File.Format == contract.FormatXLSX || p.File.Format == contract.FormatXLSM
}
func withHeader(p *contract.ImportProfile) bool { return p.File.Format != contract.FormatParquet }

// noGrouping and tabDelimiter stand for values that can't be told from nothing in a list.
const (
	noGrouping   = "none"
	tabDelimiter = "tab"
)

// Lines are the panel's lines for a file, in the order of the schema of read_options.
func Lines(w format.Writer, p *contract.ImportProfile) []Line {
	return slices.DeleteFunc(all(w, p), func(l Line) bool { return !l.shown(p) })
}

func all(w format.Writer, p *contract.ImportProfile) []Line {
	lines := []Line{
		{Option: "sheet", Title: w.T("Sheet"), shown: func(p *contract.ImportProfile) bool { return workbook(p) && len(p.Sheets) > 1 },
			plain: func(p *contract.ImportProfile) string { return textOf(p.Sheet) }, Values: sheetValues(w, p),
			Get: func(o *contract.ReadOptions) string { return o.Sheet },
			Set: func(o *contract.ReadOptions, v string) { o.Sheet, o.HeaderRow = v, 0 }}, // a header row of one sheet is none of another
		{Option: "header_row", Title: w.T("Header row"), shown: withHeader, plain: func(p *contract.ImportProfile) string { return numberText(rowOf(p.HeaderRow)) }, Example: w.T("Number of the row"),
			Get: func(o *contract.ReadOptions) string { return numberText(o.HeaderRow) },
			Set: func(o *contract.ReadOptions, v string) { o.HeaderRow = numberOf(v) }},
		{Option: "end_rows", Title: w.T("Rows at the end that are no data"), shown: withHeader, Example: w.T("How many"),
			Get: func(o *contract.ReadOptions) string { return numberText(o.EndRows) },
			Set: func(o *contract.ReadOptions, v string) { o.EndRows = numberOf(v) }},
		{Option: "encoding", Title: w.T("Encoding"), shown: textFile, plain: func(p *contract.ImportProfile) string { return formOf(p).Encoding }, Values: plainValues(contract.Encodings...),
			Get: func(o *contract.ReadOptions) string { return o.Encoding },
			Set: func(o *contract.ReadOptions, v string) { o.Encoding = v }},
		{Option: "delimiter", Title: w.T("Delimiter"), shown: textFile, plain: func(p *contract.ImportProfile) string {
			return strings.Replace(formOf(p).Delimiter, "\t", tabDelimiter, 1)
		},
			Values: []Value{{",", w.T("comma")}, {";", w.T("semicolon")}, {tabDelimiter, w.T("tab")}, {"|", w.T("bar")}, {"~", "~"}, {" ", w.T("blank")}, {":", w.T("colon")}},
			Get:    func(o *contract.ReadOptions) string { return strings.Replace(o.Delimiter, "\t", tabDelimiter, 1) },
			Set:    func(o *contract.ReadOptions, v string) { o.Delimiter = strings.Replace(v, tabDelimiter, "\t", 1) }},
		{Option: "quoting", Title: w.T("Quotes"), shown: textFile, plain: func(p *contract.ImportProfile) string { return formOf(p).Quoting },
			Values: []Value{{contract.QuotingDouble, w.T("doubled")}, {contract.QuotingBackslash, w.T("with a backslash")}, {contract.QuotingNone, w.T("are characters")}},
			Get:    func(o *contract.ReadOptions) string { return o.Quoting },
			Set:    func(o *contract.ReadOptions, v string) { o.Quoting = v }},
		{Option: "decimal_mark", Title: w.T("Decimal mark"), shown: anyFile, plain: func(*contract.ImportProfile) string { return "." },
			Values: []Value{{".", w.T("point (1,234.50)")}, {",", w.T("comma (1.234,50)")}},
			Get:    func(o *contract.ReadOptions) string { return o.DecimalMark },
			Set:    func(o *contract.ReadOptions, v string) { o.DecimalMark = v }},
		{Option: "grouping_mark", Title: w.T("Mark between thousands"), shown: anyFile,
			Values: []Value{{noGrouping, w.T("none")}, {".", w.T("point")}, {",", w.T("comma")}, {"'", w.T("apostrophe")}, {" ", w.T("blank")}},
			Get:    groupingOf, Set: setGrouping},
		{Option: "date_order", Title: w.T("Order of dates"), shown: anyFile,
			Values: []Value{{contract.DayFirst, w.T("day first (31/12/2025)")}, {contract.MonthFirst, w.T("month first (12/31/2025)")}, {contract.YearFirst, w.T("year first (2025-12-31)")}},
			Get:    func(o *contract.ReadOptions) string { return o.DateOrder },
			Set:    func(o *contract.ReadOptions, v string) { o.DateOrder = v }},
		{Option: "two_digit_years_from", Title: w.T("Years of two digits"), shown: anyFile,
			Values: []Value{{"1950", "1950–2049"}, {"1900", "1900–1999"}, {"2000", "2000–2099"}},
			Get:    func(o *contract.ReadOptions) string { return numberText(int64(o.TwoDigitYears)) },
			Set:    func(o *contract.ReadOptions, v string) { o.TwoDigitYears = int(numberOf(v)) }},
		{Option: "time_zone", Title: w.T("Zone in which a day counts"), shown: anyFile, Example: "Europe/Berlin",
			Get: func(o *contract.ReadOptions) string { return o.TimeZone },
			Set: func(o *contract.ReadOptions, v string) { o.TimeZone = v }},
		{Option: "null_words", Title: w.T("Words that mean nothing"), shown: anyFile, Example: "NULL, n/a",
			Get: func(o *contract.ReadOptions) string { return strings.Join(o.NullWords, ", ") },
			Set: func(o *contract.ReadOptions, v string) { o.NullWords = listOf(v) }},
	}
	headers := headerValues(p)
	for _, role := range contract.Words().Roles {
		lines = append(lines, Line{Option: "columns", Role: role.Role, Title: w.T("Column {{.Role}}", "Role", role.Role), shown: anyFile,
			plain: func(p *contract.ImportProfile) string { return named(p, role.Role) }, Values: headers,
			Get: func(o *contract.ReadOptions) string { return o.Columns[role.Role] },
			Set: func(o *contract.ReadOptions, v string) { o.Columns = withColumn(o.Columns, role.Role, v) }})
	}
	lines = append(lines,
		Line{Option: "row_is", Title: w.T("A row is"), shown: anyFile, plain: func(*contract.ImportProfile) string { return contract.RowIsOrder },
			Values: []Value{{contract.RowIsOrder, w.T("an order")}, {contract.RowIsOrderLine, w.T("a line of an order")}},
			Get:    func(o *contract.ReadOptions) string { return o.RowIs },
			Set:    func(o *contract.ReadOptions, v string) { o.RowIs = v }},
		Line{Option: "rows_no_orders", Title: w.T("Totals, repeated headers, notes"), shown: anyFile,
			Values: []Value{{contract.LeaveOut, w.T("leave them out")}, {contract.Count, w.T("count them as orders")}},
			Get:    func(o *contract.ReadOptions) string { return o.RowsNoOrders },
			Set:    func(o *contract.ReadOptions, v string) { o.RowsNoOrders = v }},
		Line{Option: "shifted_rows", Title: w.T("Rows shifted by a delimiter"), shown: textFile,
			Values: []Value{{contract.Realign, w.T("put them back")}, {contract.LeaveOut, w.T("leave them out")}},
			Get:    func(o *contract.ReadOptions) string { return o.ShiftedRows },
			Set:    func(o *contract.ReadOptions, v string) { o.ShiftedRows = v }},
		Line{Option: "accept_missing", Title: w.T("What is missing from the sums"), shown: anyFile,
			Values: []Value{{"true", w.T("was seen and is accepted")}},
			Get:    func(o *contract.ReadOptions) string { return map[bool]string{true: "true"}[o.AcceptMissing] },
			Set:    func(o *contract.ReadOptions, v string) { o.AcceptMissing = v == "true" }},
	)
	return lines
}

func groupingOf(o *contract.ReadOptions) string {
	switch {
	case o.GroupingMark == nil:
		return ""
	case *o.GroupingMark == "":
		return noGrouping
	}
	return *o.GroupingMark
}

func setGrouping(o *contract.ReadOptions, v string) {
	switch v {
	case "":
		o.GroupingMark = nil
	case noGrouping:
		o.GroupingMark = new(string)
	default:
		o.GroupingMark = &v
	}
}

func plainValues(list ...string) []Value {
	out := make([]Value, len(list))
	for i, v := range list {
		out[i] = Value{v, v}
	}
	return out
}

func sheetValues(w format.Writer, p *contract.ImportProfile) []Value {
	var out []Value
	for _, s := range p.Sheets {
		text := s.Name
		if s.Hidden {
			text = w.T("{{.Name}} (hidden)", "Name", s.Name)
		}
		out = append(out, Value{s.Name, text})
	}
	return out
}

func headerValues(p *contract.ImportProfile) []Value {
	var out []Value
	seen := make(map[string]bool, len(p.Columns))
	for _, c := range p.Columns {
		if strings.TrimSpace(c.Name) != "" && !seen[c.Name] {
			seen[c.Name] = true
			out = append(out, Value{c.Name, strings.TrimSpace(c.Name)})
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

// Plain is the value that the file has by the plain rules, where the option says nothing; "" for none.
func (l Line) Plain(p *contract.ImportProfile) string {
	if l.plain == nil {
		return ""
	}
	return l.plain(p)
}

func textOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func rowOf(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

func formOf(p *contract.ImportProfile) contract.TextForm {
	if p.File.Text == nil {
		return contract.TextForm{}
	}
	return *p.File.Text
}

// named is the header of the column that has a role by its name.
func named(p *contract.ImportProfile, role string) string {
	for _, c := range p.Columns {
		if c.NormalizedName == role {
			return c.Name
		}
	}
	return ""
}

// ValueText is a value as it is shown.
func (l Line) ValueText(value string) string {
	for _, v := range l.Values {
		if v.Value == value {
			return v.Text
		}
	}
	return value
}

// Said is what options say, one part an option; "" where they say nothing.
func Said(w format.Writer, o *contract.ReadOptions) string {
	if o == nil {
		return ""
	}
	var parts []string
	for _, l := range all(w, &contract.ImportProfile{}) {
		if value := l.Get(o); value != "" {
			parts = append(parts, l.said(w, value))
		}
	}
	return strings.Join(parts, " · ")
}

func (l Line) said(w format.Writer, value string) string {
	return w.T("{{.Option}}: {{.Value}}", "Option", l.Title, "Value", l.ValueText(value))
}

// SaidOf is what options say of one of them; "" where they say nothing.
func SaidOf(w format.Writer, o *contract.ReadOptions, option string) string {
	var parts []string
	for _, l := range all(w, &contract.ImportProfile{}) {
		if value := l.Get(o); l.Option == option && value != "" {
			parts = append(parts, l.said(w, value))
		}
	}
	return strings.Join(parts, " · ")
}
