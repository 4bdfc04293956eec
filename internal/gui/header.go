package gui

import (
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
	"github.com/google/uuid"

	"fabricportal/internal/format"
	"fabricportal/internal/gui/parts"
	"fabricportal/internal/gui/theme"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/locking"
	"fabricportal/internal/services/runs"
)

// header is what is in sight on every screen: the profile, the lock, and what is reachable.
type header struct {
	w      *Window
	bar    fyne.CanvasObject
	line   fyne.CanvasObject
	footer fyne.CanvasObject

	lockDot  *parts.Swatch
	lock     *widget.Button
	reaches  []*reachDot
	asOf     *widget.Label
	transfer *widget.Label
	frame    feeds.Frame
}

// reachDot says whether one outside part answers.
type reachDot struct {
	name   string
	dot    *parts.Swatch
	button *widget.Button
	reach  feeds.Reach
}

func newHeader(w *Window) *header {
	h := &header{w: w, asOf: parts.Caption(""), transfer: parts.Caption("")}
	dot := fyne.NewSize(10, 10)
	centred := func(o fyne.CanvasObject) fyne.CanvasObject { return container.NewCenter(o) }

	name := widget.NewLabel("Fabric Data Portal")
	name.TextStyle.Bold = true
	h.lockDot = parts.NewSwatch(theme.Muted, dot, 5)
	h.lock = widget.NewButton(lang.L("Asking the database"), h.showLock)
	w.opts.Probe.Register("lock", h.lock)

	right := container.NewHBox()
	for _, n := range []string{"Database", "Fabric", "Files"} {
		r := &reachDot{name: n, dot: parts.NewSwatch(theme.Muted, dot, 5)}
		r.button = parts.Quiet(lang.L(n), func() { h.showReach(r) })
		w.opts.Probe.Register("reach."+strings.ToLower(n), r.button)
		h.reaches = append(h.reaches, r)
		right.Add(container.New(layout.NewCustomPaddedHBoxLayout(0), centred(r.dot), r.button))
	}
	user := widget.NewLabel(w.opts.User)
	user.TextStyle.Bold = true
	right.Add(user)
	h.bar = container.NewHBox(name, widget.NewLabel(w.opts.Profile), layout.NewSpacer(),
		container.New(layout.NewCustomPaddedHBoxLayout(4), centred(h.lockDot), h.lock), layout.NewSpacer(), right)
	h.line = parts.NewSwatch(profileColour(w.opts.Profile), fyne.NewSize(10, 3), 0)
	keys := parts.Caption(lang.L("F1 keys") + "  ·  " + w.opts.Version)
	keys.Truncation = fyne.TextTruncateOff
	h.footer = container.NewBorder(nil, nil, nil, keys, container.NewGridWithColumns(2, h.asOf, h.transfer))
	return h
}

// profileColour tells a place to try things from one that counts.
func profileColour(name string) fyne.ThemeColorName {
	lower := strings.ToLower(name)
	for _, harmless := range []string{"sandbox", "test", "dev", "demo", "train"} {
		if strings.Contains(lower, harmless) {
			return theme.Good
		}
	}
	return theme.Live
}

func (h *header) show(f feeds.Frame) {
	h.frame = f
	text, colour := lockText(f, time.Now())
	h.lockDot.SetColour(colour)
	if h.lock.Text != text {
		h.lock.SetText(text)
	}
	for i, r := range []feeds.Reach{f.Database, f.Fabric, f.Files} {
		h.reaches[i].show(r)
	}
	asOf := lang.L("The database has not answered yet")
	if !f.AsOf.IsZero() {
		asOf = fmt.Sprintf("as of %s", format.TimeSeconds(f.AsOf, time.Now()))
		if f.Database.Known && !f.Database.OK {
			asOf += " · " + lang.L("the database does not answer")
		}
	}
	parts.SetText(h.asOf, asOf)
}

// say puts what was done last into the footer.
func (h *header) say(text string) { parts.SetText(h.transfer, text) }

func (r *reachDot) show(reach feeds.Reach) {
	r.reach = reach
	colour, text := theme.Muted, lang.L(r.name)
	switch {
	case !reach.Known:
	case reach.OK:
		colour = theme.Good
	default:
		colour, text = theme.Bad, lang.L(r.name)+" ✗"
	}
	r.dot.SetColour(colour)
	if r.button.Text != text {
		r.button.SetText(text)
	}
}

