package controls

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
)

// Banner is a sentence about a state at the place it concerns, with an action where one helps. Without a sentence it
// takes no room.
type Banner struct {
	*fyne.Container
	mark    *Mark
	text    *Text
	area    *Area
	right   *fyne.Container
	notices *Notices // that it is one of; nil for none
	turn    int      // when its sentence has changed, among those of the notices
	gone    string   // the sentence that a person has closed
}

// bannerLines is how many lines a sentence may take from what stands below it.
const bannerLines = 4

// NewBanner is hidden at first; actions stand at its right end.
func NewBanner(actions ...fyne.CanvasObject) *Banner {
	b := &Banner{mark: NewMark("", style.Muted), text: NewText("").Fitted(Wrap).AtMost(bannerLines)}
	b.right = Line(style.Small, actions...)
	said := container.New(markedLayout{}, b.mark, b.text)
	var body *fyne.Container
	body, b.area = Rounded(style.NeutralBk, style.Small, container.New(&sayingLayout{}, Pad(0, 0, 0, style.Small, Centred(said)), b.right))
	b.Container = body
	b.Hide()
	return b
}

// sayingLayout puts the actions at the right end of what is said; below it where they would leave it less than half the width.
type sayingLayout struct {
	below bool // as last laid out
}

func (l *sayingLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	said, right := o[0].MinSize(), o[1].MinSize()
	if l.below {
		return fyne.NewSize(max(said.Width, right.Width), said.Height+style.Tight+right.Height)
	}
	return fyne.NewSize(said.Width+right.Width, max(said.Height, right.Height))
}

func (l *sayingLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	right := o[1].MinSize()
	l.below = right.Width > size.Width/2
	wide, high := size.Width-right.Width, size.Height
	at := fyne.NewPos(wide, 0)
	if l.below {
		wide, high = size.Width, max(0, size.Height-right.Height-style.Tight)
		at = fyne.NewPos(max(0, wide-right.Width), size.Height-right.Height)
	}
	o[0].Move(fyne.Position{})
	o[0].Resize(fyne.NewSize(wide, high))
	o[1].Move(at)
	if right.Height = size.Height; l.below {
		right.Height = o[1].MinSize().Height
	}
	o[1].Resize(right)
}

// Set says the sentence; "" hides the banner.
func (b *Banner) Set(s State, sentence string) {
	if sentence != "" {
		b.mark.Set(s.Shape, s.Color)
		b.area.Set(s.Back)
		sentence = lettering.Sentence(sentence)
	}
	if b.notices != nil && sentence != b.text.Text() {
		b.notices.turn++
		b.turn = b.notices.turn
	}
	b.text.Set(sentence)
	if sentence != b.gone {
		b.gone = ""
	}
	if b.notices != nil {
		b.notices.choose()
		return
	}
	b.toggle(b.says())
}

// toggle shows the banner in the height that its sentence needs, or hides it.
func (b *Banner) toggle(yes bool) {
	shown := yes && !b.Visible()
	Toggle(b.Container, yes)
	if shown {
		settle(b.Container)
	}
}

// says tells whether there is something to say that nobody has closed.
func (b *Banner) says() bool { return b.text.Text() != "" && b.gone == "" }

// Closable adds a button that takes the banner away until it has something else to say.
func (b *Banner) Closable(name string) *Banner {
	b.right.Add(NewTouch(name, Pad(6, 6, 6, 6, NewMark(Cross, style.Muted)), func() string { return words.T("Close") }, b.dismiss))
	return b
}

func (b *Banner) dismiss() { b.Closed(true) }

// Closed takes the banner away until it has something else to say, or brings it back.
func (b *Banner) Closed(yes bool) {
	b.gone = ""
	if yes {
		b.gone = b.text.Text()
	}
	if b.notices != nil {
		b.notices.choose()
		return
	}
	b.toggle(b.says())
}

// Notices are banners of which one is in sight, so that they take the room of one.
type Notices struct {
	*fyne.Container
	newest, banners []*Banner
	turn            int
}

// NewNotices shows, of the first banners, the one that has something new to say, and of the others the first that says anything.
func NewNotices(newest []*Banner, others ...*Banner) *Notices {
	n := &Notices{Container: container.NewStack(), newest: newest, banners: slices.Concat(newest, others)}
	for _, b := range n.banners {
		b.notices = n
		n.Add(b.Container)
	}
	n.choose()
	return n
}

func (n *Notices) choose() {
	var first *Banner
	for i, b := range n.banners {
		if !b.says() {
			continue
		}
		if first == nil || i < len(n.newest) && b.turn > first.turn {
			first = b
		}
	}
	for _, b := range n.banners {
		if b != first {
			Toggle(b.Container, false)
		}
	}
	shown := first != nil && !(n.Visible() && first.Visible())
	if first != nil {
		Toggle(first.Container, true)
	}
	Toggle(n.Container, first != nil)
	if shown {
		settle(first.Container)
	}
}

// Text is the sentence shown.
func (b *Banner) Text() string { return b.text.Text() }

// markedLayout puts a mark beside the first line of a text.
type markedLayout struct{}

func markWidth() float32 { return style.Grown(12) + style.Small }

func (markedLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[1].MinSize().AddWidthHeight(markWidth(), 0)
}

func (markedLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[1].Move(fyne.NewPos(markWidth(), 0))
	o[1].Resize(fyne.NewSize(size.Width-markWidth(), size.Height))
	o[0].Resize(fyne.NewSize(style.Grown(12), lettering.Face{Size: style.Body}.Height()))
}

// Above puts a banner above content; while the banner is hidden it takes no room.
func Above(b *Banner, content fyne.CanvasObject) *fyne.Container { return Over(b.Container, content) }

// Over is Above for banners of which one is in sight.
func Over(above, content fyne.CanvasObject) *fyne.Container {
	return container.New(aboveLayout{12}, above, content)
}

type aboveLayout struct{ gap float32 }

func (l aboveLayout) height(b fyne.CanvasObject) float32 {
	if !b.Visible() {
		return 0
	}
	return b.MinSize().Height + l.gap
}

func (l aboveLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[1].MinSize().AddWidthHeight(0, l.height(o[0]))
}

func (l aboveLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSize(size.Width, o[0].MinSize().Height))
	top := l.height(o[0])
	o[0].Resize(fyne.NewSize(size.Width, max(0, top-l.gap)))
	o[1].Move(fyne.NewPos(0, top))
	o[1].Resize(fyne.NewSize(size.Width, size.Height-top))
}

// Centred puts an object in the middle of the height beside it, over the whole width.
func Centred(o fyne.CanvasObject) *fyne.Container {
	return container.New(middleLayout{}, o)
}

type middleLayout struct{}

func (middleLayout) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }
func (middleLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSize(size.Width, o[0].MinSize().Height))
	height := o[0].MinSize().Height // a wrapped text knows its height once it knows its width
	o[0].Resize(fyne.NewSize(size.Width, min(height, size.Height)))
	o[0].Move(fyne.NewPos(0, max(0, (size.Height-height)/2)))
}

// Empty fills a place that has nothing to show: what belongs here, and what fills it.
type Empty struct {
	*fyne.Container
	title, hint *Text
}

// NewEmpty has a title, a hint and the actions that fill the place.
func NewEmpty(title, hint string, actions ...fyne.CanvasObject) *Empty {
	e := &Empty{title: NewHeading(title).Aligned(fyne.TextAlignCenter).Fitted(Cut), hint: NewText(hint).Colored(style.Muted).Aligned(fyne.TextAlignCenter).Fitted(Wrap).AtMost(bannerLines)}
	rows := Column(style.Small, e.title, e.hint)
	if len(actions) > 0 {
		rows.Add(Pad(style.Small, 0, 0, 0, container.NewCenter(Line(style.Small, actions...))))
	}
	e.Container = container.New(emptyLayout{}, rows)
	return e
}

// emptyLayout puts what an empty place says in its middle, in lines that are not too long to read.
type emptyLayout struct{}

func (emptyLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(160, style.Roomy(80))
}

func (emptyLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	width := min(style.Roomy(420), size.Width-2*style.Small)
	o[0].Resize(fyne.NewSize(width, o[0].MinSize().Height)) // so that the hint knows how many lines it needs
	height := o[0].MinSize().Height
	o[0].Resize(fyne.NewSize(width, height))
	o[0].Move(fyne.NewPos((size.Width-width)/2, max(0, (size.Height-height)/2)))
}

// Set changes title and hint.
func (e *Empty) Set(title, hint string) {
	e.title.Set(title)
	e.hint.Set(hint)
}

// Shown shows or hides it.
func (e *Empty) Shown(yes bool) { Toggle(e.Container, yes) }

// limitLayout gives its object a fixed width.
type limitLayout struct{ width float32 }

func (l limitLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	width := style.WithinWindow(style.Roomy(l.width))
	if o[0].Size().Width != width {
		o[0].Resize(fyne.NewSize(width, o[0].MinSize().Height))
	}
	return fyne.NewSize(width, o[0].MinSize().Height)
}
func (l limitLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSize(size.Width, size.Height))
}

// Width gives an object a fixed width, as far as the window has it, and the height it then needs.
func Width(width float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(limitLayout{width}, o)
}

// Tall gives an object a fixed height, of as many lines in any letters.
func Tall(height float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(tallLayout{height}, o)
}

type tallLayout struct{ height float32 }

func (l tallLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(o[0].MinSize().Width, max(style.Grown(l.height), o[0].MinSize().Height))
}
func (l tallLayout) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }
