package kpiview

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/contract"
	"fabricportal/internal/gui/chart"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/anomalies"
	"fabricportal/internal/services/results/comparison"
)

// Monthly is a series with the days of each month added up.
func Monthly(s contract.TimeSeries) contract.TimeSeries {
	if s.Granularity == "monthly" {
		return s
	}
	out := contract.TimeSeries{Granularity: "monthly"}
	for _, p := range s.Points {
		if len(p.Period) < 7 {
			continue
		}
		month := p.Period[:7]
		if n := len(out.Points); n == 0 || out.Points[n-1].Period != month {
			out.Points = append(out.Points, contract.Point{Period: month})
		}
		last := &out.Points[len(out.Points)-1]
		last.Revenue += p.Revenue
		last.Orders += p.Orders
	}
	return out
}

// Points are the periods of a time series: its revenue, or its orders. parts are those that are not whole.
func Points(s contract.TimeSeries, parts map[int]comparison.Part, orders bool) chart.Series {
	out := chart.Series{
		Values: make([]float64, len(s.Points)),
		Label:  func(i int) string { return words.Day(s.Points[i].Period) },
		Readout: func(i int) string {
			p := s.Points[i]
			return named(p.Period, parts[i], s.Granularity == "monthly") + " · " + words.Amount(p.Revenue) + " · " + words.N(p.Orders, "{{.N}} order", "{{.N}} orders")
		},
	}
	for i, p := range s.Points {
		if s.Granularity != "monthly" && strings.HasSuffix(p.Period, "-01") {
			out.Marks = append(out.Marks, i)
		}
		out.Values[i] = p.Revenue
		if orders {
			out.Values[i] = float64(p.Orders)
		}
	}
	out.Open = slices.Sorted(maps.Keys(parts))
	return out
}

// named is a period in words, and of which of its days a point is that is not of all of them, such as "Sep 2025 (to 26 Sep 2025)".
func named(period string, part comparison.Part, monthly bool) string {
	name := words.Day(period)
	switch {
	case part == comparison.Part{}:
		return name
	case !monthly:
		return words.T("{{.Day}} (not over)", "Day", name)
	case part.From == "":
		return words.T("{{.Month}} (to {{.Day}})", "Month", name, "Day", words.Day(part.To))
	case part.To == "":
		return words.T("{{.Month}} (from {{.Day}})", "Month", name, "Day", words.Day(part.From))
	}
	return words.T("{{.Month}} ({{.Days}})", "Month", name, "Days", words.Days(part.From, part.To))
}

// mostBars is how many keys of a breakdown are worded; more have no place in any window.
const mostBars = 60

// Bars are the greatest keys of a breakdown, and what the others add up to.
func Bars(shares []contract.Share) ([]chart.Bar, chart.Rest) {
	var total float64
	for _, s := range shares {
		total += s.Revenue
	}
	greatest, rest := shares, chart.Rest{}
	if len(shares) > mostBars {
		greatest = slices.Clone(shares)
		slices.SortStableFunc(greatest, func(a, b contract.Share) int { return cmp.Compare(b.Revenue, a.Revenue) })
		for _, s := range greatest[mostBars:] {
			rest.N++
			rest.Value += s.Revenue
		}
		greatest = greatest[:mostBars]
	}
	out := make([]chart.Bar, 0, len(greatest))
	for _, s := range greatest {
		part := ""
		if total > 0 && s.Revenue >= 0 {
			part = " · " + words.Percent(s.Revenue/total, 0)
		}
		out = append(out, chart.Bar{
			Label: s.Key, Value: s.Revenue, Text: words.Short(s.Revenue) + part,
			Readout: s.Key + " · " + words.Amount(s.Revenue) + " · " + words.N(s.Orders, "{{.N}} order", "{{.N}} orders"),
		})
	}
	return out, rest
}

// Charts shows the line over time and the breakdowns.
type Charts struct {
	*fyne.Container
	// Menu is what a click with the right button on a chart asks for: the chart's title and place. It may be nil.
	Menu func(title string, panel fyne.CanvasObject, at fyne.Position)
	// ShowOdd shows the list of unusual days; they are only marked where it is nil.
	ShowOdd func(title string, list fyne.CanvasObject)

	line      *chart.Line
	lineTitle *controls.Text
	bars      [3]*chart.Bars
	by        *controls.Switch
	kpis      *contract.KPIs
	profile   *contract.ImportProfile
	parts     map[int]comparison.Part
	orders    bool
	monthly   bool
	drawn     contract.TimeSeries // as the line has it
	of        bool                // and whether it is of orders
	odd       []anomalies.Mark
	oddBtn    *controls.Button
}

