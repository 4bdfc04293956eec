package importscreen

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"fabricportal/internal/format"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/fabric/artifacts"
)

// Uploads brings files of this computer to the lakehouse.
type Uploads interface {
	// Upload puts a file of this computer into Files/import, and goes on where an earlier upload of it ended. *artifacts.ExistsError when
	// its name is there and must not be replaced, *artifacts.SourceChangedError when the file here is not the one that is meant.
	Upload(ctx context.Context, path string, how imports.How, p shell.Progress) (artifacts.File, error)
	// Unfinished names the uploads that did not come to their end; Discard gives one up.
	Unfinished() ([]imports.Unfinished, error)
	Discard(ctx context.Context, of imports.Unfinished) error
	// LeftStaging names what uploads of anybody left that nobody has been at for a week; RemoveStaging removes such a file.
	LeftStaging(ctx context.Context) ([]artifacts.File, error)
	RemoveStaging(ctx context.Context, file artifacts.File) error
}

// uploading is what Import shows of uploads: the one under way, one that did not come to its end, and what was left over.
type uploading struct {
	content []fyne.CanvasObject // none of which is in sight where there is nothing to say

	screen          *Screen
	slot            *tasks.Slot
	looking         *tasks.Slot
	clearing        *tasks.Slot
	ending          *tasks.Ending // of the upload under way
	pace            *shell.Pace
	begun           []imports.Unfinished
	left            []artifacts.File
	asked           bool // the lakehouse, for what was left
	going           *fyne.Container
	text            *controls.Text
	bar             *controls.Progress
	pause, cancel   *controls.Button
	resume, discard *controls.Button
	remove          *controls.Button
	offer, rests    *controls.Banner
}

func newUploading(s *Screen) *uploading {
	r := s.shell.Runner
	u := &uploading{screen: s, slot: r.NewSlot(), looking: r.NewSlot(), clearing: r.NewSlot()}
	u.text, u.bar = controls.NewCaption("").Fitted(controls.Cut), controls.NewProgress()
	u.pause = controls.NewButton("import.upload.pause", words.T("Pause"), func() { u.end(artifacts.ErrPaused) })
	u.cancel = controls.NewQuiet("import.upload.cancel", words.T("Cancel"), func() { u.end(artifacts.ErrAbandoned) })
	u.going = controls.Border(nil, nil, nil, controls.Line(style.Small, u.pause, u.cancel), controls.Pad(0, 0, 0, style.Small, controls.Column(style.Tight, u.text, u.bar.Container)))
	u.going.Hide()
	u.resume = controls.NewButton("import.upload.resume", words.T("Resume"), u.goOn)
	u.discard = controls.NewQuiet("import.upload.discard", words.T("Give up"), u.askDiscard)
	u.offer = controls.NewBanner(u.resume, u.discard)
	u.remove = controls.NewQuiet("import.upload.rests", words.T("Delete…"), u.askRemove)
	u.rests = controls.NewBanner(u.remove).Closable("import.upload.rests.close")
	u.content = []fyne.CanvasObject{u.going, u.offer.Container, u.rests.Container}
	return u
}

// look finds out what did not come to its end here and, once, what others left in the lakehouse. That it can't be found out says nothing.
func (u *uploading) look() {
	type found struct {
		begun []imports.Unfinished
		left  []artifacts.File
		asked bool
	}
	asked, actions := u.asked, u.screen.actions
	tasks.Start(u.looking, func(ctx context.Context, _ func(int64, int64)) (f found, err error) {
		f.begun, err = actions.Unfinished()
		if err == nil && !asked {
			f.left, err = actions.LeftStaging(ctx)
			f.asked = err == nil
		}
		return f, err
	}, nil, func(f found, _ error) {
		u.begun = f.begun
		if f.asked {
			u.left, u.asked = f.left, true
		}
		u.show()
	})
}

