package gui

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"fabricportal/internal/gui/archive"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/importscreen"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/monitor"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/gui/results"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
)

// Window is the program's window. Only Close and Stop may be called from other goroutines than its own.
type Window struct {
	app    fyne.App
	win    fyne.Window
	opts   Options
	runner *tasks.Runner
	shell  *shell.Shell
	frame  *frame.Frame
	tabs   *controls.Tabs

	importing   *importscreen.Screen
	monitor     *monitor.Screen
	results     *results.Screen
	archive     *archive.Screen
	notifier    *notifier
	tray        *tray // nil where there is none
	journal     *journal
	diagnosing  *diagnosticsCopy
	connections *tasks.Slot
	ended       *endedNotice
	undoing     *tasks.Slot
	signing     *tasks.Slot
	standing    standing
	tour        *tour
	plain       *dialogs.Dialog // the screen as text; nil where it is not open
	newer       string          // a version that is newer than this, with what is said of it; "" where none is known
	stopSeen    func()          // ends the notifier's subscription
	keys        map[desktop.CustomShortcut]func()
	stopOnce    sync.Once
	size        fyne.Size // as last laid out
}

// screens are the tabs in their order.
var screens = []string{shell.Import, shell.Monitor, shell.Results, shell.Archive}

// New builds the window on app and connects it to the feeds. ctx ends all that it has under way.
func New(ctx context.Context, app fyne.App, opts Options) *Window {
	loadWords(app)
	setLetters(app.Preferences())
	if opts.Dispatch == nil {
		opts.Dispatch = fyne.Do
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.OpenURL == nil {
		opts.OpenURL = func(u *url.URL) error { return app.OpenURL(u) }
	}
	if opts.OpenFolder == "" {
		opts.OpenFolder = startFolder()
	}
	w := &Window{opts: opts, app: app}
	w.applyTheme()
	w.win = app.NewWindow(titleOf(opts.Connection.Name))
	w.runner = tasks.NewRunner(ctx, opts.Dispatch)
	w.runner.Failed = func(err error) { w.frame.Transfer(w.shell.Error(err)) }
	w.connections, w.signing = w.runner.NewSlot(), w.runner.NewSlot()
	w.shell = &shell.Shell{
		Window: w.win, Runner: w.runner, Dialogs: dialogs.NewHost(w.win), Now: opts.Now, Error: opts.Actions.Sentence,
		OpenURL: opts.OpenURL, Prefs: app.Preferences(), Connection: opts.Connection.Name, Copy: func(text lettering.Copied) { text.To(app.Clipboard()) },
		Transfer: func(text string) { w.frame.Transfer(text) }, GoTo: w.goTo,
		Started: func(r runs.Run) {
			w.frame.Transfer("")
			w.monitor.Expect(r)
			w.goTo(shell.Monitor)
		},
	}
	w.shell.SetUp, w.shell.Sample, w.shell.OpenLocal, w.shell.Refresh = w.setUp(), w.OpenSample, w.openFile, opts.Actions.Refresh
	w.importing = importscreen.New(w.shell, opts.Feeds.Import, opts.Actions, opts.OpenFolder)
	w.monitor = monitor.New(w.shell, opts.Feeds.Monitor, opts.Actions)
	w.results = results.New(w.shell, opts.Feeds.Results, opts.Actions)
	w.archive = archive.New(w.shell, opts.Feeds.Archive, opts.Actions)
	w.shell.Restores = func(r runs.Run) bool {
		return opts.RestorePipelineID != "" && strings.EqualFold(r.PipelineItemID, opts.RestorePipelineID)
	}
	w.shell.Undo, w.undoing = w.undo, w.runner.NewSlot()
	w.ended = newEndedNotice(w)
	w.notifier = &notifier{app: app, restores: w.shell.Restore, ended: w.ended.tell}
	w.stopSeen = opts.Feeds.Monitor.Subscribe(func(m feeds.Monitor) { w.runner.UI(func() { w.notifier.see(m) }) })
	w.tray = newTray(app, hasTray(), titleOf(opts.Connection.Name), w.comeBack, w.askClose)
	w.frame = frame.New(w.shell, opts.Feeds.Frame, opts.Connection, opts.User, frame.Does{Help: w.showHelp, Connections: w.showConnections, Secret: w.enterSecret(), SignIn: w.signIn(), Changed: w.lockChanged})
	w.journal, w.tour, w.diagnosing = newJournal(w), newTour(w), newDiagnosticsCopy(w)
	w.tabs = controls.NewTabs(12, w.chosen,
		controls.Tab{Name: "tab.import", Title: words.T("Import"), Content: controls.NewSheet("import.sheet", controls.Above(w.tour.offer, w.importing.Content))},
		controls.Tab{Name: "tab.monitor", Title: words.T("Monitor"), Content: controls.NewSheet("monitor.sheet", w.monitor.Content)},
		controls.Tab{Name: "tab.results", Title: words.T("Results"), Content: controls.NewSheet("results.sheet", w.results.Content)},
		controls.Tab{Name: "tab.archive", Title: words.T("Archive"), Content: controls.NewSheet("archive.sheet", w.archive.Content)},
	)
	body := controls.Pad(style.Tight, style.Medium, style.Medium, style.Medium, controls.Over(controls.NewNotices([]*controls.Banner{w.ended.Banner, w.journal.crash}).Container, w.tabs.Container))
	w.follow()
	w.win.SetContent(container.New(&noting{note: func(size fyne.Size) { w.size = size }, resized: w.shell.Dialogs.Replace}, controls.Border(w.frame.Header, w.frame.Footer, nil, nil, body)))
	w.win.SetPadded(false)
	w.recall()
	w.win.SetOnDropped(w.dropped)
	w.win.SetCloseIntercept(w.askClose)
	w.shortcuts()
	if p := opts.Pulse; p != nil {
		w.runner.Go(func(ctx context.Context) { p.Keep(ctx, w.runner.UI) })
	}
	if p := opts.Probe; p != nil {
		w.runner.Go(func(ctx context.Context) { p.Keep(ctx, w.runner.UI, w.Look) })
	}
	w.lookForNewer()
	return w
}

// WaitingRunEnded tells the user how a run that waited for the lock came out, from any goroutine. It opens no dialog, as nobody
// asked just now: the footer says it, and the operating system tells it where the window is out of sight.
func (w *Window) WaitingRunEnded(file string, run runs.Run, err error) {
	w.runner.UI(func() {
		text := words.T("{{.Name}} waited for the lock and was started", "Name", file)
		if err != nil {
			text = words.T("{{.Name}} waited for the lock and was not started: {{.Why}}", "Name", file, "Why", w.shell.Error(err))
		} else {
			w.monitor.Expect(run)
		}
		w.frame.Transfer(text)
		w.notifier.tell(text)
	})
}

// Show shows the window. closed is called on its goroutine when it has been closed.
func (w *Window) Show(closed func()) {
	w.win.SetOnClosed(closed)
	w.win.Show()
}

// Close closes the window, from any goroutine.
func (w *Window) Close() { w.opts.Dispatch(w.win.Close) }

// Stop ends the subscriptions and the work under way, and waits for it.
func (w *Window) Stop() {
	w.stopOnce.Do(func() {
		w.remember()
		w.stopSeen()
		for _, stop := range w.standing.stop {
			stop()
		}
		w.frame.Stop()
		w.importing.Stop()
		w.monitor.Stop()
		w.results.Stop()
		w.archive.Stop()
		w.runner.Stop()
	})
}

// Look describes what the window shows; on the window's goroutine.
func (w *Window) Look() probe.View {
	return probe.Look(w.win, screens[w.tabs.Chosen()], w.shell.Dialogs.Contents())
}

func (w *Window) lockChanged(f feeds.Frame) {
	w.standing.frame = f
	w.lead()
	w.tray.say(frame.LockOf(f, f.Active != nil && w.shell.Restore(*f.Active)).Words)
	w.importing.Frame(f)
	w.monitor.Frame(f)
	w.archive.Frame(f)
}

// chosen tells the screens which of them is in sight; the others draw nothing.
func (w *Window) chosen(i int) {
	if w.tabs != nil {
		w.remember()
	}
	if w.tabs != nil {
		w.ended.seen(screens[i])
	}
	for j, s := range []interface{ InSight(bool) }{w.importing, w.monitor, w.results, w.archive} {
		s.InSight(i == j)
	}
}

func (w *Window) goTo(screen string) {
	for i, name := range screens {
		if name == screen {
			w.tabs.Choose(i)
		}
	}
}

// comeBack brings the window to the front, at a screen where one is named.
func (w *Window) comeBack(screen string) {
	w.win.Show()
	w.win.RequestFocus()
	w.goTo(screen)
}

func (w *Window) dropped(_ fyne.Position, files []fyne.URI) {
	if len(files) == 0 || w.shell.Dialogs.Open() {
		return
	}
	var paths []string
	for _, f := range files {
		paths = append(paths, f.Path())
	}
	w.openFiles(paths)
}

// askClose asks only while closing would break something off that is not recorded yet.
func (w *Window) askClose() {
	if !w.importing.Working() && !w.archive.Working() {
		w.win.Close()
		return
	}
	w.shell.Dialogs.Ask(dialogs.Question{
		Title:  words.T("Close while something is still running?"),
		Body:   []string{words.T("If you stop an upload, the lakehouse stays as it was, and Import offers to go on with it next time. A run that is being sent is safe: another PC or your next start will finish it.")},
		Yes:    words.T("Close"),
		No:     words.T("Stay"),
		Danger: true,
		Do:     w.win.Close,
	})
}

// startFolder is where people keep what they download, else their home folder.
func startFolder() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return os.TempDir()
	}
	downloads := filepath.Join(home, "Downloads")
	if info, err := os.Stat(downloads); err == nil && info.IsDir() {
		return downloads
	}
	return home
}
