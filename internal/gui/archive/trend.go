package archive

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/internal/gui/chart"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/runs"
)

// duration is the place of the duration among the figures that there are trends of, behind the four of the KPIs.
const duration = 4

// point is a run in a trend.
type point struct {
	label     string
	value     float64
	readout   string
	published bool
	open      string // the last day of its data, where their last month is not over; else ""
}

// trendOf are the succeeded runs' values of one figure, the oldest first. A restore repeats figures that are there already, and
// takes as long as copying does. What lists runs lists the newest first.
func trendOf(l listing, figure int, now time.Time) []point {
	var out []point
	for _, r := range slices.Backward(l.runs) {
		if r.Status != runs.Succeeded || l.restore(r) {
			continue
		}
		t := l.told[r.ID]
		var value float64
		var text string
		switch {
		case figure == duration:
			took, _ := r.Took()
			value, text = took.Seconds(), words.Duration(took)
		case t.values[figure] == nil:
			continue
		default:
			value, text = *t.values[figure], t.texts[figure]
		}
		if t.missing != "" && figure < 3 {
			text += " · " + t.missing
		}
		until := notOver(r, t)
		if figure == duration {
			until = ""
		}
		if until != "" {
			text += " · " + words.T("to {{.Day}}", "Day", words.Day(until))
		}
		if l.isPublished(r) {
			text += " · " + words.T("published")
		}
		readout := lettering.Line(text + " · " + words.When(r.CreatedAt, now) + " · " + lettering.Label(r.InputFile) + " · " + lettering.Label(r.TriggeredBy))
		out = append(out, point{words.Day(r.CreatedAt.In(now.Location()).Format(time.DateOnly)), value, readout, l.isPublished(r), until})
	}
	return out
}

// notOver is the last day of a run's data where their last month is not over: then they are of less than the months before. "" where it is, or
// where that is not known.
func notOver(r runs.Run, t told) string {
	day, err := time.Parse(time.DateOnly, r.Until)
	if err != nil || day.AddDate(0, 0, 1).Day() == 1 && r.Until != t.computed {
		return ""
	}
	return r.Until
}

// trend shows one figure over the runs.
type trend struct {
	content fyne.CanvasObject
	line    *chart.Line
	title   *controls.Text
	empty   *controls.Empty
	figure  int
	names   []string
	list    listing
	now     time.Time
	drawn   []point
}

func newTrend() *trend {
	t := &trend{names: []string{words.T("Revenue"), words.T("Orders"), words.T("Average order"), words.T("Conversion"), words.T("Duration")}}
	t.line = chart.NewLine(t.tick)
	t.empty = controls.NewEmpty(words.T("No run to show"), words.T("A trend needs at least two runs that succeeded."))
	choose := controls.NewSelect("archive.trend.figure", t.names, t.names[0], func(name string) {
		for i, n := range t.names {
			if n == name {
				t.figure = i
			}
		}
		t.draw()
	}).Called(words.T("Figure"))
	t.title = controls.NewCaption("").Fitted(controls.Wrap) // it explains the points
	head := controls.Border(nil, nil, controls.Pad(0, 0, 0, style.Small, controls.Width(180, choose)), nil, t.title)
	t.content = controls.Border(controls.Pad(0, style.Medium, 0, 0, head), nil, nil, nil, container.NewStack(t.line, t.empty.Container))
	return t
}

func (t *trend) tick(v float64) string {
	switch t.figure {
	case 3:
		return words.Percent(v/100, 1)
	case duration:
		return words.Duration(time.Duration(v * float64(time.Second)))
	}
	return words.Axis(v)
}

// set shows the trends of the listed runs.
func (t *trend) set(l listing, now time.Time) {
	t.list, t.now = l, now
	t.draw()
}

func (t *trend) draw() {
	points := trendOf(t.list, t.figure, t.now)
	controls.Toggle(t.line, len(points) > 1)
	t.empty.Shown(len(points) < 2)
	title := []string{words.N(int64(len(points)), "over {{.N}} run", "over {{.N}} runs")}
	if slices.ContainsFunc(points, func(p point) bool { return p.published }) {
		title = append(title, words.T("large point: published"))
	}
	if slices.ContainsFunc(points, func(p point) bool { return p.open != "" }) {
		title = append(title, words.T("hollow: its last month is not over"))
	}
	t.title.Set(strings.Join(title, " · "))
	if slices.Equal(points, t.drawn) {
		return // a read-out stays
	}
	t.drawn = points
	s := chart.Series{Label: func(i int) string { return points[i].label }, Readout: func(i int) string { return points[i].readout }}
	for i, p := range points {
		s.Values = append(s.Values, p.value)
		if p.published {
			s.Pinned = append(s.Pinned, i)
		}
		if p.open != "" {
			s.Open = append(s.Open, i)
		}
	}
	t.line.Set(s)
}
