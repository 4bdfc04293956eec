package controls

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// PassKey hands a key on to the window that no control has a use for: Escape, and the keys for help, for asking again and for the next finding. Fyne
// gives keys to what has the focus only. It tells whether the key was one of them.
func PassKey(from fyne.CanvasObject, e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyEscape, fyne.KeyF1, fyne.KeyF5, fyne.KeyF8:
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
