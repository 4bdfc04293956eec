package verdict

import (
	"slices"
	"strconv"
	"strings"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/optionwords"
)

// Words are a finding's sentence, and where it was found: the first cells, rows or days, or what stands for them. p is the profile of the file, and may be nil where there is none; why is what is read of an
// error.
func (f Finding) Words(w format.Writer, p *contract.ImportProfile, why func(error) string) (sentence, where string) {
	if p == nil {
		p = &contract.ImportProfile{}
	}
	switch f.Kind {
	case Check, Rule:
		sentence, where = f.Said.Say(w), Where(f.Examples, f.Count, "")
		if where == "" && f.Kind == Rule {
			where = w.T("Rule {{.Name}}", "Name", f.ID)
		}
		if f.Equal > 0 {
			where = joined(where, w.N(f.Equal, "{{.N}} of them equals the earlier row in every column", "{{.N}} of them equal the earlier row in every column"))
		}
	case LeftOut:
		sentence, where = f.leftOut(w), w.T("File")
	case ReadOption:
		sentence, where = w.T("Read as decided. {{.Option}}", "Option", optionwords.SaidOf(w, f.Options, f.ID)), w.T("How it is read")
	case Drift:
		sentence, where = f.Said.Say(w), f.Column
		if where == "" {
			where = w.T("The whole file")
		}
	case Incomplete:
		sentence, where = w.T("Only a part of the file was read: {{.Why}}", "Why", why(f.Err)), w.T("All findings below are for that part only.")
	case RulesNotApplied:
		sentence, where = why(f.Err), w.T("The chosen rules were not applied.")
	case HiddenSheet:
		sentence, where = w.T("The hidden sheet {{.Name}} holds data. It is uploaded with the file.", "Name", f.Names[0]), w.T("Workbook")
	case LeftOutColumns:
		sentence = w.N(f.Count, "{{.N}} column holds lists or records, which are not read: {{.Names}}.", "{{.N}} columns hold lists or records, which are not read: {{.Names}}.",
			"Names", strings.Join(f.Names, ", "))
		where = w.T("File")
	case HiddenRows:
		sentence, where = w.N(f.Count, "{{.N}} row is hidden and counts all the same.", "{{.N}} rows are hidden and count all the same."), w.T("Workbook")
	case Macros:
		sentence, where = w.T("The workbook holds macros, which are never run here."), w.T("Workbook")
	case ExternalLinks:
		sentence = w.N(f.Count, "The workbook refers to {{.N}} other workbook; values are as last saved.", "The workbook refers to {{.N}} other workbooks; values are as last saved.")
		where = w.T("Workbook")
	case DuplicateRows:
		sentence = w.N(f.Count, "{{.N}} row is equal to an earlier one in every column.", "{{.N}} rows are equal to an earlier one in every column.")
		where = w.T("Workbook")
	case ShortRows:
		sentence = w.N(f.Count, "{{.N}} row has too few values. The missing ones count as empty.", "{{.N}} rows have too few values. The missing ones count as empty.")
		where = rowsNamed(w, *f.Ragged)
	case LongRows:
		sentence = w.N(f.Count, "{{.N}} row has values behind the last column. They are lost.", "{{.N}} rows have values behind the last column. They are lost.")
		where = rowsNamed(w, *f.Ragged)
	case MissingDays:
		days := p.DateRange
		if days == nil {
			days = &contract.DateRange{}
		}
		sentence = w.N(f.Count, "{{.Column}}: {{.N}} day without a row between {{.From}} and {{.To}}.", "{{.Column}}: {{.N}} days without a row between {{.From}} and {{.To}}.",
			"Column", f.Column, "From", w.Day(days.Min), "To", w.Day(days.Max))
		where = gapsNamed(w, days)
	case StoredAsText:
		sentence = f.storedAsText(w, p)
		where = Where(f.Examples, f.Count, f.Column)
	case FormulasUncached:
		sentence = w.N(f.Count, "{{.Column}}: {{.N}} formula was never calculated. Open the workbook in Excel and save it.",
			"{{.Column}}: {{.N}} formulas were never calculated. Open the workbook in Excel and save it.", "Column", f.Column)
		where = f.Column
	case ErrorCells:
		sentence = w.N(f.Count, "In {{.Column}}, {{.N}} cell shows an error.", "In {{.Column}}, {{.N}} cells show an error.", "Column", f.Column)
		where = strings.Join(f.Names, ", ")
	case Misfits:
		of := ""
		for _, c := range p.Columns {
			if c.NormalizedName == f.Column {
				of = TypeName(w, c.Type)
			}
		}
		sentence = w.N(f.Count, "{{.Column}}: {{.N}} value is of another kind than {{.Kind}}.", "{{.Column}}: {{.N}} values are of another kind than {{.Kind}}.", "Column", f.Column, "Kind", of)
		where = Where(f.Examples, f.Count, f.Column)
	}
	return sentence, where
}

