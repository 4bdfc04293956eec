// Package timeline shows a run's events. Monitor and Archive use it.
package timeline

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/runs"
)

// Row is an event, ready to be drawn.
type Row struct {
	id, time, message string
	state             controls.State
}

// Newest words events, which are given newest first, in that order; hidden is how many older ones there are besides.
func Newest(events []runs.Event, hidden int, now time.Time) []Row {
	if len(events) > most {
		hidden += len(events) - most
		events = events[:most]
	}
	rows := rowsOf(events, now)
	if hidden > 0 {
		rows = append(rows, older(hidden))
	}
	return rows
}

// FromBeginning words a run's events, the oldest first. Of very many those are left out that come first.
func FromBeginning(events runs.Events, now time.Time) []Row {
	newest := slices.Clone(events.Rows)
	slices.Reverse(newest)
	rows := Newest(newest, events.Hidden, now)
	slices.Reverse(rows)
	return rows
}

// older stands where events are that are not shown.
func older(hidden int) Row {
	return Row{id: "older", message: words.N(int64(hidden), "{{.N}} older event is not shown.", "{{.N}} older events are not shown."), state: controls.StateNeutral}
}

func rowsOf(events []runs.Event, now time.Time) []Row {
	out := make([]Row, 0, len(events))
	for _, e := range events {
		r := Row{id: e.ID.String(), time: words.ClockSeconds(e.Time, now), message: runs.HumanMessage(e), state: controls.StateNeutral}
		switch e.Type {
		case runs.Log:
		case runs.Warning:
			r.state = controls.StateWarn
		case runs.ErrorEvent:
			r.state = controls.StateBad
		case runs.StatusChange:
			r.state = controls.StateBusy
			switch change, _ := runs.ChangeOf(e); change.To {
			case runs.Succeeded:
				r.state = controls.StateDone
			case runs.Failed:
				r.state = controls.StateBad
			case runs.Submitted, runs.Queued, runs.Running:
			}
		}
		out = append(out, r)
	}
	return out
}

// Timeline is the events below each other, each with its time, its kind's shape and its message in full.
type Timeline struct {
	*fyne.Container
	rows []Row
	box  *fyne.Container
}

// New is an empty timeline.
func New() *Timeline {
	t := &Timeline{box: controls.Column(style.Small)}
	t.Container = container.NewStack(container.NewVScroll(controls.Pad(0, 0, 0, style.Medium, t.box)))
	return t
}

// most is how many events are drawn; a run has a few dozen.
const most = 300

// Set shows events; those already on the screen are left alone.
func (t *Timeline) Set(rows []Row) {
	if slices.Equal(rows, t.rows) {
		return
	}
	t.rows = rows
	t.box.Objects = t.box.Objects[:0]
	for _, r := range rows {
		t.box.Objects = append(t.box.Objects, entry(r))
	}
	t.box.Refresh()
}

func entry(r Row) fyne.CanvasObject {
	colour := style.Text
	if r.state == controls.StateBad {
		colour = r.state.Color
	}
	return container.New(entryLayout{}, controls.NewMark(r.state.Shape, r.state.Color), controls.NewCaption(r.time),
		controls.NewText(r.message).Colored(colour).Fitted(controls.Wrap))
}

// entryLayout: the shape, the time beside it, the message below the time.
type entryLayout struct{}

const indent float32 = 20

func (entryLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(120, o[1].MinSize().Height+o[2].MinSize().Height)
}

func (entryLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	top := o[1].MinSize().Height
	o[0].Resize(fyne.NewSize(12, top))
	o[1].Move(fyne.NewPos(indent, 0))
	o[1].Resize(fyne.NewSize(size.Width-indent, top))
	o[2].Move(fyne.NewPos(indent, top))
	o[2].Resize(fyne.NewSize(size.Width-indent, size.Height-top))
}
