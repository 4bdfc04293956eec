package importscreen

import (
	"path/filepath"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/choosefile"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
)

// rulesKey is the preference that names the file of rules; "" is the built-in ones.
const rulesKey = "import.rules"

// rulesBar says which rules a file is checked against, and changes them.
type rulesBar struct {
	content fyne.CanvasObject
	shell   *shell.Shell
	changed func()
	name    *controls.Text
	own     *controls.Button
}

func newRulesBar(sh *shell.Shell, changed func(), save fyne.CanvasObject) *rulesBar {
	b := &rulesBar{shell: sh, changed: changed, name: controls.NewCaption("").Fitted(controls.Cut)}
	b.own = controls.NewQuiet("import.rules.own", words.T("Use the built-in rules"), func() { b.use("") })
	b.content = controls.Line(style.Small, b.name, controls.Fill(), save, b.own, controls.NewQuiet("import.rules.choose", words.T("Choose a rules file…"), b.choose))
	b.show()
	return b
}

// path is the chosen file; "" for the built-in rules.
func (b *rulesBar) path() string { return b.shell.Prefs.String(rulesKey) }

func (b *rulesBar) show() {
	name := words.T("Rules: built in, for the sales file")
	if p := b.path(); p != "" {
		name = words.T("Rules: {{.Name}}", "Name", filepath.Base(p))
	}
	b.name.Set(name)
	controls.Toggle(b.own, b.path() != "")
}

func (b *rulesBar) use(path string) {
	if path == b.path() {
		return
	}
	b.shell.Prefs.SetString(rulesKey, path)
	b.show()
	b.changed()
}

// UseRules checks files against other rules from now on; "" is the built-in ones.
func (s *Screen) UseRules(path string) { s.rules.use(path) }

func (b *rulesBar) choose() {
	choosefile.Open(b.shell.Window, b.shell.Dialogs, b.shell.Runner, b.shell.Now, choosefile.Request{
		Title: words.T("Choose a rules file"), Folder: filepath.Dir(b.path()), Endings: []string{".toml"}, Chosen: b.use,
	})
}
