package cli

import (
	"encoding/json"
	"fmt"
	"strings"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/plaintext"
)

// UndecidedError says that a person has to decide how a file is read. Its text names the readings and what each gives.
type UndecidedError struct {
	File      string
	Questions []contract.Question
}

func (e *UndecidedError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s can be read in more than one way, and a person has to decide:", plaintext.Line(e.File, longestText))
	for _, q := range e.Questions {
		fmt.Fprintf(&b, "\n\n  %s", plaintext.Line(questionText(q), longestText))
		for _, r := range q.Readings {
			fmt.Fprintf(&b, "\n    %-40s %s", plaintext.Line(answerText(r), longestText), plaintext.Line(outcomeText(r), longestText))
		}
	}
	b.WriteString("\n\nGive the flag of the right reading, or answer on the window's Import screen.")
	return b.String()
}

// undecided is an *UndecidedError where questions are open.
func undecided(file string, r *contract.Reading) error {
	if r == nil || len(r.Questions) == 0 {
		return nil
	}
	return &failure{ExitUndecided, &UndecidedError{File: file, Questions: r.Questions}}
}

// questions are what is asked, by id.
var questions = map[string]string{
	"sheet":                "Which sheet holds the orders?",
	"columns":              "Which columns hold the order's id, its date and the revenue?",
	"decimal_mark":         "Is the mark in the amounts a decimal mark, or does it group thousands?",
	"date_order":           "Does the day or the month come first in the dates?",
	"two_digit_years_from": "Which century are the years of two digits in?",
	"rows_no_orders":       "Are these rows totals, which must not be counted as orders?",
	"shifted_rows":         "Some rows have more values than the header has columns, as a delimiter in a text shifts them. Put them back, or leave them out?",
	"row_is":               "Several rows have one order_id. Are they lines of one order, or was the order written twice?",
	"accept_missing":       "Something is missing from the sums. Take them as they are?",
}

func questionText(q contract.Question) string {
	text := questions[q.ID]
	if text == "" {
		text = "How is it to be read: " + q.ID + "?"
	}
	if len(q.Evidence) > 0 && q.ID != "columns" && q.ID != "sheet" { // their readings name all there is
		text += " (" + evidenceText(q.Evidence) + ")"
	}
	return text
}

// evidenceText is counts by form: 40 of the form 1.234.
func evidenceText(list []contract.Evidence) string {
	var parts []string
	for _, e := range list {
		if e.Count > 0 {
			parts = append(parts, fmt.Sprintf("%s × %s", format.Count(e.Count), formText(e.Form)))
		}
	}
	return strings.Join(parts, ", ")
}

// forms are those forms of evidence that are no examples out of the file, in words.
var forms = map[string]string{
	"same": "equal to an earlier row", "different": "with another amount than the first", "other": "neither", "realign": "can be put back", "leave_out": "can't be put back",
	"header": "repeated header", "rule": "row without a letter or digit", "note": "note", "total": "total", "suspect": "possible total",
	"unread_amounts": "amount that can't be read", "no_order_id": "row without an order_id", "repeated_order_id": "repeated order_id", "shifted_rows": "shifted row",
}

func formText(form string) string {
	if text, ok := forms[form]; ok {
		return text
	}
	return strings.TrimSpace(form)
}

// answerText is the flags that answer a question with a reading.
func answerText(r contract.PossibleReading) string {
	if r.Options == nil {
		return "(for information: with what is missing)"
	}
	return strings.Join(flagsOf(*r.Options), " ")
}

// outcomeText is what a reading gives.
func outcomeText(r contract.PossibleReading) string {
	var parts []string
	if r.TotalRevenue != nil {
		parts = append(parts, "revenue "+format.Money(*r.TotalRevenue))
	}
	if r.Orders != nil {
		parts = append(parts, format.N(*r.Orders, "{{.N}} order", "{{.N}} orders"))
	}
	if r.FirstDay != nil && r.LastDay != nil {
		parts = append(parts, *r.FirstDay+" to "+*r.LastDay)
	}
	if len(parts) == 0 {
		return "can't be summed"
	}
	return strings.Join(parts, ", ")
}

