package probe_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/probe"
)

func TestLook(t *testing.T) {
	app := test.NewTempApp(t)
	w := app.NewWindow("")
	w.SetPadded(false)
	on, off, hidden := controls.NewButton("on", "Press", nil), controls.NewButton("off", "Not now", nil), controls.NewButton("hidden", "Gone", nil)
	off.Disable()
	hidden.Hide()
	far := controls.NewText("below the fold")
	tall := controls.NewArea("", fyne.NewSize(10, 1000))
	w.SetContent(container.NewBorder(container.NewVBox(on, off, hidden), nil, nil, nil, container.NewVScroll(container.NewVBox(controls.NewText("in sight"), tall, far))))
	w.Resize(fyne.NewSize(300, 300))
	w.Show()

	v := probe.Look(w, "Import", nil)
	require.Equal(t, "Import", v.Tab)
	require.ElementsMatch(t, []string{"Press", "Not now", "in sight"}, v.Texts)
	require.Len(t, v.Controls, 2)
	require.Equal(t, "on", v.Controls[0].Name)
	require.True(t, v.Controls[0].Enabled && v.Controls[0].Visible)
	require.False(t, v.Controls[1].Enabled)
	require.Greater(t, v.Controls[1].Y, v.Controls[0].Y+v.Controls[0].H-1)
	require.InDelta(t, 300, v.Controls[0].W, 1)

	v = probe.Look(w, "Import", []fyne.CanvasObject{controls.NewButton("dialog.confirm", "Yes", nil)})
	require.True(t, v.Dialog)
	require.False(t, v.Controls[0].Enabled, "what lies below a dialog can't be used")
}

func TestKeepWritesChangesInOnePiece(t *testing.T) {
	path := filepath.Join(t.TempDir(), "probe.json")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	work := make(chan func())
	text := "first"
	go func() {
		defer close(ended)
		probe.New(path).Keep(ctx, func(f func()) {
			select {
			case work <- f:
			case <-ctx.Done():
			}
		}, func() probe.View { return probe.View{Texts: []string{text}} })
	}()
	read := func() string {
		data, err := os.ReadFile(path)
		if err != nil {
			return ""
		}
		var v probe.View
		require.NoError(t, json.Unmarshal(data, &v), "a reader never sees half a file")
		return v.Texts[0]
	}
	deadline := time.After(20 * time.Second)
	for text == "first" || read() != "second" {
		select {
		case f := <-work:
			if read() == "first" {
				text = "second"
			}
			f()
		case <-deadline:
			t.Fatal("the change was not written")
		}
	}
	cancel()
	<-ended
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".probe-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}