func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// CostAndPlace is what a finding costs and where it was found, in one line; "" for neither.
func (f Finding) CostAndPlace(w format.Writer, p *contract.ImportProfile, why func(error) string) string {
	_, where := f.Words(w, p, why)
	return joined(f.Cost(w), where)
}

// Where names the first cells, or where there are none what else stands for them.
func Where(examples []contract.Example, count int64, otherwise string) string {
	var cells []string
	for _, e := range examples {
		cell := e.Cell
		if e.Value != "" {
			cell += " “" + e.Value + "”"
		}
		cells = append(cells, cell)
	}
	where := strings.Join(cells, ", ")
	if len(examples) > 0 && count > int64(len(examples)) {
		where += " …"
	}
	if where == "" {
		return otherwise
	}
	return where
}

// TypeName is a column's type in the reader's language.
func TypeName(w format.Writer, t string) string {
	switch t {
	case "text":
		return w.T("text")
	case "integer":
		return w.T("integer")
	case "decimal":
		return w.T("decimal")
	case "date":
		return w.T("date")
	case "datetime":
		return w.T("date and time")
	case "time":
		return w.T("time of day")
	case "boolean":
		return w.T("yes or no")
	case "mixed":
		return w.T("mixed")
	case "empty":
		return w.T("empty")
	}
	return t
}

// gapsNamed names the first days without a row.
func gapsNamed(w format.Writer, r *contract.DateRange) string {
	left := r.MissingDays
	var list []string
	for _, gap := range r.Gaps {
		list = append(list, w.Days(gap.From, gap.To))
		left -= Days(gap.From, gap.To)
	}
	text := strings.Join(list, ", ")
	if left > 0 {
		text += " …"
	}
	return text
}

// rowsNamed names the first rows that don't fit the header.
func rowsNamed(w format.Writer, r contract.Ragged) string {
	if r.Count == 1 && len(r.Rows) == 1 {
		return w.T("Row {{.N}}", "N", r.Rows[0])
	}
	numbers := make([]string, len(r.Rows))
	for i, row := range r.Rows {
		numbers[i] = strconv.FormatInt(row, 10)
	}
	list := strings.Join(numbers, ", ")
	if r.Count > int64(len(r.Rows)) {
		list += " …"
	}
	return w.T("Rows {{.Numbers}}", "Numbers", list)
}

// storedAsText says whether numbers or dates are stored as text, or which of them how often.
func (f Finding) storedAsText(w format.Writer, p *contract.ImportProfile) string {
	var is contract.StoredAsText
	for _, c := range p.Columns {
		if c.NormalizedName == f.Column {
			is = c.StoredAsText
		}
	}
	numbers := func(n int64) string {
		return w.N(n, "{{.Column}}: {{.N}} number is stored as text.", "{{.Column}}: {{.N}} numbers are stored as text.", "Column", f.Column)
	}
	dates := func(n int64) string {
		return w.N(n, "{{.Column}}: {{.N}} date is stored as text.", "{{.Column}}: {{.N}} dates are stored as text.", "Column", f.Column)
	}
	switch {
	case is.Dates == 0:
		return numbers(f.Count)
	case is.Numbers == 0:
		return dates(is.Dates)
	}
	return format.Sentences(numbers(is.Numbers), dates(is.Dates))
}

