package frame

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/internal/format"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/runs"
)

// CardWidth is the width of a card in which an id stands on one line.
const CardWidth float32 = 440

// Details are facts that few ask for, such as ids, hashes and bytes: behind a button, with one to copy them.
type Details struct {
	*fyne.Container
	facts  []Fact
	button *controls.Button
	copied *controls.Button
	body   *fyne.Container
	opened func()
}

// NewDetails is closed and has no facts. Its buttons are called name and name.copy. opened is called when it was opened or closed; it
// may be nil.
func NewDetails(name string, copied func(lettering.Copied), opened func()) *Details {
	d := &Details{body: container.NewStack(), opened: opened}
	d.button = controls.NewQuiet(name, words.T("Details"), func() { d.open(!d.body.Visible()) })
	d.copied = controls.NewQuiet(name+".copy", words.T("Copy"), func() { copied(lettering.Copy(d.text())) })
	d.body.Hide()
	d.copied.Hide()
	d.Container = controls.Column(style.Tight, controls.Line(style.Small, d.button, d.copied), d.body)
	return d
}

func (d *Details) open(yes bool) {
	text := words.T("Details")
	if yes {
		text = words.T("Hide the details")
	}
	d.button.SetText(text)
	controls.Toggle(d.copied, yes)
	controls.Toggle(d.body, yes)
	d.Refresh()
	if d.opened != nil {
		d.opened()
	}
}

// Set changes the facts.
func (d *Details) Set(facts []Fact) {
	d.facts = facts
	d.body.Objects = []fyne.CanvasObject{Facts(facts)}
	d.body.Refresh()
	controls.Toggle(d.Container, len(facts) > 0)
}

func (d *Details) text() string { return Text(d.facts) }

// Text is facts as they are copied: one a line.
func Text(facts []Fact) string {
	lines := make([]string, len(facts))
	for i, f := range facts {
		lines[i] = f.Name + ": " + f.Value
	}
	return strings.Join(lines, "\n")
}

// RunDetails are the ids and versions of a run, which few ask for.
func RunDetails(r runs.Run, now time.Time) []Fact {
	facts := []Fact{{Name: words.T("Run"), Value: r.ID.String()}}
	add := func(name, value string) {
		if value != "" {
			facts = append(facts, Fact{Name: name, Value: value})
		}
	}
	add(words.T("Job in Fabric"), r.JobID)
	add(words.T("Notebook"), r.NotebookVersion)
	add(words.T("Program"), r.AppVersion)
	add(words.T("Submitted"), format.StampIn(r.CreatedAt, now.Location()))
	return facts
}

// ShowDetails opens a card with such facts below what asks for them, to be copied.
func ShowDetails(sh *shell.Shell, below fyne.CanvasObject, name string, facts []Fact) {
	sh.Dialogs.Card(below, controls.Width(CardWidth, controls.Column(style.Small, Facts(facts),
		controls.Line(0, controls.NewButton(name+".copy", words.T("Copy"), func() { sh.Copy(lettering.Copy(Text(facts))) })))))
}