// flagsOf are the flags that say what options say, in the order of the schema.
func flagsOf(o contract.ReadOptions) []string {
	var out []string
	add := func(flag, value string) {
		if value != "" {
			out = append(out, "--"+flag+" "+shellWord(value))
		}
	}
	number := func(flag string, n int64) {
		if n != 0 {
			add(flag, fmt.Sprint(n))
		}
	}
	add("sheet", o.Sheet)
	number("header-row", o.HeaderRow)
	number("end-rows", o.EndRows)
	add("encoding", o.Encoding)
	if o.Delimiter == "\t" {
		add("delimiter", "tab")
	} else {
		add("delimiter", o.Delimiter)
	}
	add("quoting", o.Quoting)
	add("decimal-mark", o.DecimalMark)
	if o.GroupingMark != nil {
		switch *o.GroupingMark {
		case "":
			add("grouping-mark", "none")
		case " ":
			add("grouping-mark", "blank")
		default:
			add("grouping-mark", *o.GroupingMark)
		}
	}
	add("date-order", o.DateOrder)
	number("two-digit-years-from", int64(o.TwoDigitYears))
	add("time-zone", o.TimeZone)
	for _, w := range o.NullWords {
		add("null-word", w)
	}
	for _, role := range contract.Words().Roles {
		if header := o.Columns[role.Role]; header != "" {
			add("column", role.Role+"="+header)
		}
	}
	add("row-is", o.RowIs)
	add("rows-no-orders", o.RowsNoOrders)
	add("shifted-rows", o.ShiftedRows)
	if o.AcceptMissing {
		out = append(out, "--accept-missing")
	}
	return out
}

// shellWord quotes a value that a shell would take apart.
func shellWord(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_=/+:", r))
	}) {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`").Replace(s) + `"`
	}
	return s
}

// tellReading says on standard error what was found, left out, and is missing from the sums.
func (p Program) tellReading(r *contract.Reading) {
	if r == nil {
		return
	}
	for _, line := range readingLines(r) {
		p.say("%s", line)
	}
}

func readingLines(r *contract.Reading) []string {
	var out []string
	for _, f := range r.Found {
		value := optionValue(r.Options, f.Option)
		line := fmt.Sprintf("read with %s %s", strings.ReplaceAll(f.Option, "_", " "), value)
		if value == "" {
			line = asWritten(f.Option)
		}
		if f.Source == contract.SourceGiven {
			line += ", as given"
		}
		if len(f.Evidence) > 0 {
			line += " (" + evidenceText(f.Evidence) + ")"
		}
		out = append(out, line)
	}
	out = append(out, leftOutLines(r.LeftOut)...)
	return append(out, missingLines(r.Missing)...)
}

// asWritten says what was found of an option without one value for the whole file.
func asWritten(option string) string {
	switch option {
	case "decimal_mark":
		return "each amount is read as it is written"
	case "date_order":
		return "each date is read as it is written"
	case "time_zone":
		return "each instant counts on the day that it shows"
	case "null_words":
		return "read as nothing"
	}
	return "read with " + strings.ReplaceAll(option, "_", " ")
}

// toldOtherwise are checks that other lines say more of; recommended columns that are missing show in the figures.
var toldOtherwise = []string{"amounts_complete", "rows_left_out", "recommended_columns"}

// decidesNothing are checks whose outcome no open question changes, and which may explain it: ids that Excel has shortened repeat.
var decidesNothing = []string{"order_id_exact", "text_encoding"}

