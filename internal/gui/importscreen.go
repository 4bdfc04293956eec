package gui

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/format"
	"fabricportal/internal/gui/parts"
	"fabricportal/internal/gui/theme"
	"fabricportal/internal/services/artifacts"
	"fabricportal/internal/services/feeds"
)

// item is a file that can be looked at: in the lakehouse, or of this computer.
type item struct {
	name   string
	detail string
	local  string         // path on this computer; "" for a lakehouse file
	remote artifacts.File // for a lakehouse file
}

// importScreen is where a file is looked at before anything is run.
type importScreen struct {
	w    *Window
	root fyne.CanvasObject

	local              bool // the list shows files of this computer
	lakehouse, locals  []item
	list               *fileList
	sourceHere, source *widget.Button
	listNote           *widget.Label
	path               *widget.Entry

	chosen  *item
	detail  *profileView
	upload  *widget.Button
	run     *widget.Button
	reason  *widget.Label
	notice  *parts.Card
	busy    *widget.ProgressBar
	doing   *widget.Label
	stop    *widget.Button
	working fyne.CanvasObject

	sequence int // of the newest piece of work; results of older ones are dropped
	cancel   context.CancelFunc
	last     feeds.Frame
}

func newImportScreen(w *Window) *importScreen {
	s := &importScreen{w: w, detail: newProfileView(), listNote: parts.Wrapped(""), doing: parts.Caption("")}
	s.list = newFileList(w.opts.Probe, s.choice)
	s.source = widget.NewButton(lang.L("Lakehouse"), func() { s.showSource(false) })
	s.sourceHere = widget.NewButton(lang.L("This PC"), func() { s.showSource(true) })
	s.path = widget.NewEntry()
	s.path.SetPlaceHolder(lang.L("or type a path and press Enter"))
	s.path.OnSubmitted = func(path string) { s.openLocal(strings.Trim(strings.TrimSpace(path), `"`)) }
	open := widget.NewButton(lang.L("Open…"), s.choose)
	s.upload = widget.NewButton(lang.L("Upload"), func() { s.startUpload(false) })
	s.run = parts.Primary(lang.L("Run pipeline"), s.confirmRun)
	s.reason = parts.Wrapped("")
	s.notice = parts.NewNotice(s.reason, theme.Caution)
	s.busy = widget.NewProgressBar()
	s.stop = widget.NewButton(lang.L("Cancel"), func() { s.abort() })
	s.working = container.NewBorder(nil, nil, nil, s.stop, container.NewVBox(s.doing, s.busy))

	for name, o := range map[string]fyne.CanvasObject{
		"import.source.lakehouse": s.source, "import.source.local": s.sourceHere, "import.open": open, "import.path": s.path,
		"import.upload": s.upload, "import.run": s.run, "import.stop": s.stop,
	} {
		w.opts.Probe.Register(name, o)
	}
	files := container.NewBorder(
		container.NewVBox(parts.Bold(lang.L("Files")), container.NewGridWithColumns(2, s.source, s.sourceHere)),
		container.NewVBox(s.listNote, parts.Caption(lang.L("Drop a file on the window, or open it:")), open, s.path), nil, nil,
		s.list.scroll)
	actions := container.NewBorder(nil, nil, nil, container.NewHBox(s.upload, s.run))
	right := container.NewBorder(nil, container.NewVBox(s.working, s.notice, actions), nil, nil, s.detail.root)
	split := container.NewHSplit(parts.NewCard(files), parts.NewCard(right))
	split.SetOffset(0.26)
	s.root = split
	s.showSource(false)
	s.idle()
	s.update()
	return s
}

func (s *importScreen) content() fyne.CanvasObject { return s.root }

// show takes over the lakehouse's files.
func (s *importScreen) show(snap feeds.Import) {
	s.lakehouse = s.lakehouse[:0:0]
	for _, f := range snap.Files {
		s.lakehouse = append(s.lakehouse, item{name: f.Name, detail: fileDetail(f.Size, f.Modified), remote: f})
	}
	note := ""
	switch {
	case snap.Sentence != "":
		note = snap.Sentence
	case !snap.Loaded:
		note = lang.L("Asking for the files in the lakehouse.")
	case len(snap.Files) == 0:
		note = lang.L("There is no file in Files/import yet. Open one of this computer and upload it.")
	}
	parts.SetText(s.listNote, note)
	s.refreshList()
}

