// Package kpiview shows a KPI snapshot: four tiles, the line over time, the three breakdowns. Import, Results and Archive
// share it.
package kpiview

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/contract"
	"fabricportal/internal/gui/chart"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/look"
	"fabricportal/internal/gui/words"
)

// Figure is a KPI ready to be drawn.
type Figure struct{ Caption, Value, Note string }

// Figures are revenue, orders, average order and conversion.
func Figures(k *contract.KPIs) [4]Figure {
	f := [4]Figure{{Caption: words.T("Revenue")}, {Caption: words.T("Orders")}, {Caption: words.T("Average order")}, {Caption: words.T("Conversion")}}
	for i := range f {
		f[i].Value = "–"
	}
	if k == nil {
		return f
	}
	f[0].Value, f[0].Note = words.Short(k.TotalRevenue), words.Amount(k.TotalRevenue)
	f[1].Value = words.Count(k.Orders)
	if k.UndatedOrders > 0 {
		f[1].Note = words.T("{{.N}} without a date", "N", words.Count(k.UndatedOrders))
	}
	if k.AOV != nil {
		f[2].Value, f[2].Note = words.Amount(*k.AOV), words.T("revenue / orders")
	} else {
		f[2].Note = words.T("there are no orders")
	}
	rate, ok := k.Conversion.Rate()
	if !ok {
		f[3].Note = words.T("visitors are not known")
		return f
	}
	f[3].Value, f[3].Note = words.Percent(rate, 2), definition(k.Conversion.Definition)
	return f
}

// definition is how the conversion rate is computed, in the user's language.
func definition(d string) string {
	switch d {
	case contract.ConvertingPerTotal:
		return words.T("converting visitors / total visitors")
	case contract.OrdersPerTotal:
		return words.T("orders / total visitors")
	}
	return d
}

// ConversionDetail is the figures behind the rate, such as 49,080 of 1,428,571 visitors; "" without them.
func ConversionDetail(k *contract.KPIs) string {
	if k == nil || k.Conversion == nil {
		return ""
	}
	c := k.Conversion
	part := k.Orders
	if c.ConvertingVisitors != nil {
		part = *c.ConvertingVisitors
	}
	return words.T("{{.Part}} of {{.All}}", "Part", words.Count(part), "All", words.Count(c.TotalVisitors))
}

// Points are the periods of the time series.
func Points(k *contract.KPIs) []chart.Point {
	if k == nil {
		return nil
	}
	out := make([]chart.Point, 0, len(k.TimeSeries.Points))
	for _, p := range k.TimeSeries.Points {
		day := words.Day(p.Period)
		out = append(out, chart.Point{
			Label: day, Value: p.Revenue,
			Readout: day + " · " + words.Amount(p.Revenue) + " · " + words.Counted(p.Orders, "order", "orders"),
		})
	}
	return out
}

// Bars are the keys of a breakdown.
func Bars(shares []contract.Share) []chart.Bar {
	out := make([]chart.Bar, 0, len(shares))
	var total float64
	for _, s := range shares {
		total += s.Revenue
	}
	for _, s := range shares {
		text := words.Short(s.Revenue)
		if total > 0 && s.Revenue >= 0 {
			text += " · " + words.Percent(s.Revenue/total, 0)
		}
		out = append(out, chart.Bar{Label: s.Key, Value: s.Revenue, Text: text})
	}
	return out
}

// Tiles shows the four figures beside each other.
type Tiles struct {
	*fyne.Container
	tiles [4]*controls.Tile
}

// NewTiles is empty tiles.
func NewTiles() *Tiles {
	t := &Tiles{}
	var boxes []fyne.CanvasObject
	for i, f := range Figures(nil) {
		t.tiles[i] = controls.NewTile(f.Caption)
		boxes = append(boxes, t.tiles[i].Container)
	}
	t.Container = controls.Equal(12, boxes...)
	return t
}

// Set shows a snapshot.
func (t *Tiles) Set(k *contract.KPIs) {
	figures := Figures(k)
	for i, f := range figures {
		note := f.Note
		t.tiles[i].Set(f.Value, note)
	}
	if d := ConversionDetail(k); d != "" {
		t.tiles[3].SetCaption(words.T("Conversion") + " · " + d)
	} else {
		t.tiles[3].SetCaption(words.T("Conversion"))
	}
}

// Charts shows the line and the breakdowns.
type Charts struct {
	*fyne.Container
	line      *chart.Line
	lineTitle *controls.Text
	bars      [3]*chart.Bars
}

// NewCharts is empty charts.
func NewCharts() *Charts {
	c := &Charts{line: chart.NewLine(words.Axis), lineTitle: controls.NewHeading(words.T("Revenue by day"))}
	var panels []fyne.CanvasObject
	for i, title := range []string{words.T("Revenue by channel"), words.T("Revenue by region"), words.T("Revenue by category")} {
		c.bars[i] = chart.NewBars()
		panels = append(panels, titled(controls.NewHeading(title).Fitted(controls.Cut), c.bars[i]))
	}
	c.Container = container.New(splitLayout{12}, titled(c.lineTitle, c.line), controls.Equal(12, panels...))
	return c
}

func titled(title, body fyne.CanvasObject) *fyne.Container {
	return controls.Panel(12, container.NewBorder(controls.Pad(0, look.Small, 0, 0, title), nil, nil, nil, body))
}

// Set shows a snapshot.
func (c *Charts) Set(k *contract.KPIs) {
	c.line.Set(Points(k))
	if k == nil {
		for _, b := range c.bars {
			b.Set(nil)
		}
		return
	}
	title := words.T("Revenue by day")
	if k.TimeSeries.Granularity == "monthly" {
		title = words.T("Revenue by month")
	}
	c.lineTitle.Set(title)
	c.bars[0].Set(Bars(k.RevenueByChannel))
	c.bars[1].Set(Bars(k.RevenueByRegion))
	c.bars[2].Set(Bars(k.RevenueByProductCategory))
}

// splitLayout shares the height between the line and the bars.
type splitLayout struct{ gap float32 }

func (l splitLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height+b.Height+l.gap)
}

func (l splitLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	// The bars need no more than a few rows; what is left above that goes to the line.
	lower := min(max(o[1].MinSize().Height, (size.Height-l.gap)*0.54), 260)
	upper := size.Height - l.gap - lower
	o[0].Resize(fyne.NewSize(size.Width, upper))
	o[0].Move(fyne.NewPos(0, 0))
	o[1].Resize(fyne.NewSize(size.Width, lower))
	o[1].Move(fyne.NewPos(0, upper+l.gap))
}
