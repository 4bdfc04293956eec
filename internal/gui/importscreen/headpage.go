package importscreen

import (
	"fmt"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
)

// smallFile is up to which size a file of the lakehouse is read as a whole at once.
const smallFile = 8 << 20

// headOnly says that of the chosen file only the beginning is looked at, until somebody asks for all of it.
func (c choice) headOnly() bool {
	return c.source == lakehouse && !c.here && !c.remote.Folder && c.remote.Size > smallFile
}

// headPage shows the beginning of a large file of the lakehouse, which was not checked.
type headPage struct {
	content fyne.CanvasObject
	said    *controls.Banner
	whole   *controls.Button
	notes   *controls.Text
	sheets  *fyne.Container
	rows    *datatable.Grid
	shown   *shell.Head
	sheet   func(string)
}

func newHeadPage(whole func(), sheet func(string)) *headPage {
	h := &headPage{notes: controls.NewText("").Fitted(controls.Wrap), sheets: controls.Line(style.Small), rows: datatable.NewGrid("import.head", nil), sheet: sheet}
	h.whole = controls.NewButton("import.head.whole", words.T("Check the whole file"), whole)
	h.said = controls.NewBanner(h.whole)
	h.content = controls.Border(controls.Pad(0, 12, 0, 0, controls.Column(12, h.said.Container, h.notes, h.sheets)), nil, nil, nil, h.rows.Container)
	h.content.Hide()
	return h
}

// show draws the beginning of the chosen file; nothing where it was read as a whole.
func (h *headPage) show(c choice, busy bool) {
	in := c.head != nil && c.analysis == nil && c.profiled == nil && !busy
	controls.Toggle(h.content, in)
	if !in || c.head == h.shown {
		return
	}
	h.shown = c.head
	h.whole.SetText(words.T("Check the whole file ({{.Size}} is read)", "Size", words.Size(c.remote.Size)))
	h.said.Set(controls.StateNeutral, headSaid(c))
	h.notes.Set(headNotes(c.head))
	h.sheets.RemoveAll()
	data := datatable.Data{}
	if c.head.Head != nil {
		for i, name := range c.head.Possible {
			h.sheets.Add(controls.NewQuiet(fmt.Sprintf("import.head.sheet.%d", i), name, func() { h.sheet(name) }))
		}
		data = datatable.Data{Columns: c.head.Names, Rows: cellTexts(c.head.Rows)}
		for _, kind := range c.head.Kinds {
			data.Right = append(data.Right, kind == "integer" || kind == "decimal")
		}
	}
	h.rows.Set(data)
}

// headSaid says what it is that is shown.
func headSaid(c choice) string {
	rows := 0
	if c.head.Head != nil {
		rows = len(c.head.Rows)
	}
	if rows == 0 {
		return words.T("The first rows of this file can't be shown from its beginning alone; {{.Read}} of {{.Size}} read. Check the whole file to see them.", "Read", words.Size(c.head.Read), "Size", words.Size(c.remote.Size))
	}
	return words.N(int64(rows), "The first row of the file as it stands, not checked; {{.Read}} of {{.Size}} read.", "The first {{.N}} rows of the file as they stand, not checked; {{.Read}} of {{.Size}} read.",
		"Read", words.Size(c.head.Read), "Size", words.Size(c.remote.Size))
}

// headNotes say what else is known of the file, and what is missing.
func headNotes(head *shell.Head) string {
	if head.Head == nil {
		return ""
	}
	text := ""
	add := func(sentence string) {
		if text != "" {
			text += " "
		}
		text += sentence
	}
	if head.RowCount >= 0 {
		add(words.N(head.RowCount, "The file says that it has {{.N}} row.", "The file says that it has {{.N}} rows."))
	}
	for i, b := range head.Bounds {
		if i < len(head.Names) && b.Min != nil && head.Kinds[i] != "text" {
			values := cellTexts([][]any{{b.Min, b.Max}})[0]
			add(words.T("{{.Column}}: {{.Min}} to {{.Max}}.", "Column", head.Names[i], "Min", values[0], "Max", values[1]))
		}
	}
	if head.Unread > 0 {
		add(words.N(int64(head.Unread), "{{.N}} text stands further down in the file and is not read yet: it is shown as “…”.", "{{.N}} texts stand further down in the file and are not read yet: they are shown as “…”."))
	}
	if len(head.Possible) > 0 {
		add(words.T("Other sheets look as if they had the orders: choose one."))
	}
	return text
}
