package lead

import (
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/shell"
)

// Place is an empty place with its one button.
type Place struct {
	*controls.Empty
	shell  *shell.Shell
	button *controls.Button
	step   Step
}

// NewPlace is the empty place of a screen; name is its button's for the probe.
func NewPlace(sh *shell.Shell, name string) *Place {
	p := &Place{shell: sh}
	p.button = controls.NewPrimary(name, "", func() { p.do() })
	p.Empty = controls.NewEmpty("", "", p.button)
	p.button.Hide()
	return p
}

// Show says what is to be said.
func (p *Place) Show(l Lead) {
	p.step = l.Step
	p.Set(l.Title, l.Sentence)
	if text := l.Step.Words(); text != "" && text != p.button.Text {
		p.button.SetText(text)
		p.Refresh()
	}
	if shown := l.Step != Wait && p.able(l.Step); shown != p.button.Visible() {
		controls.Toggle(p.button, shown)
		p.Refresh()
	}
}

// able tells whether this window can take the step.
func (p *Place) able(s Step) bool { return s != SetUp || p.shell.SetUp != nil }

func (p *Place) do() {
	sh := p.shell
	switch p.step {
	case Sample:
		sh.Sample()
	case OpenFile:
		sh.OpenLocal()
	case SetUp:
		if sh.SetUp != nil {
			sh.SetUp()
		}
	case GoImport:
		sh.GoTo(shell.Import)
	case Watch:
		sh.GoTo(shell.Monitor)
	case Again:
		sh.Refresh()
	case Wait:
	}
}