// show draws what is offered.
func (u *uploading) show() {
	said := ""
	if len(u.begun) > 0 && !u.slot.Busy() {
		b := u.begun[0]
		said = words.T("The upload of {{.Name}} did not come to its end: {{.Done}} of {{.All}} are in the lakehouse.", "Name", b.Name(), "Done", words.Size(b.Arrived), "All", words.Size(b.Size))
		if more := int64(len(u.begun) - 1); more > 0 {
			said = format.Sentences(said, words.N(more, "{{.N}} more waits behind it.", "{{.N}} more wait behind it."))
		}
	}
	u.offer.Set(controls.StateNeutral, said)
	said = ""
	if n := int64(len(u.left)); n > 0 {
		said = words.N(n, "{{.N}} hidden file ({{.Size}}) was left in Files/import by an upload that ended more than a week ago.",
			"{{.N}} hidden files ({{.Size}}) were left in Files/import by uploads that ended more than a week ago.", "Size", words.Size(u.leftSize()))
	}
	u.rests.Set(controls.StateNeutral, said)
	u.discard.Enabled(!u.clearing.Busy())
	u.resume.Enabled(!u.clearing.Busy())
	u.remove.Enabled(!u.clearing.Busy())
}

func (u *uploading) leftSize() (size int64) {
	for _, f := range u.left {
		size += f.Size
	}
	return size
}

// busy tells whether an upload is under way.
func (u *uploading) busy() bool { return u.slot.Busy() }

// end ends the upload under way; what becomes of it, its cause says.
func (u *uploading) end(cause error) {
	if u.slot.Busy() && u.ending != nil {
		u.ending.Because(cause)
		u.pause.Enabled(false)
		u.cancel.Enabled(false)
	}
}

// goOn goes on with the upload that is offered.
func (u *uploading) goOn() {
	if len(u.begun) > 0 {
		b := u.begun[0]
		u.start(choice{source: thisPC, row: fileRow{name: b.Name(), path: b.Path}, recall: true}, imports.How{})
	}
}

// start uploads a file of this computer.
func (u *uploading) start(c choice, how imports.How) {
	s, name := u.screen, c.row.name
	if u.slot.Busy() {
		return
	}
	ending := &tasks.Ending{}
	u.ending, u.pace = ending, shell.NewPace(s.shell.Now)
	tasks.Start(u.slot, func(ctx context.Context, report func(done, total int64)) (artifacts.File, error) {
		ctx, end := ending.Of(ctx)
		defer end()
		return s.actions.Upload(ctx, c.row.path, how, report)
	}, func(done, total int64) { u.tell(name, done, total) }, func(f artifacts.File, err error) {
		controls.Toggle(u.going, false)
		s.shell.Transfer("")
		u.ended(c, how, f, err)
		u.look()
		s.update()
	})
	u.text.Set(words.T("Uploading {{.Name}}", "Name", name))
	u.bar.Set(0)
	u.pause.Enabled(true)
	u.cancel.Enabled(true)
	controls.Toggle(u.going, true)
	u.show()
	s.update()
}

// tell says how far it is.
func (u *uploading) tell(name string, done, total int64) {
	if total <= 0 {
		return
	}
	text := words.T("Uploading {{.Name}}: {{.Done}} of {{.All}}", "Name", name, "Done", words.Size(done), "All", words.Size(total))
	u.text.Set(text + u.pace.Text(done, total))
	u.bar.Set(float32(done) / float32(total))
	u.screen.shell.Transfer(words.T("uploading {{.Name}}, {{.Part}}", "Name", name, "Part", words.Percent(float64(done)/float64(total), 0)))
}

// ended says what became of an upload, and asks where a person has to decide.
func (u *uploading) ended(c choice, how imports.How, f artifacts.File, err error) {
	s, name := u.screen, c.row.name
	exists, taken := errors.AsType[*artifacts.ExistsError](err)
	changed, other := errors.AsType[*artifacts.SourceChangedError](err)
	switch {
	case err == nil:
		s.uploaded(f, c)
	case errors.Is(err, artifacts.ErrPaused):
		s.shell.Transfer(words.T("{{.Name}}: the upload is paused", "Name", name))
	case errors.Is(err, artifacts.ErrAbandoned):
		s.shell.Transfer(words.T("{{.Name}}: the upload was cancelled, and what had arrived was deleted", "Name", name))
	case taken:
		how.Overwrite = true
		s.shell.Dialogs.Ask(dialogs.Question{
			Title:  words.T("Replace {{.Name}} in the lakehouse?", "Name", exists.Name),
			Body:   []string{words.T("Files/import already has a file with this name. Finished runs keep their results. The next run will use the new file.")},
			Yes:    words.T("Replace {{.Name}}", "Name", exists.Name),
			Danger: true,
			Do:     func() { u.start(c, how) },
		})
	case other && changed.Begun:
		how.Anew = true
		s.shell.Dialogs.Ask(dialogs.Question{
			Title: words.T("Upload {{.Name}} as it is now?", "Name", name),
			Body:  []string{words.T("The file was changed since its upload was begun. What has arrived of it is of no use any more: it would go from the start.")},
			Yes:   words.T("Upload as it is now"),
			Do:    func() { u.start(c, how) },
		})
	case other:
		s.shell.Dialogs.Ask(dialogs.Question{
			Title: words.T("Look at {{.Name}} again?", "Name", name),
			Body:  []string{words.T("The file was changed since it was looked at here, and was not uploaded. What was found in it, and the figures it would give, are those of its earlier state.")},
			Yes:   words.T("Look at it again"),
			Do:    func() { s.OpenLocal(c.row.path) },
		})
	default:
		s.shell.Dialogs.Tell(words.T("{{.Name}} was not uploaded", "Name", name), s.shell.Error(err))
	}
}

// askDiscard asks before what has arrived of an upload is given up.
func (u *uploading) askDiscard() {
	if len(u.begun) == 0 {
		return
	}
	b := u.begun[0]
	u.screen.shell.Dialogs.Ask(dialogs.Question{
		Title:  words.T("Give up the upload of {{.Name}}?", "Name", b.Name()),
		Body:   []string{words.T("What has arrived of it ({{.Done}}) is deleted from the lakehouse. The file on this PC stays as it is.", "Done", words.Size(b.Arrived))},
		Yes:    words.T("Give up the upload"),
		Danger: true,
		Do: func() {
			u.clear(words.T("The upload of {{.Name}} can't be given up now", "Name", b.Name()), func(ctx context.Context) error { return u.screen.actions.Discard(ctx, b) })
		},
	})
}

// askRemove asks before what others may have left is deleted.
func (u *uploading) askRemove() {
	left := u.left
	if len(left) == 0 {
		return
	}
	u.screen.shell.Dialogs.Ask(dialogs.Question{
		Title: words.N(int64(len(left)), "Delete {{.N}} left-over file?", "Delete {{.N}} left-over files?"),
		Body: []string{
			words.T("Uploads from this or another PC that did not come to their end left them, {{.Size}} together. Nobody sees them in the list, and no run uses them.", "Size", words.Size(u.leftSize())),
			words.T("A file that somebody was at within the last week is not deleted."),
		},
		Yes:    words.T("Delete them"),
		Danger: true,
		Do: func() {
			u.asked = false
			u.clear(words.T("Not all of them were deleted"), func(ctx context.Context) error {
				var stayed error
				for _, f := range left {
					if err := u.screen.actions.RemoveStaging(ctx, f); err != nil {
						stayed = err // the others may go all the same
					}
				}
				return stayed
			})
		},
	})
}

// clear takes something away, and looks at what is left.
func (u *uploading) clear(failed string, work func(ctx context.Context) error) {
	tasks.Start(u.clearing, func(ctx context.Context, _ func(int64, int64)) (struct{}, error) {
		return struct{}{}, work(ctx)
	}, nil, func(_ struct{}, err error) {
		if err != nil {
			u.screen.shell.Dialogs.Tell(failed, u.screen.shell.Error(err))
		}
		u.look()
	})
	u.show()
}