// leftOut says what the figures lack of rows that no check is about.
func (f Finding) leftOut(w format.Writer) string {
	switch f.ID {
	case "shifted_rows":
		return w.N(f.Count, "{{.N}} row is shifted by a delimiter in a text, and is not counted.", "{{.N}} rows are shifted by a delimiter in a text, and are not counted.")
	case "undated":
		return w.N(f.Count, "{{.N}} row has no order_date, and is on no day of the series.", "{{.N}} rows have no order_date, and are on no day of the series.")
	case "no_amount":
		return w.N(f.Count, "{{.N}} row has no amount.", "{{.N}} rows have no amount.")
	case "unread_amounts":
		return w.N(f.Count, "{{.N}} row has an amount that can't be read.", "{{.N}} rows have an amount that can't be read.")
	case "no_order_id":
		return w.N(f.Count, "{{.N}} row has no order_id, and is not counted.", "{{.N}} rows have no order_id, and are not counted.")
	}
	return w.N(f.Count, "{{.N}} row repeats an earlier order_id, and is not counted.", "{{.N}} rows repeat an earlier order_id, and are not counted.")
}

// Cost is a finding in rows and money, such as “1,234.50 in 4 rows is missing from the sums”; "" where it has no money.
func (f Finding) Cost(w format.Writer) string {
	m := f.Money
	if m == nil || m.Rows == 0 {
		return ""
	}
	amount := w.Amount(m.Revenue)
	switch {
	case m.Of == NoOrders:
		return leftOutParts(w, m.Parts)
	case m.Of == Undated:
		return w.N(m.Rows, "{{.Amount}} in {{.N}} row is on no day of the series", "{{.Amount}} in {{.N}} rows is on no day of the series", "Amount", amount)
	case m.Of == Counted:
		return w.N(m.Rows, "{{.Amount}} of revenue stands in {{.N}} such row", "{{.Amount}} of revenue stands in {{.N}} such rows", "Amount", amount)
	case m.Revenue == 0:
		return w.N(m.Rows, "what {{.N}} row would add to the sums is not known", "what {{.N}} rows would add to the sums is not known")
	}
	return w.N(m.Rows, "{{.Amount}} in {{.N}} row is missing from the sums", "{{.Amount}} in {{.N}} rows is missing from the sums", "Amount", amount)
}

// leftOutParts are the rows that are no orders, by kind, with the money that stands in them.
func leftOutParts(w format.Writer, parts []contract.LeftOut) string {
	var out []string
	for _, l := range parts {
		what := w.N(l.Rows, "{{.N}} note", "{{.N}} notes")
		switch l.Kind {
		case "total":
			what = w.N(l.Rows, "{{.N}} total", "{{.N}} totals")
		case "suspect":
			what = w.N(l.Rows, "{{.N}} possible total", "{{.N}} possible totals")
		case "header":
			what = w.N(l.Rows, "{{.N}} repeated header", "{{.N}} repeated headers")
		case "end":
			what = w.N(l.Rows, "{{.N}} row at the end", "{{.N}} rows at the end")
		case "rule":
			what = w.N(l.Rows, "{{.N}} row without a letter or digit", "{{.N}} rows without a letter or digit")
		}
		if l.Revenue != 0 {
			what = w.T("{{.What}} ({{.Amount}})", "What", what, "Amount", w.Amount(l.Revenue))
		}
		out = append(out, what)
	}
	return strings.Join(out, " · ")
}

// InWords is the tally in words: what passed, the warnings, the errors.
func (l Findings) InWords(w format.Writer) [3]string {
	passed, warnings, errors := l.Tally()
	return [3]string{
		w.N(int64(passed), "{{.N}} check passed", "{{.N}} checks passed"),
		w.N(int64(warnings), "{{.N}} warning", "{{.N}} warnings"),
		w.N(int64(errors), "{{.N}} error", "{{.N}} errors"),
	}
}

// LevelName is a level as tables of the terminal and documents name it.
func LevelName(l Level) string {
	return [...]string{Fails: "fails", Broken: "failed", Warns: "warning", Moved: "moved", Noted: "note", Passed: "passed", NotChecked: "not_checked"}[l]
}
