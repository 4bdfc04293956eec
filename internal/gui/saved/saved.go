// Package saved is the line below a download or an export. It shows the progress, then where the file was saved or why it
// was not, and opens the file.
package saved

import (
	"context"
	"errors"
	"path/filepath"

	"fabricportal/internal/format"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
)

// ErrStopped is why a download ended that a person has stopped.
var ErrStopped error = format.Say("the download was stopped")

// Banner tells of the file that was saved last. It takes no room until there is something to say.
type Banner struct {
	*controls.Banner

	shell *shell.Shell
	open  *controls.Button
	stop  *controls.Button
	path  string // "" where there is nothing to open

	ending *tasks.Ending // of what goes on; nil where it can't be stopped
}

// New makes a banner; name is that of its button Open.
func New(sh *shell.Shell, name string) *Banner {
	b := &Banner{shell: sh}
	b.open = controls.NewButton(name, words.T("Open"), b.Open)
	b.stop = controls.NewQuiet(name+".stop", words.T("Stop"), func() {
		if b.ending != nil {
			b.ending.Because(ErrStopped)
			b.stop.Enabled(false)
		}
	})
	b.Banner = controls.NewBanner(b.open, b.stop).Closable(name + ".close")
	return b
}

// Going says how far the file is.
func (b *Banner) Going(text string) { b.say(controls.StateBusy, text, "") }

// Download fetches a file in a slot and says how far it is, how quickly it comes and how long it still takes, and where it is then. It can be
// stopped meanwhile. done is called at its end.
func (b *Banner) Download(slot *tasks.Slot, name string, fetch func(ctx context.Context, report func(done, total int64)) (string, error), done func()) {
	ending, pace := &tasks.Ending{}, shell.NewPace(b.shell.Now)
	b.ending = ending
	b.stop.Enabled(true)
	b.Going(words.T("Downloading {{.Name}}", "Name", name))
	tasks.Start(slot, func(ctx context.Context, report func(done, total int64)) (string, error) {
		ctx, end := ending.Of(ctx)
		defer end()
		return fetch(ctx, report)
	}, func(done, total int64) {
		if total > 0 {
			text := words.T("Downloading {{.Name}}: {{.Done}} of {{.All}}", "Name", name, "Done", words.Size(done), "All", words.Size(total))
			b.Going(text + pace.Text(done, total))
			b.shell.Transfer(words.T("downloading {{.Name}}, {{.Part}}", "Name", name, "Part", words.Percent(float64(done)/float64(total), 0)))
		}
	}, func(path string, err error) {
		b.ending = nil
		b.shell.Transfer("")
		switch {
		case errors.Is(err, ErrStopped):
			b.say(controls.StateNeutral, b.shell.Error(err), "")
		case err != nil:
			b.Failed(err)
		default:
			b.At(path)
		}
		done()
	})
}

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
	controls.Toggle(b.stop, b.ending != nil)
	b.Set(state, text)
}
