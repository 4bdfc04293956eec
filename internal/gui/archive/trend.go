package archive

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/internal/gui/chart"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/kpiview"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/runs"
)

// trendOf are the succeeded runs' values of one figure, the oldest first. What lists runs lists the newest first.
func trendOf(list []runs.Run, figure int, now time.Time) []chart.Point {
	var out []chart.Point
	for _, r := range slices.Backward(list) {

		if r.Status != runs.Succeeded {
			continue
		}
		k := totalsOf(r)
		var value float64
		var text string
		switch {
		case figure == 4:
			took, _ := r.Took()
			value, text = took.Seconds(), words.Duration(took)
		case k == nil:
			continue
		case figure == 0:
			value, text = k.TotalRevenue, words.Amount(k.TotalRevenue)
		case figure == 1:
			value, text = float64(k.Orders), words.N(k.Orders, "{{.N}} order", "{{.N}} orders")
		case figure == 2 && k.AOV != nil:
			value, text = *k.AOV, words.Amount(*k.AOV)
		case figure == 3:
			rate, ok := k.Conversion.Rate()
			if !ok {
				continue
			}
			value, text = rate*100, words.Percent(rate, 2)
		default:
			continue
		}
		when := words.When(r.CreatedAt, now)
		if said := kpiview.MissingFrom(k); said != "" && figure < 3 {
			text += " · " + said
		}
		out = append(out, chart.Point{Label: words.Day(r.CreatedAt.In(now.Location()).Format(time.DateOnly)), Value: value, Readout: text + " · " + when + " · " + r.InputFile + " · " + r.TriggeredBy})
	}
	return out
}

// trend shows one figure over the runs.
type trend struct {
	content fyne.CanvasObject
	line    *chart.Line
	title   *controls.Text
	empty   *controls.Empty
	figure  int
	names   []string
	list    []runs.Run
	now     func() time.Time
}

func newTrend(now func() time.Time) *trend {
	t := &trend{now: now, names: []string{words.T("Revenue"), words.T("Orders"), words.T("Average order"), words.T("Conversion"), words.T("Duration")}}
	t.line = chart.NewLine(t.tick)
	t.empty = controls.NewEmpty(words.T("No run to show"), words.T("A trend needs at least two runs that succeeded."))
	choose := controls.NewSelect("archive.trend.figure", t.names, t.names[0], func(name string) {
		for i, n := range t.names {
			if n == name {
				t.figure = i
			}
		}
		t.draw()
	})
	t.title = controls.NewCaption("")
	head := controls.Line(style.Small, controls.Width(180, choose), t.title)
	t.content = container.NewBorder(controls.Pad(0, style.Medium, 0, 0, head), nil, nil, nil, container.NewStack(t.line, t.empty.Container))
	return t
}

func (t *trend) tick(v float64) string {
	switch t.figure {
	case 3:
		return words.Percent(v/100, 1)
	case 4:
		return words.Duration(time.Duration(v * float64(time.Second)))
	}
	return words.Axis(v)
}

// set shows the trend of the listed runs.
func (t *trend) set(list []runs.Run) {
	t.list = list
	t.draw()
}

func (t *trend) draw() {
	points := trendOf(t.list, t.figure, t.now())
	controls.Toggle(t.line, len(points) > 1)
	t.empty.Shown(len(points) < 2)
	t.title.Set(words.N(int64(len(points)), "over {{.N}} run", "over {{.N}} runs"))
	t.line.Set(points)
}
