package gui

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/require"

	"fabricportal/assets"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/setup/settings"
)

// layoutSizes are windows: the least, a small one, that of the first start, a notebook's screen with its bars, and a large one.
var layoutSizes = []fyne.Size{leastSize, fyne.NewSize(1024, 700), firstSize, fyne.NewSize(1366, 690), fyne.NewSize(1920, 1080)}

// largeHeight is the least height of a window with letters of 120 % in which no screen is scrolled.
const largeHeight = 690

// scrolledSizes are windows in which letters beyond 120 % have screens scrolled: a small one, and that of a notebook's screen.
var scrolledSizes = []fyne.Size{fyne.NewSize(1024, 700), fyne.NewSize(1366, 690)}

// lettersIn are the text sizes that are tried in a language besides 100 %. Not each in each: what fits in German fits in French, and what
// fits as it is, fits in small letters; only what has a width of its own may not.
var lettersIn = map[string][]int{"en": {80, 120, 200}, "de": {120, 150}, "fr": {200}}

// TestEveryScreenFitsInEachSize lays out every screen in its states, in each language and text size. Up to 120 % no screen is scrolled, beyond that none
// sideways; no figure and no button's text is cut, no text is cut that has room, and nothing lies outside or over something else.
func TestEveryScreenFitsInEachSize(t *testing.T) {
	if raced {
		t.Skip("it takes minutes and gigabytes with the race detector: scripts/test.sh runs it without")
	}
	for _, language := range words.Languages {
		t.Run(language, func(t *testing.T) {
			t.Setenv(words.Variable, language)
			defer func() { require.NoError(t, words.Load(assets.Translations, "en")) }()
			for _, p := range pictures() {
				if p.name == "archive-again" || language != "en" && strings.HasPrefix(p.name, "hostile") {
					continue // they find their way by English words, and their texts are no language's
				}
				t.Run(p.name, func(t *testing.T) {
					fitsInEachSize(t, p, 100, layoutSizes)
					if strings.HasPrefix(p.name, "hostile") { // of these, how they are cut was looked at
						return
					}
					for _, percent := range lettersIn[language] {
						sizes := layoutSizes
						if percent < 100 || percent > 120 {
							sizes = scrolledSizes
						}
						fitsInEachSize(t, p, percent, sizes)
					}
				})
			}
		})
	}
}

func fitsInEachSize(t *testing.T, p picture, percent int, sizes []fyne.Size) {
	b := newBenchWith(t, func(*Options) {
		fyne.CurrentApp().Preferences().SetString(textKey, string(style.TextOf(percent)))
	})
	if percent > 120 { // a state is made by clicks on what is in sight
		b.size = fyne.NewSize(2560, 1600)
		b.look()
	}
	p.make(b)
	for _, size := range sizes {
		b.size = size
		b.look()
		for _, fault := range misfits(b) {
			t.Errorf("%d %% %.0f×%.0f: %s", percent, size.Width, size.Height, fault)
		}
	}
}

// misfits are what is wrong with how the window is laid out now, in sentences.
func misfits(b *bench) []string {
	content := b.w.win.Content().(*fyne.Container)
	out := misfitsIn(b.w.win, b.w.shell.Dialogs.Contents(), content.Objects[0], b.size)
	if content.MinSize() != leastSize {
		out = append(out, fmt.Sprintf("the window would make itself %v", content.MinSize()))
	}
	return out
}

// misfitsIn are those of any window; content is what must have its place in the least window.
func misfitsIn(w fyne.Window, dialogs []fyne.CanvasObject, content fyne.CanvasObject, size fyne.Size) []string {
	f := &fitter{place: fyne.CurrentApp().Driver().AbsolutePositionForObject, bounds: rectangle{0, 0, size.Width, size.Height}}
	if least := content.MinSize(); least.Width > leastSize.Width || least.Height > leastSize.Height {
		f.say("the window needs %.0f×%.0f", least.Width, least.Height)
	}
	f.walk(w.Content())
	for _, o := range dialogs {
		f.pressed = nil // what is below a dialog can't be pressed
		f.walk(o)
	}
	return f.faults
}

