package gui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/assets"
	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/comparison"
)

// TestConfirmationLeavesRoomForItsBar in a window that has no room for all of it, and needs none where there is.
func TestConfirmationLeavesRoomForItsBar(t *testing.T) {
	t.Setenv(words.Variable, "de")
	defer func() { require.NoError(t, words.Load(assets.Translations, "en")) }()
	for _, size := range []struct {
		size             fyne.Size
		reading, scrolls bool
	}{{fyne.NewSize(1200, 750), false, false}, {fyne.NewSize(1024, 700), true, false}, {fyne.NewSize(1024, 400), false, true}} {
		b := newBench(t)
		b.size = size.size
		showVerdict(b, "sales_october.csv", yesBut(), asDecided())
		if size.reading { // what is published is still being read
			compares, ended := b.a.replaces, make(chan struct{})
			defer close(ended)
			b.a.replaces = func(k *contract.KPIs, p *contract.ImportProfile) (comparison.Replacement, error) {
				<-ended
				return compares(k, p)
			}
		}
		b.click("import.run")
		b.look()
		contents := b.w.shell.Dialogs.Contents()
		require.Len(t, contents, 1)
		var scroll *controls.Scroll
		for _, o := range test.LaidOutObjects(contents[0]) {
			if s, ok := o.(*controls.Scroll); ok && scroll == nil {
				scroll = s
			}
		}
		require.NotNil(t, scroll)
		require.Equal(t, size.scrolls, scroll.Content.MinSize().Height > scroll.Size().Height, "%v", size.size)
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject
		edge, lines := at(scroll).X+scroll.Size().Width-12, 0
		for _, o := range test.LaidOutObjects(scroll.Content) {
			if line, ok := o.(*canvas.Text); ok && line.Visible() && line.Text != "" {
				lines++
				require.LessOrEqual(t, at(line).X+line.MinSize().Width, edge+0.5, line.Text)
			}
		}
		require.NotZero(t, lines)
	}
}
