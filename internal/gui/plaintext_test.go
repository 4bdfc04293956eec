package gui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/spoken"
)

// plainText is what F6 shows now.
func plainText(b *bench) string {
	b.w.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyF6})
	return b.control(plainTextName).Text
}

// TestEachScreenIsThereAsText opens each state as text: all that is drawn stands in it, every control with what it is.
func TestEachScreenIsThereAsText(t *testing.T) {
	if raced {
		t.Skip("it says nothing of races")
	}
	for _, p := range pictures() {
		switch p.name {
		case "import-overview", "import-columns", "monitor-running", "results-figures", "archive", "import-confirm", "preferences", "import-question":
		default:
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			b := newBench(t)
			p.make(b)
			v := b.look()
			text := plainText(b)
			lines := strings.Split(text, "\n")
			require.Greater(t, len(lines), 8)
			flat := strings.Join(strings.Fields(text), " ")
			for _, said := range v.Texts {
				if v.Dialog { // what is below is not read
					break
				}
				require.Contains(t, flat, strings.Join(strings.Fields(said), " "))
			}
			b.w.shell.Dialogs.CloseTop()
			require.Equal(t, v.Dialog, b.look().Dialog, "what was open is open again")
		})
	}
}

func TestTheTextOfAScreenIsReadAndCopiedAndNotChanged(t *testing.T) {
	b := newBench(t)
	c := b.w.win.Canvas()
	b.w.tabs.Focus()
	had := c.Focused()
	require.NotNil(t, had)
	text := plainText(b)
	require.Contains(t, text, "Import (tab of a page, chosen)")
	require.Contains(t, text, "Monitor (tab of a page)")
	require.Contains(t, text, "(button, not available)")
	require.Contains(t, text, "Path, or drop a file (field): empty")
	b.fitting("the screen as text")

	reading, ok := c.Focused().(*controls.Reading)
	require.True(t, ok, "the keys are in it")
	reading.TypedRune('x')
	for _, key := range []fyne.KeyName{fyne.KeyDelete, fyne.KeyBackspace, fyne.KeyReturn, fyne.KeyTab} {
		reading.TypedKey(&fyne.KeyEvent{Name: key})
	}
	clipboard := fyne.CurrentApp().Clipboard()
	clipboard.SetContent("from elsewhere")
	reading.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clipboard})
	reading.TypedShortcut(&fyne.ShortcutSelectAll{})
	reading.TypedShortcut(&fyne.ShortcutCut{Clipboard: clipboard})
	require.Equal(t, text, b.control(plainTextName).Text)
	reading.TypedShortcut(&fyne.ShortcutCopy{Clipboard: clipboard})
	require.Equal(t, text, clipboard.Content())

	reading.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF6})
	require.Equal(t, text, b.control(plainTextName).Text, "the screen is read anew, and not the text of it")
	c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	require.False(t, b.look().Dialog)
	require.Equal(t, had, c.Focused(), "the keys are where they were")
}

func TestAPasswordIsNotSpoken(t *testing.T) {
	test.NewTempApp(t)
	e := controls.NewEntry("secret", "", nil).Called("Client secret")
	e.Password = true
	require.Equal(t, "Client secret (field): empty", e.AccessibilityLabel())
	e.SetText("hunter22")
	require.Equal(t, "Client secret (field): •••", e.AccessibilityLabel())
}

func TestAControlWithoutANameIsFound(t *testing.T) {
	test.NewTempApp(t)
	require.Empty(t, unspoken(controls.NewSelect("x", []string{"a", "b"}, "a", nil).Called("Figure")))
	require.NotEmpty(t, unspoken(controls.NewSelect("x", []string{"a", "b"}, "a", nil)), "what is chosen says not what for")
	require.NotEmpty(t, unspoken(controls.NewEntry("x", "", nil)))
	require.NotEmpty(t, unspoken(controls.NewButton("x", "", nil)))
	box := controls.NewCheckBox("x", "Notify me", true, nil)
	require.Empty(t, unspoken(box))
	require.Equal(t, "Notify me (check box, ticked)", spoken.Control(box))
	box.Disable()
	require.Equal(t, "Notify me (check box, ticked, not available)", spoken.Control(box))
}
