package kpiview

import (
	"strings"

	"fyne.io/fyne/v2"

	"fabricportal/contract"
	"fabricportal/internal/gui/chart"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/anomalies"
	"fabricportal/internal/services/results/comparison"
)

// Tiles shows the four figures beside each other.
type Tiles struct {
	*fyne.Container
	tiles   [4]*controls.Tile
	sparks  [4]*chart.Spark
	missing *controls.Banner // beside the sums: what is missing from them

	name   string
	told   shown
	onRows func(Rows)
}

// NewTiles is empty tiles.
func NewTiles() *Tiles { return NewTold("", nil, nil) }

// NewTold is empty tiles that tell more of a figure when they are pressed: open shows a card below an object. onRows is what a card asks for
// when rows are to be shown; it may be nil. name is for the probe.
func NewTold(name string, open func(below, card fyne.CanvasObject), onRows func(Rows)) *Tiles {
	t := &Tiles{name: name, onRows: onRows}
	var boxes []fyne.CanvasObject
	for i, f := range Figures(nil) {
		t.sparks[i] = chart.NewSpark(fyne.NewSize(72, 28))
		t.tiles[i] = controls.NewTile(f.Caption, t.sparks[i])
		var box fyne.CanvasObject = t.tiles[i].Container
		if open != nil {
			box = controls.NewTouch(name+"."+figureNames[i], box, func() string { return Figures(nil)[i].Caption }, func() {
				if card := t.tell(i); card != nil {
					open(t.tiles[i].Container, card)
				}
			})
		}
		boxes = append(boxes, box)
	}
	t.missing = controls.NewBanner()
	t.Container = controls.Column(style.Tight, controls.Folding(12, boxes...), t.missing.Container)
	return t
}

// Set shows a snapshot; the profile of its file may be nil.
func (t *Tiles) Set(k *contract.KPIs, profile *contract.ImportProfile) {
	t.shows(k, 0, profile, nil, nil)
	for i, f := range Figures(k) {
		t.tiles[i].Set(f.Value, f.Note)
		t.sparks[i].Set(trend(k, profile, i))
	}
	t.missing.Set(MissingState(k), MissingFrom(k))
	t.captionConversion(k)
}

func (t *Tiles) captionConversion(k *contract.KPIs) {
	if d := ConversionDetail(k); d != "" {
		t.tiles[3].SetCaption(words.T("Conversion") + " · " + d)
	} else {
		t.tiles[3].SetCaption(words.T("Conversion"))
	}
}

// trend is the run of the i-th figure by month, where there are a few of them, else by the series' own periods; and whether the last
// of them is not over.
func trend(k *contract.KPIs, profile *contract.ImportProfile, i int) (out []float64, open bool) {
	if k == nil {
		return nil, false
	}
	return trendOf(k.TimeSeries, k, profile, i)
}

// trendOf is trend of a series: k's own, or that of a part of it.
func trendOf(of contract.TimeSeries, k *contract.KPIs, profile *contract.ImportProfile, i int) (out []float64, open bool) {
	if i > 2 {
		return nil, false
	}
	series := anomalies.Monthly(of)
	if len(series.Points) < 6 {
		series = of
	}
	points := series.Points
	part := comparison.Parts(k, profile, series)[len(points)-1]
	for _, p := range points {
		switch {
		case i == 0:
			out = append(out, p.Revenue)
		case i == 1:
			out = append(out, float64(p.Orders))
		case p.Orders > 0:
			out = append(out, p.Revenue/float64(p.Orders))
		}
	}
	return out, part.To != "" && i < 2 // an average falls for no want of days
}

// SetChanges says how the figures stand to those of the run before, which may be of other days, and of the same period before; both may
// be nil. Its lines keep their place from the first call on, so that nothing below moves when the answers come.
func (t *Tiles) SetChanges(before []comparison.Figure, sameDays bool, period *comparison.PeriodChange) {
	than := words.T("on the run before")
	if !sameDays {
		than = words.T("on the run before, of other days")
	}
	for i := range t.tiles {
		var changes []controls.Change
		if i < len(before) {
			changes = append(changes, changed(before[i].Change, than))
		}
		if period != nil {
			changes = append(changes, changed([]comparison.Change{period.Revenue, period.Orders, period.AOV, {}}[i], against(*period)))
		}
		t.tiles[i].SetChanges(changes...)
	}
}

// changed is a change in words; nothing where it is not known.
func changed(c comparison.Change, than string) controls.Change {
	switch {
	case c.Same():
		return controls.Change{Shape: controls.Bar, Words: words.T("unchanged {{.Than}}", "Than", than)}
	case c.Relative == nil:
		return controls.Change{}
	case *c.Relative > 0:
		return controls.Change{Shape: controls.Up, Words: words.T("+{{.Part}} {{.Than}}", "Part", words.Percent(*c.Relative, 1), "Than", than)}
	}
	return controls.Change{Shape: controls.Down, Words: words.T("{{.Part}} {{.Than}}", "Part", words.Percent(*c.Relative, 1), "Than", than)}
}

// against names the earlier period, such as "Dec on Nov" or "Sep on Aug, days 1–26".
func against(p comparison.PeriodChange) string {
	switch {
	case p.Kind == comparison.MonthBefore && p.WholeMonths():
		return words.T("{{.Month}} on {{.Before}}", "Month", words.Month(p.From), "Before", words.Month(p.EarlierFrom))
	case p.Kind == comparison.MonthBefore && len(p.To) == len("2006-01-02"):
		return words.T("{{.Month}} on {{.Before}}, days {{.From}}–{{.To}}", "Month", words.Month(p.From), "Before", words.Month(p.EarlierFrom),
			"From", dayOf(p.From), "To", dayOf(p.To))
	case p.Kind == comparison.YearBefore && p.All:
		return words.T("on the year before")
	case p.Kind == comparison.YearBefore:
		return words.T("on the year before ({{.Days}})", "Days", words.Days(p.From, p.To))
	case !p.All:
		return words.T("{{.These}} on {{.Days}}", "These", words.Days(p.From, p.To), "Days", words.Days(p.EarlierFrom, p.EarlierTo))
	}
	return words.T("on {{.Days}}", "Days", words.Days(p.EarlierFrom, p.EarlierTo))
}

// dayOf is the day of the month of a day in the form YYYY-MM-DD.
func dayOf(iso string) string { return strings.TrimPrefix(iso[len(iso)-2:], "0") }
