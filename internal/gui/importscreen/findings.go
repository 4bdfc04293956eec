package importscreen

import (
	"time"

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
		rows = append(rows, rowOf(f, a, sentence))
	}
	return rows
}

// rowOf is one finding, with what it costs before where it stands.
func rowOf(f verdict.Finding, a *shell.Analysis, sentence func(error) string) checkRow {
	r := checkRow{key: f.Key(), cells: f.HasCells()}
	r.way, r.option = f.Mend()
	r.message, _ = f.Words(words.Writer(), a.Profile, sentence)
	r.where = f.CostAndPlace(words.Writer(), a.Profile, sentence)
	switch f.Level {
	case verdict.Fails, verdict.Broken:
		r.state = controls.StateBad
	case verdict.Warns:
		r.state = controls.StateWarn
	case verdict.Passed:
		r.state = controls.StateDone
	case verdict.NotChecked, verdict.Moved, verdict.Noted:
		r.state = controls.StateNeutral
	}
	return r
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