// lockText is the lock in a few words, and the colour of its state.
func lockText(f feeds.Frame, now time.Time) (string, fyne.ThemeColorName) {
	switch {
	case !f.LockKnown:
		return lang.L("Asking the database"), theme.Muted
	case f.Database.Known && !f.Database.OK:
		return lang.L("Not known, the database does not answer"), theme.Muted
	case !f.Lock.Held():
		return lang.L("Free to run"), theme.Good
	case f.Phase.Kind == runs.PhaseNeedsYou:
		return lang.L("Needs you") + ": " + f.Lock.LockedBy.Name(), theme.Bad
	case f.Phase.Kind == runs.PhaseChecking:
		return lang.L("Checking with Fabric") + ": " + f.Lock.LockedBy.Name(), theme.Caution
	}
	return fmt.Sprintf("%s: %s, since %s", lang.L("Running"), f.Lock.LockedBy.Name(), format.Time(f.Lock.LockedAt, now)), theme.Caution
}

// lockReason is why no run may start now; "" when one may.
func lockReason(f feeds.Frame, now time.Time) string {
	switch {
	case f.Database.Known && !f.Database.OK:
		return lang.L("A run can't be started while the database does not answer.") + " " + f.Database.Sentence
	case !f.LockKnown:
		return lang.L("Asking the database whether a run is active.")
	case !f.Lock.Held():
		return ""
	}
	return lockSentence(f.Lock, f.Active, now) + " " + lang.L("A new run can start when it has ended.")
}

// lockSentence says who holds the lock, with which file, since when.
func lockSentence(c locking.Card, active *runs.Run, now time.Time) string {
	what := lang.L("the pipeline")
	if active != nil {
		what = active.InputFile
	}
	return fmt.Sprintf("%s is running %s since %s.", c.LockedBy.Name(), what, format.Time(c.LockedAt, now))
}

func (h *header) showLock() {
	f, now := h.frame, time.Now()
	if !f.Lock.Held() {
		text := lang.L("No run is active: a new one may start.")
		if !f.LockKnown {
			text = lang.L("The database has not answered yet, so it is not known whether a run is active.")
		}
		h.w.tell(lang.L("The lock"), text)
		return
	}
	lines := []string{lockSentence(f.Lock, f.Active, now), f.Phase.Sentence, "", lang.L("Run") + " " + f.Lock.RunID.String()}
	if f.Active != nil {
		lines = append(lines, lang.L("State")+": "+stateWord(f.Active.Status)+", "+lang.L("Fabric last asked at")+" "+format.TimeSeconds(f.Active.StatusUpdatedAt, now))
	}
	if !f.Phase.Until.IsZero() {
		lines = append(lines, lang.L("Decided by")+" "+format.Time(f.Phase.Until, now)+" "+lang.L("at the latest"))
	}
	h.w.tell(lang.L("The lock"), strings.Join(lines, "\n"))
}

func (h *header) showReach(r *reachDot) {
	since := format.Time(r.reach.Since, time.Now())
	switch {
	case !r.reach.Known:
		h.w.tell(lang.L(r.name), lang.L("It has not been asked yet."))
	case r.reach.OK:
		h.w.tell(lang.L(r.name), lang.L("It answers, since")+" "+since+".")
	default:
		h.w.tell(lang.L(r.name), r.reach.Sentence+"\n\n"+lang.L("Since")+" "+since+". "+lang.L("It is asked again by itself."))
	}
}

func (h *header) showKeys() {
	h.w.tell(lang.L("Keys"), strings.Join([]string{
		"Ctrl+1 … Ctrl+4    Import, Monitor, Results, Archive",
		"Ctrl+Tab    " + lang.L("the next screen"),
		"Ctrl+O    " + lang.L("open a file of this computer"),
		"F5    " + lang.L("ask everything again"),
		"F1    " + lang.L("these keys"),
	}, "\n"))
}

// shortID is the beginning of a run's id that tells it from the others: the part that holds the time it was made.
func shortID(id uuid.UUID) string { return id.String()[:13] }

// stateWord is a run's state as people say it.
func stateWord(s runs.Status) string {
	switch s {
	case runs.Submitted:
		return lang.L("Submitted")
	case runs.Queued:
		return lang.L("Queued")
	case runs.Running:
		return lang.L("Running")
	case runs.Succeeded:
		return lang.L("Succeeded")
	case runs.Failed:
		return lang.L("Failed")
	}
	return string(s)
}
