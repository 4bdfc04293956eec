// Package setup is the window of the first start and of the settings. It has a few steps, and each tests what was entered.
// They need no administrator rights on this computer.
package setup

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
)

// Field is something to enter.
type Field struct {
	Key      string // such as fabric.tenant_id
	Group    string // the step it belongs to
	Label    string
	Hint     string // where the value is found
	Required bool
	Secret   bool     // it goes to the keyring, and is never shown
	Kept     string   // of a secret that is there already: what stands in its empty field
	Choices  []string // nil: free text
	Words    []string // how the choices are shown; nil: as they are
	Locked   string   // whose policy says the value; "" where it can be changed here
}

// Group is a step.
type Group struct{ ID, Title, About string }

// Taken is what a file told.
type Taken struct {
	Values   map[string]string // by Field.Key; secrets among them
	Sentence string            // what was taken and what was left
}

// Check is the outcome of one test of the connection.
type Check struct {
	Name, Message string
	OK            bool
	Warning       bool // it works, and could be better
}

// Actions is what the window asks for. All may take long and are called on goroutines of their own.
type Actions interface {
	// Import reads a portal.toml, or the secrets.toml of the earlier portal.
	Import(ctx context.Context, path string) (Taken, error)
	// Save keeps the values; secrets go to the keyring. It returns what is wrong, by Field.Key, instead of saving.
	Save(ctx context.Context, values map[string]string) (problems map[string]string, err error)
	// Test tries each part of what was saved. It only reads, but for a hidden file that it writes to the lakehouse and removes at once.
	Test(ctx context.Context) ([]Check, error)
	// Finish opens the portal with what was saved.
	Finish(ctx context.Context) error
	// Sentence is what the user reads of an error.
	Sentence(err error) string
}

// Options are what the window is made of.
type Options struct {
	Groups   []Group
	Fields   []Field
	Values   map[string]string // what is known already
	Why      string            // what is wrong with what is there; "" where nothing is
	First    bool              // there is no configuration yet
	Sample   func()            // shows the portal with made-up data and without a connection; nil where it can't
	New      bool              // a connection is added
	Brief    func()            // where only secrets are asked for, of a configuration that is in order: opens all its settings; else nil
	Memory   bool              // secrets stay in memory, as this computer has no keyring that can be used
	Actions  Actions
	Dispatch tasks.Dispatch
	Theme    fyne.Theme
	Probe    *probe.Probe
}

// Window is the set-up window.
type Window struct {
	opts    Options
	win     fyne.Window
	runner  *tasks.Runner
	work    *tasks.Slot
	dialogs *dialogs.Host

	at       int // the step in sight; len(Groups) is the test
	inputs   map[string]input
	notes    map[string]*controls.Text
	titles   []*controls.Text
	marks    []*controls.Mark
	pages    []*fyne.Container
	said     *controls.Banner
	welcome  *controls.Banner // on the first step of a first start, while there is nothing else to say
	checks   *fyne.Container
	test     *controls.Button
	back     *controls.Button
	next     *controls.Button
	finished bool
}

// New builds the window on app; it is not shown yet. ctx ends its work.
func New(ctx context.Context, app fyne.App, opts Options) *Window {
	if opts.Dispatch == nil {
		opts.Dispatch = fyne.Do
	}
	if opts.Theme != nil {
		app.Settings().SetTheme(opts.Theme)
	}
	title := words.T("Set up the Fabric Data Portal")
	switch {
	case opts.New:
		title = words.T("Add a connection")
	case opts.Brief != nil:
		title = words.T("Secrets for this start")
	}
	w := &Window{opts: opts, win: app.NewWindow(title), inputs: map[string]input{}, notes: map[string]*controls.Text{}}
	w.runner = tasks.NewRunner(ctx, opts.Dispatch)
	w.work = w.runner.NewSlot()
	w.dialogs = dialogs.NewHost(w.win)
	w.build()
	w.win.SetPadded(false)
	w.win.Resize(fyne.NewSize(920, 640))
	w.win.CenterOnScreen()
	w.win.SetOnDropped(func(_ fyne.Position, files []fyne.URI) { // a folder whose name begins with a dot is not listed
		if len(files) > 0 && !w.dialogs.Open() && w.opts.Brief == nil {
			w.TakeOver(files[0].Path())
		}
	})
	if p := opts.Probe; p != nil {
		w.runner.Go(func(ctx context.Context) { p.Keep(ctx, w.runner.UI, w.Look) })
	}
	return w
}

// Look describes what the window shows; on the window's goroutine.
func (w *Window) Look() probe.View { return probe.Look(w.win, "Setup", w.dialogs.Contents()) }

// Show shows the window. closed is called on its goroutine when it has been closed.
func (w *Window) Show(closed func()) {
	w.win.SetOnClosed(closed)
	w.win.Show()
}

