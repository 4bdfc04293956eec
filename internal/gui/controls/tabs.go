package controls

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/internal/gui/style"
)

// Tab is one page of Tabs.
type Tab struct {
	Name    string // for the probe
	Title   string
	Content fyne.CanvasObject
}

// Tabs is a row of titles, the chosen one underlined, above the chosen page.
type Tabs struct {
	*fyne.Container
	tabs     []Tab
	labels   []*Text
	lines    []*Area
	pages    []*fyne.Container
	titles   []*Touch
	chosen   int
	onChosen func(int)
}

// NewTabs shows the first page; onChosen may be nil.
func NewTabs(pageGap float32, onChosen func(int), tabs ...Tab) *Tabs {
	return NewTabsWith(nil, pageGap, onChosen, tabs...)
}

// NewTabsWith has something at the right end of the row of titles.
func NewTabsWith(right fyne.CanvasObject, pageGap float32, onChosen func(int), tabs ...Tab) *Tabs {
	t := &Tabs{tabs: tabs, onChosen: onChosen}
	bar := Line(style.Tight)
	stack := container.NewStack()
	for i, tab := range tabs {
		label := NewText(tab.Title).Aligned(fyne.TextAlignCenter).Steady()
		line := NewArea(style.Surface, fyne.NewSize(1, 3))
		body := Border(nil, line, nil, nil, Pad(6, 6, 12, 12, label))
		title := NewTouch(tab.Name, body, func() string { return tab.Title }, func() { t.Choose(i) })
		title.passed = func() bool { return i != t.chosen }
		title.onKey = t.typed
		title.role = "tab"
		title.chosen = func() bool { return i == t.chosen }
		bar.Add(title)
		t.titles = append(t.titles, title)
		page := container.NewStack(tab.Content)
		page.Hide()
		stack.Add(page)
		t.labels, t.lines, t.pages = append(t.labels, label), append(t.lines, line), append(t.pages, page)
	}
	head := bar
	bar.Layout = &titlesLayout{again: func() { t.Refresh() }}
	if right != nil {
		head = container.New(&endsLayout{again: func() { t.Refresh() }}, bar, right)
	}
	t.Container = Border(Column(0, head, Rule()), nil, nil, nil, Pad(pageGap, 0, 0, 0, stack))
	t.chosen = -1
	t.Choose(0)
	return t
}

// titlesLayout puts titles beside each other. Where a small window has no room for all of them, the space around each shrinks, and
// where that does not suffice they take a second line, so that the last can be reached, too.
type titlesLayout struct {
	lines int // as last laid out
	again func()
}

// titleSpare is how much of the space around a title can be spared.
const titleSpare = 20

func (l *titlesLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, x := range o {
		least := x.MinSize()
		size = fyne.NewSize(max(size.Width, least.Width-titleSpare), max(size.Height, least.Height))
	}
	return fyne.NewSize(size.Width, size.Height*float32(max(1, l.lines)))
}

func (l *titlesLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	lines := l.place(o, size.Width)
	if lines == l.lines {
		return
	}
	was := l.lines
	if l.lines = lines; was != 0 && l.again != nil {
		l.again() // the page gets another height
	}
}

// whole is the width of the titles in one line.
func (l *titlesLayout) whole(o []fyne.CanvasObject) float32 {
	width := -style.Tight
	for _, x := range o {
		width += x.MinSize().Width + style.Tight
	}
	return width
}

// place puts the titles in lines and says how many these are.
func (l *titlesLayout) place(o []fyne.CanvasObject, room float32) int {
	whole, high := float32(0), float32(0)
	for _, x := range o {
		whole, high = whole+x.MinSize().Width+style.Tight, max(high, x.MinSize().Height)
	}
	spare := min(titleSpare, max(0, whole-style.Tight-room)/float32(max(1, len(o))))
	if whole-style.Tight-spare*float32(len(o)) > room+0.5 {
		spare = titleSpare / 2
	}
	at, line := float32(0), 0
	for _, x := range o {
		width := x.MinSize().Width - spare
		if at > 0 && at+width > room+0.5 {
			at, line = 0, line+1
		}
		x.Move(fyne.NewPos(at, float32(line)*high))
		x.Resize(fyne.NewSize(width, high))
		at += width + style.Tight
	}
	return line + 1
}

// Chosen is the index of the page in sight.
func (t *Tabs) Chosen() int { return t.chosen }

// ChosenName is the name of the page in sight.
func (t *Tabs) ChosenName() string { return t.tabs[t.chosen].Name }

// Choose brings a page into sight.
func (t *Tabs) Choose(i int) {
	if i == t.chosen || i < 0 || i >= len(t.tabs) {
		return
	}
	keys := t.chosen >= 0 && t.hasFocus(t.chosen)
	t.chosen = i
	if keys { // before the page, or its title, is left
		defer t.Focus()
	}
	for j := range t.tabs {
		on := i == j
		colour, line := style.Muted, style.None
		if on {
			colour, line = style.Text, style.Accent
		}
		t.labels[j].Style(t.tabs[j].Title, colour, on)
		t.lines[j].Set(line)
		if on {
			Toggle(t.pages[j], true)
		} else {
			t.pages[j].Hide()
		}
	}
	if t.onChosen != nil {
		t.onChosen(i)
	}
}

