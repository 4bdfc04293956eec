package timeline

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/services/runs"
)

var now = time.Date(2026, 11, 23, 14, 5, 12, 0, time.UTC)

func events(from, n, length int) []runs.Event {
	out := make([]runs.Event, n)
	for i := range out {
		text := fmt.Sprintf("event %d ", from-i)
		out[i] = runs.Event{ID: uuid.NewSHA1(uuid.Nil, []byte(text)), Time: now, Type: runs.Log, Message: text + strings.Repeat("x", length)}
	}
	return out
}

func shown(t *testing.T, height float32) *Timeline {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(style.New())
	l := New("events")
	w := app.NewWindow("")
	w.SetPadded(false)
	w.SetContent(l)
	w.Resize(fyne.NewSize(300, height))
	w.Show()
	return l
}

// first is the message of the first event in sight, inSight how many are.
func first(l *Timeline) string {
	return strings.Fields(l.entries[1].message.Text())[1]
}

func inSight(l *Timeline) int { return len(l.inner.Objects) - 1 }

func TestOnlyWhatIsInSightIsDrawn(t *testing.T) {
	l := shown(t, 400)
	l.Set(events(10_000, 10_000, 2000), now)
	require.Equal(t, "10000", first(l))
	require.Less(t, inSight(l), 5)
	require.Less(t, len(l.worded), 10, "the others are not even worded")
	for range 200 {
		l.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -40)})
	}
	require.NotEqual(t, "10000", first(l))
	l.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(295, 400)}})
	l.DragEnd()
	require.Equal(t, "1", strings.Fields(l.entries[inSight(l)].message.Text())[1], "the bar reaches the last event")
	last := l.inner.Objects[inSight(l)-1]
	require.InDelta(t, 400, last.Position().Y+last.Size().Height+gap, 1, "nothing is free below it")
	l.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(295, 1)}})
	l.DragEnd()
	for range 50 {
		l.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 4000)})
	}
	require.Equal(t, "10000", first(l), "and the wheel the first")
}

func TestEventsKeepTheirPlaceWhenOthersCome(t *testing.T) {
	l := shown(t, 400)
	l.Set(events(100, 100, 10), now)
	l.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -500)})
	was, place := first(l), l.off
	require.NotEqual(t, "100", was)
	l.Set(events(103, 103, 10), now)
	require.Equal(t, was, first(l), "who reads on is not disturbed")
	require.InDelta(t, place, l.off, 0.1)
	l.Set(events(3, 3, 10), now)
	require.Equal(t, "3", first(l), "another run's events begin at the top")
	require.True(t, l.thumb.Hidden, "there is nothing to scroll")
	l.Set(nil, now)
	require.Zero(t, inSight(l))
}

func TestAnEventHasTheShapeOfItsKind(t *testing.T) {
	for state, e := range map[controls.State]runs.Event{
		controls.StateNeutral: {Type: runs.Log}, controls.StateWarn: {Type: runs.Warning}, controls.StateBad: {Type: runs.ErrorEvent},
		controls.StateDone: {Type: runs.StatusChange, Message: "SUCCEEDED"}, controls.StateBusy: {Type: runs.StatusChange, Message: "RUNNING"},
	} {
		require.Equal(t, state, stateOf(e))
	}
}

func TestOlderEventsThatAreNotShownAreCounted(t *testing.T) {
	list := runs.Events{Rows: events(3, 3, 0), Hidden: 1000}
	l := shown(t, 400)
	l.Set(FromBeginning(list), now)
	require.Equal(t, "1,000 older events are not shown.", l.entries[1].message.Text())
	require.Empty(t, l.entries[1].time.Text())
	l.Set(Newest(list.Rows, 1001), now)
	require.Equal(t, "3", first(l))
	require.Equal(t, "1,001 older events are not shown.", l.entries[4].message.Text())
	require.Len(t, Newest(list.Rows, 0), 3)
}