// firstStart plays what keeps and tests a configuration: every field lacks something.
type firstStart struct{}

const somethingLacks = "It is missing, and without it nothing of what stands below can be asked or tested."

func (firstStart) Import(context.Context, string) (SetupTaken, error) { return SetupTaken{}, nil }
func (firstStart) Save(context.Context, map[string]string) (map[string]string, error) {
	problems := map[string]string{}
	for _, f := range settings.Fields() {
		problems[f.Key] = somethingLacks
	}
	return problems, nil
}
func (firstStart) Test(context.Context) ([]SetupCheck, error) { return nil, nil }
func (firstStart) Finish(context.Context) error               { return nil }
func (firstStart) Sentence(err error) string                  { return err.Error() }

// TestTheFirstStartFitsInEachSize is TestEveryScreenFitsInEachSize for the window of the first start, on each of its steps.
func TestTheFirstStartFitsInEachSize(t *testing.T) {
	for _, language := range words.Languages {
		t.Run(language, func(t *testing.T) {
			t.Setenv(words.Variable, language)
			defer func() { require.NoError(t, words.Load(assets.Translations, "en")) }()
			app := test.NewTempApp(t)
			app.Preferences().SetString(textKey, string(style.TextOf(120)))
			defer style.SetTextSize(style.NormalText)
			q := make(chan func(), 100)
			loadWords(app)
			s := NewSetup(t.Context(), app, SetupOptions{
				Groups: SetupGroups(false), Fields: SetupFields(settings.Fields(), nil), First: true, Theme: style.Fixed(theme.VariantLight), Sample: func() {},
				Actions: firstStart{}, Dispatch: func(do func()) { q <- do },
			})
			s.Show(func() {})
			defer s.Stop()
			windows := app.Driver().AllWindows()
			w := windows[len(windows)-1]
			for step := range len(SetupGroups(false)) + 1 {
				for _, size := range append([]fyne.Size{fyne.NewSize(920, 640)}, layoutSizes...) {
					w.Resize(size)
					for _, fault := range misfitsIn(w, nil, w.Content(), size) {
						t.Errorf("step %d, %.0f×%.0f: %s", step, size.Width, size.Height, fault)
					}
				}
				for _, o := range test.LaidOutObjects(w.Content()) {
					if n, ok := o.(*controls.Button); ok && n.ProbeName() == "setup.next" && step < len(SetupGroups(false)) {
						n.Tapped(nil)
					}
				}
				for len(q) > 0 {
					(<-q)()
				}
			}
		})
	}
}

type rectangle struct{ left, top, right, bottom float32 }

func (r rectangle) within(o rectangle) bool {
	const slack = 0.6
	return r.left >= o.left-slack && r.top >= o.top-slack && r.right <= o.right+slack && r.bottom <= o.bottom+slack
}

func (r rectangle) meets(o rectangle) bool {
	const slack = 1
	return r.left < o.right-slack && o.left < r.right-slack && r.top < o.bottom-slack && o.top < r.bottom-slack
}

// fitter walks through what is in sight.
type fitter struct {
	place   func(fyne.CanvasObject) fyne.Position
	bounds  rectangle
	scrolls bool // what is walked can be scrolled into sight
	pressed []pressed
	faults  []string
}

type pressed struct {
	name string
	at   rectangle
}

func (f *fitter) say(format string, args ...any) {
	f.faults = append(f.faults, fmt.Sprintf(format, args...))
}