// typed chooses the page beside the chosen one: its title alone is reached by the Tab key.
func (t *Tabs) typed(e *fyne.KeyEvent) bool {
	at, ok := Stepped(e.Name, t.chosen, len(t.tabs))
	if ok {
		t.Choose(at)
	}
	return ok
}

// hasFocus tells whether a page or its title has the keys.
func (t *Tabs) hasFocus(i int) bool {
	_, title := HasFocus(t.titles[i])
	_, page := HasFocus(t.pages[i])
	return title || page
}

// Focus gives the keys to the title of the chosen page, from which the Tab key goes into the page.
func (t *Tabs) Focus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(t.titles[t.chosen]); c != nil {
		c.Focus(t.titles[t.chosen])
	}
}

// Title is what is pressed for the page of a name; nil where there is none.
func (t *Tabs) Title(name string) fyne.CanvasObject {
	for i, p := range t.tabs {
		if p.Name == name {
			return t.titles[i]
		}
	}
	return nil
}

// ChooseName brings the page of a name into sight.
func (t *Tabs) ChooseName(name string) {
	t.Choose(slices.IndexFunc(t.tabs, func(p Tab) bool { return p.Name == name }))
}

// Step goes n pages on, around the ends.
func (t *Tabs) Step(n int) {
	count := len(t.tabs)
	t.Choose(((t.chosen+n)%count + count) % count)
}

// Switch is a choice between a few, as buttons in one frame: (Lakehouse)(This PC).
type Switch struct {
	*fyne.Container
	labels []*Text
	areas  []*Area
	titles []string
	chosen int
	on     func(int)
}

// NewSwitch shows the first as chosen; names are for the probe.
func NewSwitch(names, titles []string, on func(int)) *Switch {
	s := &Switch{titles: titles, chosen: -1, on: on}
	row := container.NewGridWithColumns(len(titles))
	row.Layout = equalLayout{gap: 2}
	for i, title := range titles {
		label := NewText(title).Aligned(fyne.TextAlignCenter).Steady()
		area := NewArea(style.None, fyne.Size{})
		area.radius = style.Radius - 2
		choice := NewTouch(names[i], container.NewStack(area, Pad(5, 5, 8, 8, label)), func() string { return title }, func() { s.Choose(i) })
		choice.role, choice.chosen = "switch", func() bool { return i == s.chosen }
		row.Add(choice)
		s.labels, s.areas = append(s.labels, label), append(s.areas, area)
	}
	s.Container, _ = Rounded(style.NeutralBk, 2, row)
	s.Choose(0)
	return s
}

// Choose sets the choice.
func (s *Switch) Choose(i int) {
	if i == s.chosen {
		return
	}
	first := s.chosen < 0
	s.chosen = i
	for j := range s.labels {
		colour, back := style.Muted, style.None
		if i == j {
			colour, back = style.Text, style.Surface
		}
		s.labels[j].Style(s.titles[j], colour, i == j)
		s.areas[j].Set(back)
	}
	if s.on != nil && !first {
		s.on(i)
	}
}

// equalLayout gives each object the same width.
type equalLayout struct{ gap float32 }

// Folding is Equal that takes two lines where the window is narrow.
func Folding(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(foldingLayout{equalLayout{gap}}, objects...)
}

type foldingLayout struct{ equalLayout }

// half is how many objects the first line has.
func (l foldingLayout) half(o []fyne.CanvasObject) int { return (len(o) + 1) / 2 }

func (l foldingLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	if !style.Narrow() {
		return l.equalLayout.MinSize(o)
	}
	upper, lower := l.equalLayout.MinSize(o[:l.half(o)]), l.equalLayout.MinSize(o[l.half(o):])
	return fyne.NewSize(max(upper.Width, lower.Width), upper.Height+l.gap+lower.Height)
}

func (l foldingLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	if !style.Narrow() {
		l.equalLayout.Layout(o, size)
		return
	}
	high := (size.Height - l.gap) / 2
	l.equalLayout.Layout(o[:l.half(o)], fyne.NewSize(size.Width, high))
	l.equalLayout.Layout(o[l.half(o):], fyne.NewSize(size.Width, high))
	for _, x := range o[l.half(o):] {
		x.Move(x.Position().AddXY(0, high+l.gap))
	}
}

func (l equalLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var w, h float32
	for _, o := range objects {
		w, h = max(w, o.MinSize().Width), max(h, o.MinSize().Height)
	}
	n := float32(len(objects))
	return fyne.NewSize(n*w+l.gap*max(0, n-1), h)
}

func (l equalLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	n := float32(len(objects))
	if n == 0 {
		return
	}
	w := (size.Width - l.gap*(n-1)) / n
	for i, o := range objects {
		o.Resize(fyne.NewSize(w, size.Height))
		o.Move(fyne.NewPos(float32(i)*(w+l.gap), 0))
	}
}

// Equal puts objects beside each other in equal widths.
func Equal(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(equalLayout{gap}, objects...)
}
