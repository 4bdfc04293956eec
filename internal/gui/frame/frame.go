package frame

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"fabricportal/internal/gui/bindings"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/feeds"
)

// Frame is the header and the footer.
type Frame struct {
	Header, Footer fyne.CanvasObject

	shell    *shell.Shell
	screen   *bindings.Screen[feeds.Frame]
	latest   feeds.Frame
	bar      *fyne.Container
	chip     *controls.Chip
	reach    [3]*reachDot
	dots     *fyne.Container
	asOf     *controls.Text
	transfer *controls.Text
	changed  func(feeds.Frame)
	secret   func()
	sign     func()
	signIn   *controls.Button
}

type reachDot struct {
	touch *controls.Touch
	mark  *controls.Mark
	label *controls.Text
	name  string
	get   func(feeds.Frame) feeds.Reach
	more  func(feeds.Frame) []string // what is amiss or worth knowing besides
}

// Does is what header and footer ask their window for.
type Does struct {
	Help        func()
	Connections func(below fyne.CanvasObject) // opens the card of the connections
	Secret      func()                        // lets the user enter the client secret; nil where that can't be done here
	SignIn      func()                        // lets the user sign in to Microsoft; nil where nobody has to
	Changed     func(feeds.Frame)             // is called with each snapshot, for what depends on the lock
}

// New makes header and footer.
func New(sh *shell.Shell, feed bindings.Feed[feeds.Frame], connection Connection, user string, does Does) *Frame {
	f := &Frame{shell: sh, changed: does.Changed, secret: does.Secret, sign: does.SignIn}
	f.chip = controls.NewChip("header.lock", f.lockCard)
	f.chip.Set(controls.StateNeutral, words.T("Asking the database"))
	colour := connection.Color()
	var named *controls.Touch
	name := controls.Line(6, controls.NewText(short(connection.Name, 32)).Colored(colour).Bold(), controls.NewMark(controls.Chevron, colour))
	named = controls.NewTouch("header.connection", controls.Pad(6, 6, style.Small, style.Small, name),
		func() string { return connection.Name }, func() { does.Connections(named) })
	nothing := func(feeds.Frame) []string { return nil }
	parts := []struct {
		name, title string
		get         func(feeds.Frame) feeds.Reach
		more        func(feeds.Frame) []string
	}{
		{"header.database", words.T("Database"), func(s feeds.Frame) feeds.Reach { return s.Database }, AboutDatabase},
		{"header.fabric", words.T("Fabric"), func(s feeds.Frame) feeds.Reach { return s.Fabric }, nothing},
		{"header.files", words.T("Files"), func(s feeds.Frame) feeds.Reach { return s.Files }, nothing},
	}
	dots := controls.Line(0)
	f.dots = dots
	for i, p := range parts {
		d := &reachDot{mark: controls.NewMark(controls.Ring, style.Muted), label: controls.NewText(p.title).Sized(style.Caption), name: p.title, get: p.get, more: p.more}
		d.touch = controls.NewTouch(p.name, controls.Pad(6, 6, style.Small, style.Small, controls.Line(6, d.mark, d.label)),
			func() string { return d.label.Text() }, func() { f.reachCard(d) })
		f.reach[i] = d
		dots.Add(d.touch)
	}
	left := controls.Line(style.Small, controls.NewHeading(words.T("Fabric Data Portal")).Fitted(controls.Cut), named)
	f.signIn = controls.NewPrimary("header.signin", words.T("Sign in…"), func() { f.sign() })
	f.signIn.Hide()
	right := controls.Line(style.Small, controls.Line(style.Small, f.signIn, dots), controls.NewText(short(user, 28)).Colored(style.Muted))
	f.bar = container.New(barLayout{}, left, f.chip, right)
	back := controls.NewArea(theme.ColorNameHeaderBackground, fyne.Size{})
	f.Header = controls.Column(0, container.NewStack(back, controls.Pad(8, 8, style.Medium, style.Medium, f.bar)), controls.NewArea(colour, fyne.NewSize(1, 3)))

	f.asOf = controls.NewCaption(words.T("nothing read yet"))
	f.transfer = controls.NewCaption("").Fitted(controls.Cut)
	keys := controls.NewTouch("footer.keys", controls.Pad(2, 2, style.Small, style.Small, controls.NewCaption(words.T("F1 keys"))), nil, does.Help)
	f.Footer = container.NewStack(controls.NewArea(theme.ColorNameHeaderBackground, fyne.Size{}),
		controls.Column(0, controls.Rule(), controls.Pad(2, 2, style.Medium, style.Small, controls.Line(style.Medium, f.asOf, f.transfer, controls.Fill(), keys))))

	f.screen = bindings.Bind(sh.Runner, feed, f.show)
	f.screen.InSight(true)
	return f
}