// NewCharts is empty charts; name is for the probe, tools stand at the right end of the line's title.
func NewCharts(name string, tools ...fyne.CanvasObject) *Charts {
	c := &Charts{line: chart.NewLine(words.Axis), lineTitle: controls.NewHeading(words.T("Revenue by day")).Fitted(controls.Cut)}
	what := controls.NewSwitch([]string{name + ".revenue", name + ".orders"}, []string{words.T("Revenue"), words.T("Orders")}, func(i int) {
		c.orders = i == 1
		c.drawLine()
	})
	c.by = controls.NewSwitch([]string{name + ".day", name + ".month"}, []string{words.T("Day"), words.T("Month")}, func(i int) {
		c.monthly = i == 1
		c.drawLine()
	})
	c.oddBtn = controls.NewQuiet(name+".odd", "", func() { c.ShowOdd(c.lineTitle.Text()+" · "+oddCount(c.odd), OddList(c.odd)) })
	c.oddBtn.Hide()
	head := controls.Line(style.Small, append([]fyne.CanvasObject{c.lineTitle, controls.Fill(), c.oddBtn, what.Container, c.by.Container}, tools...)...)
	var panels []fyne.CanvasObject
	for i, title := range []string{words.T("Revenue by channel"), words.T("Revenue by region"), words.T("Revenue by category")} {
		c.bars[i] = chart.NewBars()
		panels = append(panels, c.titled(func() string { return title }, controls.NewHeading(title).Fitted(controls.Cut), c.bars[i]))
	}
	c.Container = container.New(splitLayout{12}, c.titled(c.lineTitle.Text, head, c.line), controls.Equal(12, panels...))
	return c
}

func (c *Charts) titled(name func() string, title, body fyne.CanvasObject) fyne.CanvasObject {
	panel := controls.Panel(12, container.NewBorder(controls.Pad(0, style.Small, 0, 0, title), nil, nil, nil, body))
	return controls.NewMenued(panel, func(at fyne.Position) {
		if c.Menu != nil {
			c.Menu(name(), panel, at)
		}
	})
}

// Set shows a snapshot. The profile of its file, which may be nil, knows of which days a month is that is not over.
func (c *Charts) Set(k *contract.KPIs, profile *contract.ImportProfile) {
	c.kpis, c.profile = k, profile
	c.drawLine()
	if k == nil {
		for _, b := range c.bars {
			b.Set(nil, chart.Rest{})
		}
		return
	}
	c.bars[0].Set(Bars(k.RevenueByChannel))
	c.bars[1].Set(Bars(k.RevenueByRegion))
	c.bars[2].Set(Bars(k.RevenueByProductCategory))
}

func (c *Charts) drawLine() {
	var series contract.TimeSeries
	if c.kpis != nil {
		series = c.kpis.TimeSeries
	}
	controls.Toggle(c.by.Container, series.Granularity != "monthly") // what is kept by month has no days to show
	if c.monthly {
		series = Monthly(series)
	}
	monthly := series.Granularity == "monthly"
	title := words.T("Revenue by day")
	switch {
	case c.orders && monthly:
		title = words.T("Orders by month")
	case c.orders:
		title = words.T("Orders by day")
	case monthly:
		title = words.T("Revenue by month")
	}
	c.lineTitle.Set(title)
	parts := map[int]comparison.Part{}
	if c.kpis != nil {
		parts = comparison.Parts(c.kpis, c.profile, series)
	}
	if c.of == c.orders && c.drawn.Granularity == series.Granularity && slices.Equal(c.drawn.Points, series.Points) && maps.Equal(c.parts, parts) {
		return // a read-out stays
	}
	c.drawn, c.of, c.parts = series, c.orders, parts
	c.odd = Odd(series, parts, c.orders)
	c.oddBtn.SetText(oddCount(c.odd) + "…")
	controls.Toggle(c.oddBtn, len(c.odd) > 0 && c.ShowOdd != nil)
	c.line.Set(WithOdd(Points(series, parts, c.orders), c.odd))
}

// splitLayout shares the height between the line and the bars.
type splitLayout struct{ gap float32 }

func (l splitLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height+b.Height+l.gap)
}

func (l splitLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	// The bars need no more than a few rows; what is left above that goes to the line.
	lower := min(max(o[1].MinSize().Height, (size.Height-l.gap)*0.5), 200)
	upper := size.Height - l.gap - lower
	o[0].Resize(fyne.NewSize(size.Width, upper))
	o[0].Move(fyne.NewPos(0, 0))
	o[1].Resize(fyne.NewSize(size.Width, lower))
	o[1].Move(fyne.NewPos(0, upper+l.gap))
}