func (f *fitter) walk(o fyne.CanvasObject) {
	if o == nil || !o.Visible() {
		return
	}
	at, size := f.place(o), o.Size()
	r := rectangle{at.X, at.Y, at.X + size.Width, at.Y + size.Height}
	switch v := o.(type) {
	case *controls.Button:
		f.control(v.ProbeName(), v, r)
	case *controls.Touch:
		f.control(v.ProbeName(), v, r)
		f.walk(v.ProbeChildren()[0])
	case *controls.Chip:
		f.control(v.ProbeName(), v, r)
		f.walk(v.ProbeChildren()[0])
	case *controls.Text:
		f.text(v, r)
	case *fyne.Container:
		free := unused(v)
		for _, x := range v.Objects {
			if t, ok := x.(*controls.Text); ok && t.Visible() && t.Shown() != t.Text() && t.Wanted()-t.Size().Width <= free {
				f.say("“%.60s” is cut to “%.60s” though there is room beside it", t.Text(), t.Shown())
			}
			f.walk(x)
		}
	case *container.Scroll:
		was := f.scrolls
		f.scrolls = true
		f.walk(v.Content)
		f.scrolls = was
	case *controls.Scroll: // all within has a place of its own, whether it is in sight or not
		was := *f
		if need, has := v.Content.Size(), v.Size(); strings.HasSuffix(v.ProbeName(), ".sheet") {
			if high := need.Height > has.Height+1; high && (style.Scaled(1) <= 1 || style.Scaled(1) <= 1.2 && f.bounds.bottom >= largeHeight) {
				f.say("%s needs %.0f and has %.0f", v.ProbeName(), need.Height, has.Height)
			}
			if need.Width > has.Width+1 {
				f.say("%s is scrolled sideways: it needs %.0f and has %.0f", v.ProbeName(), need.Width, has.Width)
			}
		}
		if v.Overflows() {
			at, size := f.place(v.Content), v.Content.Size()
			f.bounds, f.pressed = rectangle{at.X, at.Y, at.X + size.Width, at.Y + size.Height}, nil
		}
		f.walk(v.Content)
		if v.Overflows() {
			f.bounds, f.pressed = was.bounds, was.pressed
		}
	case *container.Split:
		f.walk(v.Leading)
		f.walk(v.Trailing)
	case interface{ ProbeChildren() []fyne.CanvasObject }: // lists, which show what is in sight of them
		was := f.scrolls
		f.scrolls = true
		for _, x := range v.ProbeChildren() {
			f.walk(x)
		}
		f.scrolls = was
	}
}

// unused is the width of a container that nothing but spacers takes.
func unused(c *fyne.Container) float32 {
	free, right := float32(0), float32(0)
	for _, o := range c.Objects {
		if !o.Visible() {
			continue
		}
		if s, ok := o.(layout.SpacerObject); ok && s.ExpandHorizontal() {
			free += o.Size().Width
		}
		right = max(right, o.Position().X+o.Size().Width)
	}
	const rowPad = 6 // beside the last cell of a row
	return max(0, free+c.Size().Width-right-rowPad)
}

func (f *fitter) control(name string, o fyne.CanvasObject, r rectangle) {
	if least := o.MinSize(); o.Size().Width < least.Width-0.6 && !narrows(o) || o.Size().Height < least.Height-0.6 {
		f.say("%s has %v and needs %v", name, o.Size(), least)
	}
	if f.scrolls {
		return
	}
	if !r.within(f.bounds) {
		f.say("%s lies outside: %v", name, r)
	}
	for _, other := range f.pressed {
		if r.meets(other.at) {
			f.say("%s lies over %s", name, other.name)
		}
	}
	f.pressed = append(f.pressed, pressed{name, r})
}

// narrows tells whether the space around what stands on a control may be spared.
func narrows(o fyne.CanvasObject) bool { _, ok := o.(*controls.Touch); return ok }

func (f *fitter) text(t *controls.Text, r rectangle) {
	shown, room := t.Shown(), t.Wanted()
	if t.Text() == "" || shown == t.Text() {
		if shown != "" && !f.scrolls && !r.within(f.bounds) {
			f.say("“%.60s” lies outside: %v", t.Text(), r)
		}
		return
	}
	switch {
	case t.Size().Width >= room:
		f.say("“%.60s” is cut to “%.60s” though it has room", t.Text(), shown)
	case t.Points() == style.Figure:
		f.say("the figure “%.60s” is cut to “%.60s”", t.Text(), shown)
	}
}
