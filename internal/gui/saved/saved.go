// Package saved is the line below a download or an export. It shows the progress, then where the file was saved or why it
// was not, and opens the file.
package saved

import (
	"path/filepath"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/words"
)

// Banner tells of the file that was saved last. It takes no room until there is something to say.
type Banner struct {
	*controls.Banner

	shell *shell.Shell
	open  *controls.Button
	path  string // "" where there is nothing to open
}

// New makes a banner; name is that of its button Open.
func New(sh *shell.Shell, name string) *Banner {
	b := &Banner{shell: sh}
	b.open = controls.NewButton(name, words.T("Open"), b.Open)
	b.Banner = controls.NewBanner(b.open).Closable(name + ".close")
	return b
}

// Going says how far the file is.
func (b *Banner) Going(text string) { b.say(controls.StateBusy, text, "") }

// Failed says why there is none.
func (b *Banner) Failed(err error) { b.say(controls.StateBad, b.shell.Error(err), "") }

// Done says that something is done which left no file.
func (b *Banner) Done(text string) { b.say(controls.StateDone, text, "") }

// At says where the file was saved, and offers to open it.
func (b *Banner) At(path string) {
	b.say(controls.StateDone, words.T("Saved {{.Name}} in {{.Folder}}", "Name", filepath.Base(path), "Folder", filepath.Dir(path)), path)
}

// Partly is At for a file that does not hold all that was asked for; why says so.
func (b *Banner) Partly(path, why string) {
	b.At(path)
	b.say(controls.StateWarn, b.Text()+". "+why, path)
}

// Forget says nothing any longer.
func (b *Banner) Forget() { b.say(controls.StateNeutral, "", "") }

// Open opens the file, if there is one, in the program that is set for it.
func (b *Banner) Open() {
	if b.path == "" {
		return
	}
	if err := b.shell.OpenFile(b.path); err != nil {
		b.shell.Dialogs.Tell(words.T("{{.Name}} can't be opened", "Name", filepath.Base(b.path)), b.shell.Error(err))
	}
}

func (b *Banner) say(state controls.State, text, path string) {
	b.path = path
	controls.Toggle(b.open, path != "")
	b.Set(state, text)
}