// Stop ends the subscription.
func (f *Frame) Stop() { f.screen.Stop() }

// Latest is the snapshot shown.
func (f *Frame) Latest() feeds.Frame { return f.latest }

// Transfer says in the footer what is being transferred.
func (f *Frame) Transfer(text string) { f.transfer.Set(text) }

func (f *Frame) show(s feeds.Frame) {
	f.latest = s
	l := LockOf(s, s.Active != nil && f.shell.Restore(*s.Active))
	if f.chip.Set(l.State, l.Words) {
		f.bar.Refresh() // the chip's place depends on its words
	}
	controls.Toggle(f.dots, !s.Unset)
	for _, d := range f.reach {
		r := ReachOf(d.name, d.get(s))
		if r.State == controls.StateGood && d.name == words.T("Database") && len(s.Notices) > 0 {
			r.State = controls.StateWarn
		}
		d.mark.Set(r.State.Shape, r.State.Color)
		d.label.Set(r.Words)
	}
	f.asOf.Set(AsOf(s, f.shell.Now()))
	f.offerSignIn(f.sign != nil && (s.Fabric.SignIn || s.Files.SignIn))
	if f.changed != nil {
		f.changed(s)
	}
}

// offerSignIn shows the button where a sign-in is needed: it is never begun by itself.
func (f *Frame) offerSignIn(needed bool) {
	if f.signIn.Visible() == needed {
		return
	}
	if needed {
		f.signIn.Show()
	} else {
		f.signIn.Hide()
	}
	f.bar.Refresh()
}

func (f *Frame) lockCard() {
	title, sentence, facts := LockFacts(f.latest, f.latest.Active != nil && f.shell.Restore(*f.latest.Active), f.shell.Now())
	rows := controls.Column(style.Small, controls.NewHeading(title).Fitted(controls.Wrap))
	if len(facts) > 0 {
		rows.Add(Facts(facts))
	}
	if sentence != "" {
		rows.Add(controls.NewText(sentence).Fitted(controls.Wrap))
	}
	if f.latest.Unset && f.shell.SetUp != nil {
		rows.Add(controls.Line(0, controls.NewPrimary("header.setup", words.T("Set up the connection…"), func() {
			f.shell.Dialogs.CloseCards()
			f.shell.SetUp()
		})))
	}
	details := NewDetails("header.lock.details", f.shell.Copy, func() { f.shell.Dialogs.Grow() })
	details.Set(LockDetails(f.latest))
	rows.Add(details.Container)
	f.shell.Dialogs.Card(f.chip, controls.Width(CardWidth, rows))
}

func (f *Frame) reachCard(d *reachDot) {
	title, sentence := ReachCard(d.name, d.get(f.latest), f.shell.Now())
	rows := controls.Column(style.Small, controls.NewHeading(title).Fitted(controls.Wrap), controls.NewText(sentence).Fitted(controls.Wrap))
	for _, sentence := range d.more(f.latest) {
		rows.Add(controls.NewText(sentence).Fitted(controls.Wrap))
	}
	if f.secret != nil && d.get(f.latest).Secret {
		rows.Add(controls.Line(0, controls.NewPrimary("header.secret", words.T("Enter the secret…"), func() {
			f.shell.Dialogs.CloseCards()
			f.secret()
		})))
	}
	f.shell.Dialogs.Card(d.touch, controls.Width(340, rows))
}

// Facts lays out names and values in two columns.
func Facts(facts []Fact) fyne.CanvasObject {
	rows := controls.Column(style.Tight)
	for _, x := range facts {
		rows.Add(container.New(factLayout{}, controls.NewText(x.Name).Colored(style.Muted), controls.NewText(x.Value).Fitted(controls.Wrap)))
	}
	return rows
}