// tellChecks says on standard error which of some warnings a file's figures stand beside, with the first cells.
func (p Program) tellChecks(of *contract.ImportProfile, some func(id string) bool) {
	if of == nil {
		return
	}
	for _, c := range of.Validation.Checks {
		if c.Passed || c.Severity != "warning" || !some(c.ID) {
			continue
		}
		var cells []string
		for _, e := range c.Examples[:min(len(c.Examples), 2)] {
			cells = append(cells, fmt.Sprintf("%s “%s”", e.Cell, e.Value))
		}
		line := "warning: " + c.Message
		if len(cells) > 0 {
			line += " " + strings.Join(cells, ", ")
		}
		if len(cells) > 0 && c.Count > int64(len(cells)) {
			line += " …"
		}
		p.say("%s", line)
	}
}

// tellFormulas says on standard error which columns have formulas that were never calculated.
func (p Program) tellFormulas(of *contract.ImportProfile) {
	if of == nil {
		return
	}
	for _, c := range of.Columns {
		if n := c.FormulasUncached; n > 0 {
			p.say("%s: %s %s never calculated: open the workbook in Excel and save it", c.NormalizedName, format.Count(n), format.N(n, "formula was", "formulas were"))
		}
	}
}

// optionValue is the value of an option as its document has it.
func optionValue(o contract.ReadOptions, option string) string {
	data, err := json.Marshal(o)
	if err != nil {
		return ""
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) != nil {
		return ""
	}
	return string(fields[option])
}

// countedRows is so many rows, of which one and others are told by their own words.
func countedRows(rows int64, words [2]string) string { return format.N(rows, words[0], words[1]) }

// kinds are the rows that are no orders, in words.
var kinds = map[string][2]string{
	"header":  {"{{.N}} row that repeats the header", "{{.N}} rows that repeat the header"},
	"rule":    {"{{.N}} row without a letter or digit", "{{.N}} rows without a letter or digit"},
	"note":    {"{{.N}} row that is a note", "{{.N}} rows that are notes"},
	"total":   {"{{.N}} row that is a total", "{{.N}} rows that are totals"},
	"suspect": {"{{.N}} row that may be a total", "{{.N}} rows that may be totals"},
	"end":     {"{{.N}} row at the end", "{{.N}} rows at the end"},
}

func leftOutLines(list []contract.LeftOut) []string {
	var out []string
	for _, l := range list {
		rows := make([]string, len(l.First))
		for i, n := range l.First {
			rows[i] = fmt.Sprint(n)
		}
		at := "row " + strings.Join(rows, ", ")
		if len(rows) > 1 {
			at = "rows " + strings.Join(rows, ", ")
		}
		if int64(len(rows)) < l.Rows {
			at += " …"
		}
		out = append(out, fmt.Sprintf("left out: %s (%s), %s", countedRows(l.Rows, kinds[l.Kind]), at, format.Money(l.Revenue)))
	}
	return out
}

// causes are the reasons for which something is missing from the sums, in words.
var causes = map[string][2]string{
	"unread_amounts":    {"{{.N}} row has an amount that can't be read", "{{.N}} rows have an amount that can't be read"},
	"no_amount":         {"{{.N}} order has no amount", "{{.N}} orders have no amount"},
	"no_order_id":       {"{{.N}} row has no order_id", "{{.N}} rows have no order_id"},
	"repeated_order_id": {"{{.N}} row repeats an earlier order_id", "{{.N}} rows repeat an earlier order_id"},
	"shifted_rows":      {"{{.N}} row is shifted by a delimiter", "{{.N}} rows are shifted by a delimiter"},
	"undated":           {"{{.N}} order has no date: it is in the sums, not in the series", "{{.N}} orders have no date: they are in the sums, not in the series"},
}

func missingLines(m contract.Missing) []string {
	var out []string
	for _, c := range m.Causes() {
		out = append(out, fmt.Sprintf("missing: %s, %s", countedRows(c.Rows, causes[c.ID]), format.Money(c.Revenue)))
	}
	return out
}
