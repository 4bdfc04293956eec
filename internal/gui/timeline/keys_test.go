package timeline

import (
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/runs"
)

// The keys go through the events, which come into sight, and Return says all that is known of one.
func TestEventsAreChosenByKeys(t *testing.T) {
	l := shown(t, 400)
	l.Set(events(100, 100, 10), now)
	var told []runs.Event
	l.OnChosen(func(e runs.Event, at fyne.CanvasObject) { told = append(told, e) })
	keys := func(names ...fyne.KeyName) {
		for _, n := range names {
			l.TypedKey(&fyne.KeyEvent{Name: n})
		}
	}
	l.FocusGained()
	require.False(t, l.ring.Hidden)
	keys(fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	require.Equal(t, l.events[2].ID, told[0].ID)
	keys(fyne.KeyEnd, fyne.KeyReturn)
	require.Equal(t, l.events[99].ID, told[1].ID, "it is in sight, else it could not be told of")
	inRing := func() {
		t.Helper()
		require.GreaterOrEqual(t, l.ring.Position().Y, float32(-3))
		require.LessOrEqual(t, l.ring.Position().Y+l.ring.Size().Height, l.Size().Height+float32(5))
	}
	inRing()
	keys(fyne.KeyPageUp)
	require.Less(t, l.cursor, 99)
	inRing()
	keys(fyne.KeyHome, fyne.KeySpace)
	require.Equal(t, l.events[0].ID, told[2].ID)
	first := l.events[0]
	l.Set(events(103, 103, 10), now)
	require.Equal(t, first.ID, l.events[l.cursor].ID, "the keys stay at their event when others come")
	l.FocusLost()
	require.NotContains(t, l.inner.Objects, fyne.CanvasObject(l.ring))
}
