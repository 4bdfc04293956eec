package controls

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Stepped is where a key moves a cursor among n things; false where it is another key. Both directions mean the same.
func Stepped(key fyne.KeyName, at, n int) (int, bool) {
	switch key {
	case fyne.KeyLeft, fyne.KeyUp:
		at--
	case fyne.KeyRight, fyne.KeyDown:
		at++
	case fyne.KeyHome:
		at = 0
	case fyne.KeyEnd:
		at = n - 1
	default:
		return at, false
	}
	return max(0, min(n-1, at)), true
}

// Menu tells whether a key asks for the menu of what has the focus: the key for it, or Shift+F10.
func Menu(e *fyne.KeyEvent) bool {
	if e.Name == desktop.KeyMenu {
		return true
	}
	d, ok := fyne.CurrentApp().Driver().(desktop.Driver)
	return ok && e.Name == fyne.KeyF10 && d.CurrentKeyModifiers()&fyne.KeyModifierShift != 0
}

// PassKey hands a key on to the window that no control has a use for: Escape, and the keys for help, for asking again, for the screen as text and for the next finding. Fyne
// gives keys to what has the focus only. It tells whether the key was one of them.
func PassKey(from fyne.CanvasObject, e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyEscape, fyne.KeyF1, fyne.KeyF5, fyne.KeyF6, fyne.KeyF8:
	default:
		return false
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(from); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(e)
	}
	return true
}

// PassShortcut does the same with the window's shortcuts, such as Ctrl+1. It tells whether the shortcut was one of them.
func PassShortcut(from fyne.CanvasObject, s fyne.Shortcut) bool {
	if _, ok := s.(*desktop.CustomShortcut); !ok {
		return false
	}
	if c, ok := fyne.CurrentApp().Driver().CanvasForObject(from).(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
	return true
}