func fileDetail(size int64, modified time.Time) string {
	text := format.Bytes(size)
	if !modified.IsZero() {
		text += " · " + format.Time(modified, time.Now())
	}
	return text
}

func (s *importScreen) frame(f feeds.Frame) {
	s.last = f
	s.update()
}

func (s *importScreen) showSource(local bool) {
	s.local = local
	s.source.Importance, s.sourceHere.Importance = widget.HighImportance, widget.MediumImportance
	if local {
		s.source.Importance, s.sourceHere.Importance = widget.MediumImportance, widget.HighImportance
	}
	s.source.Refresh()
	s.sourceHere.Refresh()
	parts.Show(s.listNote, !local || len(s.locals) == 0)
	if local && len(s.locals) == 0 {
		parts.SetText(s.listNote, lang.L("Files of this computer that you open are listed here. They are profiled on this machine and go nowhere until you upload them."))
	}
	s.refreshList()
}

func (s *importScreen) items() []item {
	if s.local {
		return s.locals
	}
	return s.lakehouse
}

func (s *importScreen) refreshList() {
	selected := -1
	for i, it := range s.items() {
		if s.chosen != nil && it.name == s.chosen.name && it.local == s.chosen.local {
			selected = i
		}
	}
	s.list.set(s.items(), selected)
}

func (s *importScreen) choice(i int) {
	if items := s.items(); i < len(items) {
		s.look(items[i])
	}
}

// choose opens the dialog for a file of this computer.
func (s *importScreen) choose() {
	d := dialog.NewFileOpen(func(f fyne.URIReadCloser, err error) {
		if err != nil {
			s.w.fail(lang.L("The file was not opened"), err)
			return
		}
		if f == nil {
			return
		}
		path := f.URI().Path()
		if err := f.Close(); err != nil {
			s.w.fail(lang.L("The file was not opened"), err)
			return
		}
		s.openLocal(path)
	}, s.w.win)
	d.SetFilter(storage.NewExtensionFileFilter([]string{".xlsx", ".xlsm", ".csv"}))
	folder := s.w.opts.OpenFolder
	if len(s.locals) > 0 {
		folder = filepath.Dir(s.locals[0].local)
	}
	if folder != "" {
		if at, err := storage.ListerForURI(storage.NewFileURI(folder)); err == nil {
			d.SetLocation(at)
		}
	}
	s.w.showFiles(d)
}

// openLocal lists a file of this computer and profiles it.
func (s *importScreen) openLocal(path string) {
	if path == "" {
		return
	}
	it := item{name: filepath.Base(path), detail: filepath.Dir(path), local: path}
	known := false
	for _, l := range s.locals {
		known = known || l.local == path
	}
	if !known {
		s.locals = append([]item{it}, s.locals...)
	}
	s.showSource(true)
	s.look(it)
}

// look profiles a file. What an earlier choice still computes is stopped and its result dropped.
func (s *importScreen) look(it item) {
	s.chosen = &it
	s.refreshList()
	ctx, mine := s.begin(fmt.Sprintf(lang.L("Profiling %s"), it.name))
	s.detail.clear(it.name, lang.L("Reading the whole file on this machine …"))
	report := s.reporter(mine)
	s.w.task(func(context.Context) func() {
		var a Analysis
		var err error
		if it.local != "" {
			a, err = s.w.opts.Actions.AnalyzeLocal(ctx, it.local, report)
		} else {
			a, err = s.w.opts.Actions.AnalyzeRemote(ctx, it.remote, report)
		}
		return func() {
			if !s.end(mine) {
				return
			}
			if err != nil {
				s.detail.failed(it.name, s.w.opts.Actions.Sentence(err))
			} else {
				s.detail.show(it.name, a)
			}
			s.update()
		}
	})
}

// begin announces a piece of work and stops the one before.
func (s *importScreen) begin(doing string) (context.Context, int) {
	s.abort()
	s.sequence++
	ctx, cancel := context.WithCancel(s.w.ctx)
	s.cancel = cancel
	parts.SetText(s.doing, doing)
	s.busy.SetValue(0)
	s.working.Show()
	s.update()
	return ctx, s.sequence
}

func (s *importScreen) reporter(mine int) Progress {
	return s.w.reporter(func(share float64) {
		if s.sequence == mine && s.working.Visible() {
			s.busy.SetValue(share)
		}
	})
}

// end tells whether a piece of work is still the newest, and if so that nothing is under way any more.
func (s *importScreen) end(mine int) bool {
	if s.sequence != mine {
		return false
	}
	s.idle()
	return true
}

func (s *importScreen) abort() {
	if s.cancel == nil {
		return
	}
	s.cancel()
	s.sequence++
	s.idle()
	if s.chosen != nil && s.detail.profile == nil {
		s.detail.clear(s.chosen.name, lang.L("Stopped. Choose the file again to profile it."))
	}
	s.update()
}

func (s *importScreen) idle() {
	if s.cancel != nil {
		s.cancel()
		s.cancel = nil
	}
	s.working.Hide()
}

// update allows what may be done now, and says why not.
func (s *importScreen) update() {
	if s.run == nil || s.cancel != nil {
		parts.Enable(s.upload, false)
		parts.Enable(s.run, false)
		return
	}
	local := s.chosen != nil && s.chosen.local != ""
	ready := s.chosen != nil && s.detail.profile != nil
	parts.Show(s.upload, local)
	parts.Enable(s.upload, ready)
	reason := lockReason(s.last, time.Now())
	switch {
	case s.chosen == nil:
		parts.Enable(s.run, false)
	case local:
		parts.Enable(s.run, false)
		if ready && reason == "" {
			reason = lang.L("The pipeline reads files in the lakehouse: upload this one first.")
		}
	default:
		parts.Enable(s.run, reason == "")
	}
	parts.SetText(s.reason, reason)
	parts.Show(s.notice, reason != "")
}

func (s *importScreen) startUpload(overwrite bool) {
	it := *s.chosen
	ctx, mine := s.begin(fmt.Sprintf(lang.L("Uploading %s"), it.name))
	report := s.reporter(mine)
	s.w.task(func(context.Context) func() {
		f, err := s.w.opts.Actions.Upload(ctx, it.local, overwrite, report)
		return func() {
			if !s.end(mine) {
				return
			}
			switch {
			case err == nil:
				s.uploaded(f)
			case alreadyExists(err):
				s.w.ask(lang.L("Replace the file in the lakehouse?"),
					fmt.Sprintf(lang.L("Files/import already holds a file named %s. Runs that used it keep their results."), it.name),
					lang.L("Replace"), lang.L("Keep it"), func() { s.startUpload(true) })
			case ctx.Err() == nil:
				s.w.fail(lang.L("The file was not uploaded"), err)
			}
			s.update()
		}
	})
}

// uploaded shows the file among the lakehouse's, with the profile that was made of it.
func (s *importScreen) uploaded(f artifacts.File) {
	it := item{name: f.Name, detail: fileDetail(f.Size, f.Modified), remote: f}
	list := []item{it}
	for _, other := range s.lakehouse {
		if other.name != f.Name {
			list = append(list, other)
		}
	}
	s.lakehouse, s.chosen = list, &it
	s.showSource(false)
	s.w.header.say(fmt.Sprintf(lang.L("%s was uploaded"), f.Name))
	s.w.opts.Actions.Refresh()
}

func (s *importScreen) confirmRun() {
	it := *s.chosen
	text := fmt.Sprintf(lang.L("The pipeline will read %s"), it.name)
	if p := s.detail.profile; p != nil {
		text += fmt.Sprintf(" (%s rows)", format.Count(p.RowCount))
	}
	text += lang.L(" and publish its results for the whole team. Nobody else can start a run until it has ended.")
	if p := s.detail.profile; p != nil && p.Validation.Errors > 0 {
		text += "\n\n" + lang.L("Validation found errors, so the run will fail: ") + firstError(p)
	}
	s.w.ask(lang.L("Run the pipeline?"), text, lang.L("Run pipeline"), lang.L("Not now"), func() { s.start(it.name) })
}

func (s *importScreen) start(name string) {
	parts.Enable(s.run, false)
	s.w.header.say(fmt.Sprintf(lang.L("Starting the run on %s"), name))
	s.w.task(func(ctx context.Context) func() {
		run, err := s.w.opts.Actions.Run(ctx, name)
		return func() {
			s.update()
			if err != nil {
				s.w.header.say("")
				s.w.fail(lang.L("The run was not started"), err)
				return
			}
			s.w.header.say(fmt.Sprintf(lang.L("Run %s was started"), shortID(run.ID)))
			s.w.opts.Actions.Refresh()
			s.w.show(1)
		}
	})
}
