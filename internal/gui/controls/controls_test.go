package controls

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/plaintext"
)

const hostile = "sales\u202exslx.exe\n\x1b[31mred\x1b[0m"

func TestControlsShowWhatIsFitToBeShown(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(style.New())
	long := hostile + strings.Repeat("x", 1<<20)
	button := NewButton("b", "", nil)
	button.SetText(long)
	for name, text := range map[string]string{
		"text": NewText(long).Text(), "cut": NewText(long).Fitted(Cut).Text(), "button": NewButton("b", long, nil).Text, "button later": button.Text,
		"check": NewCheckBox("c", long, false, nil).Text, "select": NewSelect("s", []string{long}, long, nil).Selected,
		"hint": NewEntry("e", long, nil).PlaceHolder, "entry": NewEntry("e", "", nil).With(long).Text,
		"touch": NewTouch("t", NewText(""), func() string { return long }, nil).ProbeText(),
	} {
		require.True(t, plaintext.Shows(text, lettering.LineMost), "%s: %.80q", name, text)
		require.True(t, strings.HasPrefix(text, "sales�xslx.exe"), "%s: %.80q", name, text)
	}
}

func TestWhatIsChosenIsWhatWasOffered(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(style.New())
	offered := []string{"Orders", "Orders\u200b", "Orders ", "Orders"}
	var chosen []string
	s := NewSelect("sheet", offered, "Orders", func(o string) { chosen = append(chosen, o) })
	require.Equal(t, []string{"Orders", "Orders (2)", "Orders (3)", "Orders"}, s.Options, "different ones can be told apart")
	s.SetSelectedIndex(1)
	s.SetSelectedIndex(2)
	s.SetSelectedIndex(0)
	require.Equal(t, []string{"Orders\u200b", "Orders ", "Orders"}, chosen)
	require.Equal(t, "Orders", s.Chosen())
	s.Choose("Orders ")
	require.Equal(t, "Orders ", s.Chosen())
}

func TestALongListIsDrawnAsFarAsItIsInSight(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(style.New())
	w := app.NewWindow("")
	offered := make([]string, 2000)
	for i := range offered {
		offered[i] = strings.Repeat("x", 1+i%300) + "\u202e"
	}
	chosen := ""
	s := NewSelect("header", offered, "", func(o string) { chosen = o })
	w.SetContent(container.NewVBox(s))
	w.Resize(fyne.NewSize(400, 400))
	w.Show()
	test.Tap(s)
	texts := 0
	for _, o := range test.LaidOutObjects(s.list) {
		if _, ok := o.(*Text); ok {
			texts++
		}
	}
	require.Positive(t, texts)
	require.Less(t, texts, 60)
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	require.False(t, s.list.Visible())
	require.Equal(t, fyne.Focusable(s), w.Canvas().Focused())
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	require.Equal(t, offered[0], chosen)
}

func TestWhatIsPastedIsWhatAnEntryShows(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(style.New())
	e, secret := NewEntry("e", "", nil), NewEntry("p", "", nil)
	secret.Password = true
	app.Clipboard().SetContent("two  blanks\n\u202e" + strings.Repeat("x", 1<<20))
	e.TypedShortcut(&fyne.ShortcutPaste{Clipboard: app.Clipboard()})
	require.True(t, strings.HasPrefix(e.Text, "two  blanks �xx"), "%.40q", e.Text)
	require.Len(t, []rune(e.Text), lettering.LineMost)
	app.Clipboard().SetContent("pass\u202eword")
	secret.TypedShortcut(&fyne.ShortcutPaste{Clipboard: app.Clipboard()})
	require.Equal(t, "pass\u202eword", secret.Text, "it shows nothing, and is as it is")
	require.Equal(t, "•••", secret.ProbeText(), "nor does the probe, which writes to a file")
}

func TestASentenceLeavesRoomForWhatStandsBelow(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(style.New())
	text := NewText(strings.Repeat("word ", 1000)).Fitted(Wrap).AtMost(3)
	text.Resize(fyne.NewSize(600, 20))
	lines := text.split(600)
	require.Len(t, lines, 3)
	require.True(t, strings.HasSuffix(lines[2], "…"))
	require.LessOrEqual(t, text.face().Width(lines[2]), float32(600))
	require.Len(t, text.split(300), 6, "a narrow place may be higher")
	b := NewBanner()
	b.Set(StateBad, "one\n\n\nline")
	require.Equal(t, "one line", b.Text())
}

// TestABannerHasTheHeightOfItsSentence: the test's window, unlike a real one, lays nothing out by itself; a real one forgets to.
func TestABannerHasTheHeightOfItsSentence(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(style.New())
	long := strings.Repeat("a sentence of many words ", 12)
	for name, around := range map[string]func(*Banner, fyne.CanvasObject) fyne.CanvasObject{
		"below": func(b *Banner, o fyne.CanvasObject) fyne.CanvasObject {
			return Border(nil, Column(style.Small, b.Container, NewText("x")), nil, nil, o)
		},
		"above": func(b *Banner, o fyne.CanvasObject) fyne.CanvasObject { return Above(b, o) },
		"one of": func(b *Banner, o fyne.CanvasObject) fyne.CanvasObject {
			return Over(NewNotices([]*Banner{b}).Container, o)
		},
		"scrolled": func(b *Banner, o fyne.CanvasObject) fyne.CanvasObject {
			return NewVScroll("x", Column(style.Small, b.Container, o))
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := NewBanner()
			rest := NewText("rest").Fitted(Cut)
			w := test.NewTempWindow(t, around(b, rest))
			w.Resize(fyne.NewSize(600, 300))
			for _, sentence := range []string{"short", long, "short", "", long, ""} {
				b.Set(StateWarn, sentence)
				if sentence == "" {
					continue
				}
				lines := len(b.text.split(b.text.Size().Width))
				require.Equal(t, sentence == long, lines > 1)
				require.InDelta(t, b.MinSize().Height, b.Size().Height, 1, "%d lines", lines)
				require.GreaterOrEqual(t, b.text.Size().Height, b.text.MinSize().Height)
			}
		})
	}
}
