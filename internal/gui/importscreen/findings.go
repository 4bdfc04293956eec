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
	"fabricportal/internal/services/importfile/verdict"
)

// findings are all that was found in a file, what needs a look first, ready to be drawn.
func findings(a *shell.Analysis, sentence func(error) string) []checkRow {
	all := verdict.Of(&a.Result)
	rows := make([]checkRow, 0, len(all))
	for _, f := range all {
		r := checkRow{message: f.Message, where: whereOf(f.Examples, f.Count, f.ID)}
		switch f.Level {
		case verdict.Fails, verdict.Broken:
			r.state = controls.StateBad
		case verdict.Warns:
			r.state = controls.StateWarn
		case verdict.Passed:
			r.state = controls.StateDone
		case verdict.NotChecked:
			r.state = controls.StateNeutral
		}
		rows = append(rows, worded(r, f, a.Profile, sentence))
	}
	return rows
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

// worded gives a finding that has no sentence of its own one, and says where it was found.
func worded(r checkRow, f verdict.Finding, p *contract.ImportProfile, sentence func(error) string) checkRow {
	switch f.Kind {
	case verdict.Check, verdict.Rule:
	case verdict.Incomplete:
		r.message, r.where = words.T("Only a part of the file was read: {{.Why}}", "Why", sentence(f.Err)), words.T("All findings below are for that part only.")
	case verdict.RulesNotApplied:
		r.message, r.where = sentence(f.Err), words.T("The chosen rules were not applied.")
	case verdict.HiddenSheet:
		r.message, r.where = words.T("The hidden sheet {{.Name}} holds data. It is uploaded with the file.", "Name", f.Names[0]), words.T("Workbook")
	case verdict.LeftOutColumns:
		r.message = words.N(f.Count, "{{.N}} column holds lists or records, which are not read: {{.Names}}.", "{{.N}} columns hold lists or records, which are not read: {{.Names}}.",
			"Names", strings.Join(f.Names, ", "))
		r.where = words.T("File")
	case verdict.HiddenRows:
		r.message, r.where = words.N(f.Count, "{{.N}} row is hidden and counts all the same.", "{{.N}} rows are hidden and count all the same."), words.T("Workbook")
	case verdict.Macros:
		r.message, r.where = words.T("The workbook holds macros, which are never run here."), words.T("Workbook")
	case verdict.ExternalLinks:
		r.message = words.N(f.Count, "The workbook refers to {{.N}} other workbook; values are as last saved.", "The workbook refers to {{.N}} other workbooks; values are as last saved.")
		r.where = words.T("Workbook")
	case verdict.DuplicateRows:
		r.message = words.N(f.Count, "{{.N}} row is equal to an earlier one in every column.", "{{.N}} rows are equal to an earlier one in every column.")
		r.where = words.T("Workbook")
	case verdict.ShortRows:
		r.message = words.N(f.Count, "{{.N}} row has too few values. The missing ones count as empty.", "{{.N}} rows have too few values. The missing ones count as empty.")
		r.where = rowsNamed(*f.Ragged)
	case verdict.LongRows:
		r.message = words.N(f.Count, "{{.N}} row has values behind the last column. They are lost.", "{{.N}} rows have values behind the last column. They are lost.")
		r.where = rowsNamed(*f.Ragged)
	case verdict.MissingDays:
		days := p.DateRange
		r.message = words.N(f.Count, "{{.Column}}: {{.N}} day without a row between {{.From}} and {{.To}}.", "{{.Column}}: {{.N}} days without a row between {{.From}} and {{.To}}.",
			"Column", f.Column, "From", words.Day(days.Min), "To", words.Day(days.Max))
		r.where = gapsNamed(days)
	case verdict.StoredAsText:
		r.message = words.N(f.Count, "{{.Column}}: {{.N}} number or date is stored as text.", "{{.Column}}: {{.N}} numbers or dates are stored as text.", "Column", f.Column)
		r.where = whereOf(f.Examples, f.Count, f.Column)
	case verdict.FormulasUncached:
		r.message = words.N(f.Count, "{{.Column}}: {{.N}} formula was never calculated. Open the workbook in Excel and save it.",
			"{{.Column}}: {{.N}} formulas were never calculated. Open the workbook in Excel and save it.", "Column", f.Column)
		r.where = f.Column
	case verdict.ErrorCells:
		r.message = words.N(f.Count, "In {{.Column}}, {{.N}} cell shows an error.", "In {{.Column}}, {{.N}} cells show an error.", "Column", f.Column)
		r.where = strings.Join(f.Names, ", ")
	case verdict.Misfits:
		of := ""
		for _, c := range p.Columns {
			if c.NormalizedName == f.Column {
				of = kind(c.Type)
			}
		}
		r.message = words.N(f.Count, "{{.Column}}: {{.N}} value is of another kind than {{.Kind}}.", "{{.Column}}: {{.N}} values are of another kind than {{.Kind}}.", "Column", f.Column, "Kind", of)
		r.where = whereOf(f.Examples, f.Count, f.Column)
	}
	return r
}

// gapsNamed names the first days without a row.
func gapsNamed(r *contract.DateRange) string {
	left := r.MissingDays
	var list []string
	for _, gap := range r.Gaps {
		list = append(list, words.Days(gap.From, gap.To))
		left -= verdict.Days(gap.From, gap.To)
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
		r := checkRow{state: controls.StateWarn, message: f.Sentence, where: f.Column}
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
