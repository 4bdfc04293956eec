package kpiview

import (
	"fyne.io/fyne/v2"

	"fabricportal/contract"
	"fabricportal/internal/gui/chart"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/comparison"
)

// Tiles shows the four figures beside each other.
type Tiles struct {
	*fyne.Container
	tiles   [4]*controls.Tile
	sparks  [4]*chart.Spark
	missing *controls.Banner // beside the sums: what is missing from them
}

// NewTiles is empty tiles.
func NewTiles() *Tiles {
	t := &Tiles{}
	var boxes []fyne.CanvasObject
	for i, f := range Figures(nil) {
		t.sparks[i] = chart.NewSpark(fyne.NewSize(72, 28))
		t.tiles[i] = controls.NewTile(f.Caption, t.sparks[i])
		boxes = append(boxes, t.tiles[i].Container)
	}
	t.missing = controls.NewBanner()
	t.Container = controls.Column(style.Tight, controls.Equal(12, boxes...), t.missing.Container)
	return t
}

// Set shows a snapshot.
func (t *Tiles) Set(k *contract.KPIs) {
	for i, f := range Figures(k) {
		t.tiles[i].Set(f.Value, f.Note)
		t.sparks[i].Set(trend(k, i))
	}
	t.missing.Set(MissingState(k), MissingFrom(k))
	if d := ConversionDetail(k); d != "" {
		t.tiles[3].SetCaption(words.T("Conversion") + " · " + d)
	} else {
		t.tiles[3].SetCaption(words.T("Conversion"))
	}
}

// trend is the run of the i-th figure by month, where there are a few of them, else by the series' own periods.
func trend(k *contract.KPIs, i int) []float64 {
	if k == nil || i > 2 {
		return nil
	}
	points := Monthly(k.TimeSeries).Points
	if len(points) < 6 {
		points = k.TimeSeries.Points
	}
	var out []float64
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
	return out
}

// SetChanges says how the figures stand to those of the run before and of the same period before; both may be nil. Its
// lines keep their place from the first call on, so that nothing below moves when the answers come.
func (t *Tiles) SetChanges(before []comparison.Figure, period *comparison.PeriodChange) {
	for i := range t.tiles {
		var changes []controls.Change
		if i < len(before) {
			changes = append(changes, changed(before[i].Change, words.T("on the run before")))
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

// against names the earlier period, such as on Nov 2025.
func against(p comparison.PeriodChange) string {
	if p.Kind == comparison.MonthBefore && len(p.From) >= 7 && len(p.EarlierFrom) >= 7 {
		return words.T("{{.Month}} on {{.Before}}", "Month", words.Month(p.From), "Before", words.Month(p.EarlierFrom))
	}
	if p.Kind == comparison.YearBefore {
		return words.T("on the year before")
	}
	return words.T("on {{.Days}}", "Days", words.Days(p.EarlierFrom, p.EarlierTo))
}