func factName() float32 { return style.Roomy(128) }

type factLayout struct{}

func (factLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(factName()+80, max(o[0].MinSize().Height, o[1].MinSize().Height))
}

func (factLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSize(factName()-style.Small, o[0].MinSize().Height))
	o[1].Move(fyne.NewPos(factName(), 0))
	o[1].Resize(fyne.NewSize(size.Width-factName(), size.Height))
}

// short cuts a name to n characters.
func short(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// barLayout puts the chip in the middle of the header, between what stands left and right.
type barLayout struct{}

func (barLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	var w, h float32
	for _, x := range o {
		w += x.MinSize().Width + style.Medium
		h = max(h, x.MinSize().Height)
	}
	if user := o[2].(*fyne.Container).Objects[1]; user.Visible() { // it gives way
		w -= user.MinSize().Width + style.Small
	}
	if apart(o) {
		return fyne.NewSize(max(o[0].MinSize().Width, parts(o)), h+2*style.Tight+o[1].MinSize().Height+o[2].MinSize().Height)
	}
	if style.Narrow() {
		return fyne.NewSize(max(o[0].MinSize().Width, parts(o)), h+style.Tight+o[1].MinSize().Height)
	}
	return fyne.NewSize(w, h)
}

// parts is the width of what tells of the outside parts, without the user's name.
func parts(o []fyne.CanvasObject) float32 { return o[2].(*fyne.Container).Objects[0].MinSize().Width }

// apart tells whether a narrow window has no room for the outside parts beside the names: they have a line of their own then.
func apart(o []fyne.CanvasObject) bool {
	return style.Narrow() && o[0].MinSize().Width+parts(o)+3*style.Medium > style.WindowWidth()
}

func (barLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	left, chip, right := o[0].(*fyne.Container), o[1].(*controls.Chip), o[2].(*fyne.Container)
	user := right.Objects[1].(*controls.Text)
	user.Hidden = false
	lw, rw := controls.Wanted(left), controls.Wanted(right)
	// Where there is no room for all, the user's name gives way, then the program's: both stand elsewhere, too.
	missing := lw + rw + o[1].MinSize().Width + 2*style.Medium - size.Width
	top := size.Height
	if style.Narrow() { // the lock has a line of its own, so that its words are whole
		top = max(left.MinSize().Height, right.MinSize().Height)
		missing = lw + rw + style.Medium - size.Width
	}
	user.Hidden = missing > 0
	if missing > 0 {
		missing -= rw - controls.Wanted(right)
		rw = controls.Wanted(right)
	}
	lw -= max(0, min(missing, lw-left.MinSize().Width))
	place := func(x fyne.CanvasObject, at, width float32) {
		h := x.MinSize().Height
		x.Resize(fyne.NewSize(width, h))
		x.Move(fyne.NewPos(at, (top-h)/2))
	}
	if apart(o) {
		user.Hidden = true
		top = left.MinSize().Height
		place(left, 0, min(controls.Wanted(left), size.Width))
		right.Resize(fyne.NewSize(size.Width, right.MinSize().Height))
		right.Move(fyne.NewPos(0, top+style.Tight))
		top += style.Tight + right.MinSize().Height
		chip.Resize(fyne.NewSize(min(max(chip.WantedWidth(), chip.MinSize().Width), size.Width), chip.MinSize().Height))
		chip.Move(fyne.NewPos(0, top+style.Tight))
		return
	}
	place(left, 0, lw)
	place(right, size.Width-rw, rw)
	if style.Narrow() {
		chip.Resize(fyne.NewSize(min(max(chip.WantedWidth(), chip.MinSize().Width), size.Width), chip.MinSize().Height))
		chip.Move(fyne.NewPos(0, top+style.Tight))
		return
	}
	room := size.Width - lw - rw - 2*style.Medium
	cw := max(60, min(max(chip.WantedWidth(), chip.MinSize().Width), room))
	at := (size.Width - cw) / 2
	at = max(lw+style.Medium, min(at, size.Width-rw-style.Medium-cw))
	place(chip, at, cw)
}
