// Package probe describes what the window shows, for tests that drive the real window and for assistive programs: which
// named controls there are, where, whether they can be used, and which texts are in sight. It is off unless the
// environment variable PORTAL_GUI_PROBE names a file, to which the description is then written as JSON.
package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Variable names the file.
const Variable = "PORTAL_GUI_PROBE"

const interval = 200 * time.Millisecond

// Control is a named control. Positions and sizes are in pixels from the window's upper left corner.
type Control struct {
	Name    string  `json:"name"`
	Text    string  `json:"text"`
	X       float32 `json:"x"`
	Y       float32 `json:"y"`
	W       float32 `json:"w"`
	H       float32 `json:"h"`
	Enabled bool    `json:"enabled"`
	Visible bool    `json:"visible"`
}

// View is what the window shows.
type View struct {
	Scale    float32   `json:"scale"`
	Tab      string    `json:"tab"`
	Controls []Control `json:"controls"`
	Texts    []string  `json:"texts"`
}

// Parent is a widget of ours that holds others.
type Parent interface{ Children() []fyne.CanvasObject }

// Texter is a widget of ours whose texts stand in no label.
type Texter interface{ Texts() []string }

// Probe collects the controls. A nil Probe is off. It is used on the window's goroutine only.
type Probe struct {
	names   []string
	objects map[string]fyne.CanvasObject
	layers  []*layer
	// Tab tells which screen is shown.
	Tab func() string
}

// FromEnvironment is a probe where the variable is set, else nil.
func FromEnvironment() *Probe {
	if os.Getenv(Variable) == "" {
		return nil
	}
	return New()
}

// New is a probe that collects.
func New() *Probe { return &Probe{objects: map[string]fyne.CanvasObject{}} }

// Register gives an object a name; a later one of the same name takes its place.
func (p *Probe) Register(name string, object fyne.CanvasObject) {
	if p == nil {
		return
	}
	if _, known := p.objects[name]; !known {
		p.names = append(p.names, name)
	}
	p.objects[name] = object
}

// Object is the object of a name; nil when there is none.
func (p *Probe) Object(name string) fyne.CanvasObject { return p.objects[name] }

// layer is what lies above the window's content, such as a dialog.
type layer struct {
	title   string
	content fyne.CanvasObject
}

// Layer adds what lies above the content until the returned function is called. The canvas knows such things only as
// what Fyne wraps around them.
func (p *Probe) Layer(title string, content fyne.CanvasObject) (remove func()) {
	if p == nil {
		return func() {}
	}
	l := &layer{title, content}
	p.layers = append(p.layers, l)
	return func() { p.layers = slices.DeleteFunc(p.layers, func(x *layer) bool { return x == l }) }
}

// Collect describes the window.
func (p *Probe) Collect(c fyne.Canvas) View {
	v := View{Scale: c.Scale(), Controls: []Control{}, Texts: []string{}}
	if p.Tab != nil {
		v.Tab = p.Tab()
	}
	seen := map[fyne.CanvasObject]bool{}
	walk(c.Content(), seen, &v.Texts)
	for _, l := range p.layers {
		v.Texts = append(v.Texts, l.title)
		walk(l.content, seen, &v.Texts)
	}
	driver := fyne.CurrentApp().Driver()
	for _, name := range p.names {
		o := p.objects[name]
		at, size := driver.AbsolutePositionForObject(o), o.Size()
		text, enabled := describe(o)
		v.Controls = append(v.Controls, Control{
			Name: name, Text: text, Enabled: enabled, Visible: seen[o],
			X: at.X * v.Scale, Y: at.Y * v.Scale, W: size.Width * v.Scale, H: size.Height * v.Scale,
		})
	}
	return v
}

func describe(o fyne.CanvasObject) (text string, enabled bool) {
	enabled = true
	if d, ok := o.(fyne.Disableable); ok {
		enabled = !d.Disabled()
	}
	var texts []string
	textOf(o, &texts)
	if len(texts) > 0 {
		text = texts[0]
	}
	return text, enabled
}

func textOf(o fyne.CanvasObject, texts *[]string) {
	add := func(s string) {
		if s != "" {
			*texts = append(*texts, s)
		}
	}
	switch x := o.(type) {
	case *widget.Label:
		add(x.Text)
	case *widget.Button:
		add(x.Text)
	case *widget.Hyperlink:
		add(x.Text)
	case *widget.Entry:
		add(x.Text)
	case *canvas.Text:
		add(x.Text)
	case *widget.RichText:
		add(x.String())
	}
	if t, ok := o.(Texter); ok {
		for _, s := range t.Texts() {
			add(s)
		}
	}
}

func walk(o fyne.CanvasObject, seen map[fyne.CanvasObject]bool, texts *[]string) {
	if o == nil || !o.Visible() {
		return
	}
	seen[o] = true
	textOf(o, texts)
	switch x := o.(type) {
	case *fyne.Container:
		for _, c := range x.Objects {
			walk(c, seen, texts)
		}
	case *container.Scroll:
		walk(x.Content, seen, texts)
	case *container.Split:
		walk(x.Leading, seen, texts)
		walk(x.Trailing, seen, texts)
	}
	if p, ok := o.(Parent); ok {
		for _, c := range p.Children() {
			walk(c, seen, texts)
		}
	}
}

// Run writes the description whenever it has changed, until ctx ends. dispatch runs a function on the window's goroutine.
func (p *Probe) Run(ctx context.Context, c fyne.Canvas, dispatch func(func())) {
	path := os.Getenv(Variable)
	if path == "" {
		return
	}
	var last []byte
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		found := make(chan View, 1)
		dispatch(func() { found <- p.Collect(c) })
		select {
		case <-ctx.Done():
			return
		case v := <-found:
			data, err := json.Marshal(v)
			if err != nil || bytes.Equal(data, last) {
				continue
			}
			if os.WriteFile(path+".new", data, 0o600) == nil && os.Rename(path+".new", path) == nil {
				last = data
			}
		}
	}
}
