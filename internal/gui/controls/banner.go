package controls

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
)

// Banner is a sentence about a state at the place it concerns, with an action where one helps. Without a sentence it
// takes no room.
type Banner struct {
	*fyne.Container
	mark  *Mark
	text  *Text
	area  *Area
	right *fyne.Container
}

// bannerLines is how many lines a sentence may take from what stands below it.
const bannerLines = 4

// NewBanner is hidden at first; actions stand at its right end.
func NewBanner(actions ...fyne.CanvasObject) *Banner {
	b := &Banner{mark: NewMark("", style.Muted), text: NewText("").Fitted(Wrap).AtMost(bannerLines)}
	b.right = Line(style.Small, actions...)
	said := container.New(markedLayout{}, b.mark, b.text)
	var body *fyne.Container
	body, b.area = Rounded(style.NeutralBk, style.Small, container.NewBorder(nil, nil, nil, b.right, Pad(0, 0, 0, style.Small, middle(said))))
	b.Container = body
	b.Hide()
	return b
}

// Set says the sentence; "" hides the banner.
func (b *Banner) Set(s State, sentence string) {
	if sentence == "" {
		Toggle(b.Container, false)
		b.text.Set("")
		return
	}
	b.mark.Set(s.Shape, s.Color)
	b.area.Set(s.Back)
	b.text.Set(lettering.Sentence(sentence))
	Toggle(b.Container, true)
}

// Text is the sentence shown.
func (b *Banner) Text() string { return b.text.Text() }

// markedLayout puts a mark beside the first line of a text.
type markedLayout struct{}

const markWidth float32 = 12 + style.Small

func (markedLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[1].MinSize().AddWidthHeight(markWidth, 0)
}

func (markedLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[1].Move(fyne.NewPos(markWidth, 0))
	o[1].Resize(fyne.NewSize(size.Width-markWidth, size.Height))
	o[0].Resize(fyne.NewSize(12, lettering.Face{Size: style.Body}.Height()))
}

// Above puts a banner above content; while the banner is hidden it takes no room.
func Above(b *Banner, content fyne.CanvasObject) *fyne.Container {
	return container.New(aboveLayout{12}, b.Container, content)
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

// middle centres an object vertically and gives it the whole width.
func middle(o fyne.CanvasObject) *fyne.Container {
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

func (emptyLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(160, 80) }

func (emptyLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	width := min(420, size.Width-2*style.Small)
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
	if o[0].Size().Width != l.width {
		o[0].Resize(fyne.NewSize(l.width, o[0].MinSize().Height))
	}
	return fyne.NewSize(l.width, o[0].MinSize().Height)
}
func (l limitLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSize(size.Width, size.Height))
}

// Width gives an object a fixed width and the height it then needs.
func Width(width float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(limitLayout{width}, o)
}

// Tall gives an object a fixed height.
func Tall(height float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(tallLayout{height}, o)
}

type tallLayout struct{ height float32 }

func (l tallLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(o[0].MinSize().Width, l.height)
}
func (l tallLayout) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }
