// Package probe tells other programs what the window shows: its named controls with their places, and all texts in sight.
// Tests of the real window use it. Accessibility tools can, too: what Fyne 2.8.1 tells them is of few kinds, and nothing on Linux
// (package spoken). It works only when the environment variable PORTAL_GUI_PROBE names a file.
package probe

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Variable is the environment variable that names the file.
const Variable = "PORTAL_GUI_PROBE"

// Named is a control with a name of its own; a name is unique among what is in sight.
type Named interface{ ProbeName() string }

// Texted is anything that says something.
type Texted interface{ ProbeText() string }

// Texts is anything that says several things.
type Texts interface{ ProbeTexts() []string }

// Parent is a control whose parts can't be seen from outside. They stand within it as their positions say.
type Parent interface{ ProbeChildren() []fyne.CanvasObject }

// Children are the parts of an object, as far as they can be seen from outside.
func Children(o fyne.CanvasObject) []fyne.CanvasObject {
	switch v := o.(type) {
	case Parent:
		return v.ProbeChildren()
	case *fyne.Container:
		return v.Objects
	case *container.Scroll:
		return []fyne.CanvasObject{v.Content}
	case *container.Split:
		return []fyne.CanvasObject{v.Leading, v.Trailing}
	case *container.ThemeOverride:
		return []fyne.CanvasObject{v.Content}
	}
	return nil
}

// Control is a named control; its place is in pixels within the window's content.
type Control struct {
	Name    string  `json:"name"`
	Text    string  `json:"text"`
	X       float32 `json:"x"`
	Y       float32 `json:"y"`
	W       float32 `json:"w"`
	H       float32 `json:"h"`
	Enabled bool    `json:"enabled"`
	Visible bool    `json:"visible"`
	Chosen  bool    `json:"chosen,omitempty"`
	Focused bool    `json:"focused,omitempty"`
	Stop    bool    `json:"stop,omitempty"` // the Tab key stops at it, in the order of the controls
	Role    string  `json:"role,omitempty"` // what kind of control it is
}

// View is what the window shows.
type View struct {
	Scale    float32   `json:"scale"`
	Tab      string    `json:"tab"`
	Dialog   bool      `json:"dialog"`          // something is open over the window: only its controls can be used
	Focus    string    `json:"focus,omitempty"` // the name of what has the keys; where that has none, what it is
	Controls []Control `json:"controls"`
	Texts    []string  `json:"texts"`
}

// walker collects a View.
type walker struct {
	view    View
	origin  fyne.Position // of what the walked object stands in
	scale   float32
	clip    rect
	focused fyne.Focusable
	blocked bool // a dialog is open over what is walked
}

type rect struct{ left, top, right, bottom float32 }

func (r rect) holds(x, y float32) bool {
	return x >= r.left && x < r.right && y >= r.top && y < r.bottom
}

func (r rect) cut(o rect) rect {
	return rect{max(r.left, o.left), max(r.top, o.top), min(r.right, o.right), min(r.bottom, o.bottom)}
}

// Look describes a window's content with what is open over it; on the window's goroutine only.
func Look(w fyne.Window, tab string, overlays []fyne.CanvasObject) View {
	c := w.Canvas()
	size := c.Size()
	k := &walker{scale: c.Scale(), clip: rect{0, 0, size.Width, size.Height}}
	k.view = View{Scale: c.Scale(), Tab: tab, Dialog: len(overlays) > 0, Controls: []Control{}, Texts: []string{}}
	k.focused = c.Focused()
	k.view.Focus = focus(k.focused)
	k.blocked = len(overlays) > 0
	k.root(w.Content())
	for i, o := range overlays {
		k.blocked = i < len(overlays)-1
		k.root(o)
	}
	return k.view
}

// root walks from an object whose place the driver knows. It looks for an object in the whole window each time it is asked, so
// that all others add up where they stand.
func (k *walker) root(o fyne.CanvasObject) {
	if o == nil {
		return
	}
	k.origin = fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Subtract(o.Position())
	k.walk(o)
}

// focus names what has the keys.
func focus(at fyne.Focusable) string {
	switch v := at.(type) {
	case nil:
		return ""
	case *widget.PopUpMenu:
		return "menu"
	case Named:
		if v.ProbeName() != "" {
			return v.ProbeName()
		}
	}
	return fmt.Sprintf("unnamed %T", at)
}

func (k *walker) walk(o fyne.CanvasObject) {
	if o == nil || !o.Visible() {
		return
	}
	if n, ok := o.(Named); ok && n.ProbeName() != "" {
		k.control(o, n.ProbeName())
	}
	switch v := o.(type) {
	case Parent:
		if t, ok := o.(Texted); ok {
			if _, named := o.(Named); !named {
				k.say(o, t.ProbeText())
			}
		}
		k.within(o, v.ProbeChildren()...)
	case Texted:
		k.say(o, v.ProbeText())
	case Texts:
		for _, t := range v.ProbeTexts() {
			k.say(o, t)
		}
	case *fyne.Container:
		k.below(o, v.Objects...)
	case *container.Scroll:
		k.within(o, v.Content)
	case *container.Split:
		k.below(o, v.Leading, v.Trailing)
	case *container.ThemeOverride:
		k.below(o, v.Content)
	case *canvas.Text:
		k.say(o, v.Text)
	case *widget.Label:
		k.say(o, v.Text)
	case *widget.Entry:
		k.say(o, v.Text)
	}
}

// below walks what stands in an object.
func (k *walker) below(parent fyne.CanvasObject, objects ...fyne.CanvasObject) {
	was := k.origin
	k.origin = was.Add(parent.Position())
	for _, o := range objects {
		k.walk(o)
	}
	k.origin = was
}

// within walks what is clipped by its parent.
func (k *walker) within(parent fyne.CanvasObject, objects ...fyne.CanvasObject) {
	was := k.clip
	k.clip = was.cut(k.bounds(parent))
	k.below(parent, objects...)
	k.clip = was
}

func (k *walker) bounds(o fyne.CanvasObject) rect {
	p, s := k.origin.Add(o.Position()), o.Size()
	return rect{p.X, p.Y, p.X + s.Width, p.Y + s.Height}
}

func (k *walker) inSight(o fyne.CanvasObject) bool {
	b := k.bounds(o)
	return k.clip.holds((b.left+b.right)/2, (b.top+b.bottom)/2)
}

func (k *walker) say(o fyne.CanvasObject, text string) {
	if strings.TrimSpace(text) != "" && k.inSight(o) {
		k.view.Texts = append(k.view.Texts, text)
	}
}

func (k *walker) control(o fyne.CanvasObject, name string) {
	b := k.bounds(o)
	c := Control{Name: name, X: b.left * k.scale, Y: b.top * k.scale, W: (b.right - b.left) * k.scale, H: (b.bottom - b.top) * k.scale, Enabled: true, Visible: k.inSight(o)}
	if t, ok := o.(Texted); ok {
		c.Text = t.ProbeText()
	}
	if e, ok := o.(interface{ ProbeEnabled() bool }); ok {
		c.Enabled = e.ProbeEnabled()
	}
	if e, ok := o.(interface{ ProbeChosen() bool }); ok {
		c.Chosen = e.ProbeChosen()
	}
	f, _ := k.focused.(fyne.CanvasObject)
	c.Enabled, c.Focused = c.Enabled && !k.blocked, f != nil && f == o
	if _, ok := o.(fyne.Focusable); ok && !k.blocked {
		d, ok := o.(fyne.Disableable)
		c.Stop = !ok || !d.Disabled()
	}
	if r, ok := o.(interface{ ProbeRole() string }); ok {
		c.Role = r.ProbeRole()
	}
	k.view.Controls = append(k.view.Controls, c)
}

// replace writes a file in one piece. Nobody reads it after a crash, and it is written at each frame, so that it is not
// synced to the disk.
func replace(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".probe-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(f.Name(), path) //nolint:forbidigo // it need not outlive a crash
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
