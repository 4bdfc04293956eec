package importscreen

import (
	"strconv"
	"strings"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/importfile/drift"
	"fabricportal/internal/services/importfile/rules"
)

// findings are all checks of a file, what needs a look first: those that decide about a run, those of the rules, and what
// the profile found in its cells.
func findings(a *shell.Analysis, sentence func(error) string) []checkRow {
	rows := partRows(a, sentence)
	rows = append(rows, checkRows(a.Profile)...)
	rows = append(rows, ruleRows(ruleOutcomes(a))...)
	if a.RulesError != nil {
		rows = append(rows, checkRow{state: controls.StateWarn, message: sentence(a.RulesError), where: words.T("The chosen rules were not applied."), order: 0})
	}
	rows = append(rows, cellRows(a.Profile)...)
	sorted := make([]checkRow, 0, len(rows))
	for order := range 3 {
		for _, r := range rows {
			if r.order == order {
				sorted = append(sorted, r)
			}
		}
	}
	return sorted
}

// partRows says that all that follows is of a part of the file.
func partRows(a *shell.Analysis, sentence func(error) string) []checkRow {
	if a.Incomplete == nil {
		return nil
	}
	return []checkRow{{state: controls.StateWarn, order: 0, message: words.T("Only a part of the file was read: {{.Why}}", "Why", sentence(a.Incomplete)),
		where: words.T("All findings below are for that part only.")}}
}

func ruleRows(outcomes []rules.Outcome) []checkRow {
	var out []checkRow
	for _, o := range outcomes {
		r := checkRow{state: controls.StateDone, message: o.Said.Say(words.Writer()), order: 2, where: whereOf(o.Examples, o.Count, o.Rule.ID)}
		switch {
		case !o.Checked:
			r.state = controls.StateNeutral
		case o.Passed:
		case o.Rule.Severity == rules.Error:
			r.state, r.order = controls.StateBad, 0
		default:
			r.state, r.order = controls.StateWarn, 1
		}
		out = append(out, r)
	}
	return out
}

// whereOf names the first cells, or where there are none what else stands for them.
func whereOf(examples []contract.Example, count int64, otherwise string) string {
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

// cellRows is what the profile found that people do not expect in a file.
func cellRows(p *contract.ImportProfile) []checkRow {
	var out []checkRow
	look := func(message, where string) {
		out = append(out, checkRow{state: controls.StateWarn, message: message, where: where, order: 1})
	}
	for _, s := range p.Sheets {
		if s.Hidden && s.HasData {
			look(words.T("The hidden sheet {{.Name}} holds data. It is uploaded with the file.", "Name", s.Name), words.T("Workbook"))
		}
	}
	if n := len(p.LeftOutColumns); n > 0 {
		look(words.N(int64(n), "{{.N}} column holds lists or records, which are not read: {{.Names}}.", "{{.N}} columns hold lists or records, which are not read: {{.Names}}.",
			"Names", strings.Join(p.LeftOutColumns, ", ")), words.T("File"))
	}
	if p.HiddenRows > 0 {
		look(words.N(p.HiddenRows, "{{.N}} row is hidden and counts all the same.", "{{.N}} rows are hidden and count all the same."), words.T("Workbook"))
	}
	if p.Macros {
		look(words.T("The workbook holds macros, which are never run here."), words.T("Workbook"))
	}
	if p.ExternalLinks > 0 {
		look(words.N(int64(p.ExternalLinks), "The workbook refers to {{.N}} other workbook; values are as last saved.", "The workbook refers to {{.N}} other workbooks; values are as last saved."), words.T("Workbook"))
	}
	if p.DuplicateRows > 0 {
		look(words.N(p.DuplicateRows, "{{.N}} row is equal to an earlier one in every column.", "{{.N}} rows are equal to an earlier one in every column."), words.T("Workbook"))
	}
	if text := p.File.Text; text != nil {
		if n := text.ShortRows.Count; n > 0 {
			look(words.N(n, "{{.N}} row has too few values. The missing ones count as empty.", "{{.N}} rows have too few values. The missing ones count as empty."), rowsNamed(text.ShortRows))
		}
		if n := text.LongRows.Count; n > 0 {
			look(words.N(n, "{{.N}} row has values behind the last column. They are lost.", "{{.N}} rows have values behind the last column. They are lost."), rowsNamed(text.LongRows))
		}
	}
	if r := p.DateRange; r != nil && p.Complete && mostDaysThere(r) {
		look(words.N(r.MissingDays, "{{.Column}}: {{.N}} day without a row between {{.From}} and {{.To}}.", "{{.Column}}: {{.N}} days without a row between {{.From}} and {{.To}}.",
			"Column", r.Column, "From", words.Day(r.Min), "To", words.Day(r.Max)), gapsNamed(r))
	}
	for _, c := range p.Columns {
		name := c.NormalizedName
		if n := c.StoredAsText.Numbers + c.StoredAsText.Dates; n > 0 {
			look(words.N(n, "{{.Column}}: {{.N}} number or date is stored as text.", "{{.Column}}: {{.N}} numbers or dates are stored as text.", "Column", name), whereOf(c.StoredAsText.Examples, n, name))
		}
		if n := c.FormulasUncached; n > 0 {
			look(words.N(n, "{{.Column}}: {{.N}} formula was never calculated. Open the workbook in Excel and save it.",
				"{{.Column}}: {{.N}} formulas were never calculated. Open the workbook in Excel and save it.", "Column", name), name)
		}
		var errors int64
		var kinds []string
		for kind, n := range c.Errors {
			errors += n
			kinds = append(kinds, kind)
		}
		if errors > 0 {
			look(words.N(errors, "In {{.Column}}, {{.N}} cell shows an error.", "In {{.Column}}, {{.N}} cells show an error.", "Column", name), strings.Join(kinds, ", "))
		}
		if c.Misfits.Count > 0 && c.Misfits.Count > c.StoredAsText.Numbers+c.StoredAsText.Dates {
			look(words.N(c.Misfits.Count, "{{.Column}}: {{.N}} value is of another kind than {{.Kind}}.", "{{.Column}}: {{.N}} values are of another kind than {{.Kind}}.", "Column", name, "Kind", kind(c.Type)),
				whereOf(c.Misfits.Examples, c.Misfits.Count, name))
		}
	}
	return out
}

// mostDaysThere says that some of the range's days have no row, and at least 90 % have one (contract/RULES.md): of sparse
// days, as in monthly data, or where one day of each week is closed, a missing one means nothing.
func mostDaysThere(r *contract.DateRange) bool {
	return r.MissingDays > 0 && r.MissingDays*10 <= daysOf(r.Min, r.Max)
}

// daysOf counts the days (YYYY-MM-DD) from one to another, both included; 0 where one of them is none.
func daysOf(from, to string) int64 {
	first, errFirst := time.Parse(time.DateOnly, from)
	last, errLast := time.Parse(time.DateOnly, to)
	if errFirst != nil || errLast != nil {
		return 0
	}
	return (last.Unix()-first.Unix())/(24*60*60) + 1
}

// gapsNamed names the first days without a row.
func gapsNamed(r *contract.DateRange) string {
	left := r.MissingDays
	var list []string
	for _, gap := range r.Gaps {
		list = append(list, words.Days(gap.From, gap.To))
		left -= daysOf(gap.From, gap.To)
	}
	text := strings.Join(list, ", ")
	if left > 0 {
		text += " …"
	}
	return text
}

// rowsNamed names the first rows that don't fit the header.
func rowsNamed(r contract.Ragged) string {
	if r.Count == 1 && len(r.Rows) == 1 {
		return words.T("Row {{.N}}", "N", r.Rows[0])
	}
	numbers := make([]string, len(r.Rows))
	for i, row := range r.Rows {
		numbers[i] = strconv.FormatInt(row, 10)
	}
	list := strings.Join(numbers, ", ")
	if r.Count > int64(len(r.Rows)) {
		list += " …"
	}
	return words.T("Rows {{.Numbers}}", "Numbers", list)
}

// against says with what the file was compared, where that is not what is published now.
func against(a *shell.Analysis, now time.Time) string {
	if a.Against == nil {
		return ""
	}
	return words.T("The lakehouse does not answer. This is compared with {{.File}}, the last published file that this computer saw, {{.When}}.", "File", a.Against.File, "When", words.When(a.Against.At, now))
}

// unmoved says why there is nothing to show of what moved.
func unmoved(a *shell.Analysis) (title, hint string) {
	if !a.Compared {
		return words.T("Nothing to compare with"), words.T("No file is published yet. What moved is shown from the second file on.")
	}
	return words.T("Nothing has changed"), words.T("Columns, rows, ranges and values are the same as in the published file.")
}

// before says what was done with this very content before.
func before(a *shell.Analysis, now time.Time) []frame.Fact {
	var out []frame.Fact
	for _, r := range a.Imported {
		text := words.When(r.At, now)
		if r.By != "" {
			text = words.T("{{.When}} by {{.Who}}", "When", text, "Who", r.By)
		}
		if r.File != "" && r.File != a.Profile.File.Name {
			text += ", " + words.T("as {{.Name}}", "Name", r.File)
		}
		name := words.T("Uploaded before")
		if r.Kind == imports.Imported {
			name = words.T("Imported before")
			if len(r.Run) > 13 {
				text += ", " + words.T("run {{.ID}}", "ID", r.Run[:13])
			}
		}
		out = append(out, frame.Fact{Name: name, Value: text})
		if len(out) == 3 {
			break
		}
	}
	return out
}

// driftRows is what moved since the file whose results are published.
func driftRows(a *shell.Analysis) []checkRow {
	var out []checkRow
	for _, f := range a.Drift {
		r := checkRow{state: controls.StateWarn, message: f.Said.Say(words.Writer()), where: f.Column}
		if f.Kind == drift.SameContent {
			r.state = controls.StateNeutral
		}
		if r.where == "" {
			r.where = words.T("The whole file")
		}
		out = append(out, r)
	}
	return out
}