// Close closes it, from any goroutine.
func (w *Window) Close() { w.opts.Dispatch(w.win.Close) }

// Stop ends what is under way and waits for it.
func (w *Window) Stop() { w.runner.Stop() }

func (w *Window) build() {
	try := controls.NewButton("setup.sample", words.T("Try with sample data"), func() { w.opts.Sample() })
	controls.Toggle(try, w.opts.Sample != nil)
	w.said, w.welcome = controls.NewBanner(), controls.NewBanner(try)
	said := controls.NewNotices([]*controls.Banner{w.said}, w.welcome)
	steps := controls.Column(style.Tight)
	stack := container.NewStack()
	for i, g := range w.opts.Groups {
		w.step(steps, i, "setup.step."+g.ID, words.T(g.Title))
		page := container.NewStack(w.page(g))
		w.pages = append(w.pages, page)
		stack.Add(page)
	}
	w.step(steps, len(w.opts.Groups), "setup.step.test", words.T("Test and finish"))
	page := container.NewStack(w.testPage())
	w.pages = append(w.pages, page)
	stack.Add(page)

	w.back = controls.NewButton("setup.back", words.T("Back"), func() { w.goTo(w.at - 1) })
	w.next = controls.NewPrimary("setup.next", words.T("Next"), w.forward)
	load := controls.NewButton("setup.import", words.T("Import from a file…"), w.chooseFile)
	if w.opts.Brief != nil {
		load = controls.NewButton("setup.all", words.T("All settings…"), w.opts.Brief)
	}
	side := controls.Panel(style.Medium, controls.Border(controls.NewHeading(words.T("Set up")), load, nil, nil, controls.Pad(style.Medium, 0, 0, 0, steps)))
	foot := controls.Line(style.Small, controls.Fill(), w.back, w.next)
	main := controls.Panel(style.Medium, controls.Border(nil, controls.Pad(12, 0, 0, 0, foot), nil, nil, controls.Over(said.Container, stack)))
	body := container.New(setupLayout{}, side, main)
	sheet := controls.NewSheet("setup.sheet", controls.Pad(style.Medium, style.Medium, style.Medium, style.Medium, body))
	sheet.SetMinSize(setupLeast)
	w.win.SetContent(sheet)
	w.at = -1
	w.goTo(0)
	if w.opts.First {
		w.welcome.Set(controls.StateBusy, words.T("Welcome. See first what the portal says about a file, or connect it to Fabric: fill in these steps, or drop a portal.toml or the earlier portal's secrets.toml here."))
	} else if w.opts.Why != "" {
		w.said.Set(controls.StateNeutral, w.opts.Why)
	}
}

// setupLeast is the least size of the window. What needs more in large letters is scrolled.
var setupLeast = fyne.NewSize(720, 480)

// setupLayout gives the steps their width and the rest to the form.
type setupLayout struct{}

func (setupLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(max(680, style.Roomy(220)+12+style.Roomy(260)), max(o[0].MinSize().Height, 420))
}
func (setupLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	side := max(style.Roomy(220), o[0].MinSize().Width) // with large letters the button below needs more
	o[0].Resize(fyne.NewSize(side, size.Height))
	o[1].Move(fyne.NewPos(side+12, 0))
	o[1].Resize(fyne.NewSize(size.Width-side-12, size.Height))
}

func (w *Window) step(list *fyne.Container, i int, name, title string) {
	text := controls.NewText(title).Fitted(controls.Cut)
	mark := controls.NewMark(controls.Ring, style.Muted)
	w.titles, w.marks = append(w.titles, text), append(w.marks, mark)
	body := controls.Border(nil, nil, controls.Pad(0, 0, 0, style.Small, mark), nil, text)
	list.Add(controls.NewTouch(name, controls.Pad(6, 6, style.Small, style.Small, body), func() string { return title }, func() { w.goTo(i) }))
}

func (w *Window) page(g Group) fyne.CanvasObject {
	rows := controls.Column(12, controls.NewHeading(words.T(g.Title)))
	if g.About != "" {
		rows.Add(controls.NewText(words.T(g.About)).Colored(style.Muted).Fitted(controls.Wrap))
	}
	for _, f := range w.opts.Fields {
		if f.Group != g.ID {
			continue
		}
		label := words.T(f.Label)
		if !f.Required {
			label = words.T("{{.Label}} (optional)", "Label", label)
		}
		in := newInput(f)
		in.set(w.opts.Values[f.Key])
		note := controls.NewCaption(hintOf(f)).Fitted(controls.Wrap)
		w.inputs[f.Key], w.notes[f.Key] = in, note
		rows.Add(controls.Column(style.Tight, controls.NewText(label), in.object, note))
	}
	return controls.NewVScroll("setup.scroll", controls.Pad(0, style.Small, 0, style.Medium, rows))
}

// hintOf is what stands below a field.
func hintOf(f Field) string {
	if f.Locked != "" {
		return words.T("Set by {{.Who}}, and can't be changed here.", "Who", words.T(f.Locked))
	}
	return words.T(f.Hint)
}

func (w *Window) testPage() fyne.CanvasObject {
	w.checks = controls.Column(style.Small)
	w.test = controls.NewButton("setup.test", words.T("Test the connection"), w.startTest)
	about := words.T("Your entries stay on this computer. The secrets go to its keyring. The test only reads, but for a hidden file in the lakehouse that it removes at once.")
	if w.opts.Memory {
		about = words.T("Your entries stay on this computer. The secrets stay in memory until the portal is closed. The test only reads, but for a hidden file in the lakehouse that it removes at once.")
	}
	head := controls.Column(12, controls.NewHeading(words.T("Test and finish")),
		controls.NewText(about).Colored(style.Muted).Fitted(controls.Wrap),
		controls.Line(style.Small, w.test, controls.Fill()))
	return controls.Border(controls.Pad(0, style.Medium, 0, 0, head), nil, nil, nil, controls.NewVScroll("setup.checks.scroll", w.checks))
}

// goTo brings a step into sight.
func (w *Window) goTo(i int) {
	if i < 0 || i >= len(w.pages) || i == w.at {
		return
	}
	w.at = i
	for j, p := range w.pages {
		controls.Toggle(p, i == j)
		colour := style.Muted
		if i == j {
			colour = style.Text
		}
		w.titles[j].Style(w.titles[j].Text(), colour, i == j)
	}
	w.back.Enabled(i > 0)
	text := words.T("Next")
	switch {
	case w.opts.Brief != nil && w.opens(i):
		text = words.T("Open the portal")
	case w.opens(i):
		text = words.T("Save and open the portal")
	}
	w.next.SetText(text)
	w.said.Set(controls.StateNeutral, "")
	w.welcome.Closed(i > 0)
}

// opens tells whether a step is the last that has to be taken: where only secrets are asked for, nobody is led through the test.
func (w *Window) opens(step int) bool {
	return step == len(w.pages)-1 || w.opts.Brief != nil && step == len(w.opts.Groups)-1
}

func (w *Window) forward() {
	if !w.opens(w.at) {
		w.goTo(w.at + 1)
		return
	}
	w.save(words.T("Opening the portal"), func(ctx context.Context) error { return w.opts.Actions.Finish(ctx) }, func() { w.finished = true })
}

func (w *Window) values() map[string]string {
	out := map[string]string{}
	for k, in := range w.inputs {
		out[k] = strings.TrimSpace(in.value())
	}
	return out
}

// save keeps what was entered and goes on; what is wrong is said at its field, and its step is brought into sight.
func (w *Window) save(doing string, then func(context.Context) error, done func()) {
	if w.work.Busy() {
		return
	}
	values := w.values()
	w.said.Set(controls.StateBusy, doing)
	w.busy(true)
	tasks.Start(w.work, func(ctx context.Context, _ func(int64, int64)) (map[string]string, error) {
		problems, err := w.opts.Actions.Save(ctx, values)
		if err != nil || len(problems) > 0 {
			return problems, err
		}
		return nil, then(ctx)
	}, nil, func(problems map[string]string, err error) {
		w.busy(false)
		w.say(problems)
		switch {
		case err != nil:
			w.said.Set(controls.StateBad, w.opts.Actions.Sentence(err))
		case len(problems) == 0:
			w.said.Set(controls.StateNeutral, "")
			done()
		}
	})
}

func (w *Window) busy(yes bool) {
	w.next.Enabled(!yes)
	w.test.Enabled(!yes)
}

// say writes what is wrong below its field, and goes to the first step with something wrong.
func (w *Window) say(problems map[string]string) {
	first := -1
	for i, g := range w.opts.Groups {
		bad := false
		for _, f := range w.opts.Fields {
			if f.Group != g.ID {
				continue
			}
			if p, ok := problems[f.Key]; ok {
				w.notes[f.Key].Style(p, style.Bad, false)
				bad = true
			} else {
				w.notes[f.Key].Style(hintOf(f), style.Muted, false)
			}
		}
		switch {
		case bad:
			w.marks[i].Set(controls.Cross, style.Bad)
			if first < 0 {
				first = i
			}
		default:
			w.marks[i].Set(controls.Check, style.Good)
		}
	}
	if first >= 0 {
		w.goTo(first)
		w.said.Set(controls.StateBad, words.T("Something is missing or wrong. See the notes below the fields."))
	}
}
