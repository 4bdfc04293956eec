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
	"fabricportal/internal/services/results/parts"
)

// Points are the periods of a time series: its revenue, or its orders. open are those that are not whole.
func Points(s contract.TimeSeries, open map[int]comparison.Part, orders bool) chart.Series {
	out := chart.Series{
		Values: make([]float64, len(s.Points)),
		Label:  func(i int) string { return words.Day(s.Points[i].Period) },
		Readout: func(i int) string {
			p := s.Points[i]
			return named(p.Period, open[i], s.Granularity == "monthly") + " · " + words.Amount(p.Revenue) + " · " + words.N(p.Orders, "{{.N}} order", "{{.N}} orders")
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
	out.Open = slices.Sorted(maps.Keys(open))
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
	titles    [3]string
	headings  [3]*controls.Text
	by        *controls.Switch
	kpis      *contract.KPIs
	profile   *contract.ImportProfile
	parts     map[int]comparison.Part
	orders    bool
	monthly   bool
	part      *parts.Part // that is shown; nil is all
	onChosen  func(d parts.Dimension, key string, more bool)
	drawn     contract.TimeSeries // as the line has it
	chosen    []int               // and which of its points are chosen
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
	said := controls.Ends(controls.Line(style.Small, c.lineTitle), controls.Line(style.Small, c.oddBtn))
	head := controls.Ends(said, controls.Line(style.Small, append([]fyne.CanvasObject{what.Container, c.by.Container}, tools...)...))
	var panels []fyne.CanvasObject
	for i, title := range []string{words.T("Revenue by channel"), words.T("Revenue by region"), words.T("Revenue by category")} {
		c.bars[i] = chart.NewBars()
		heading := controls.NewHeading(title).Fitted(controls.Cut)
		c.titles[i], c.headings[i] = title, heading
		panel := c.titled(heading.Text, heading, c.bars[i])
		c.bars[i].OnMenu = panel.TappedAt
		panels = append(panels, panel)
	}
	upper := c.titled(c.lineTitle.Text, head, c.line)
	c.line.OnMenu = upper.TappedAt
	c.Container = container.New(splitLayout{12}, upper, controls.Equal(12, panels...))
	return c
}

// Choosing has the bars and the points of the line tell which part was clicked.
func (c *Charts) Choosing(name string, chosen func(d parts.Dimension, key string, more bool)) {
	c.onChosen = chosen
	for i, b := range c.bars {
		b.Name = name + "." + parts.Dimension(i).Column()
	}
	c.line.Name = name + "." + parts.Period.Column()
	c.Let([parts.Dimensions]bool{true, true, true, true})
}

// Let says by which dimensions something can be chosen.
func (c *Charts) Let(splits [parts.Dimensions]bool) {
	for i, b := range c.bars {
		b.OnChosen = nil
		if splits[i] && c.onChosen != nil {
			b.OnChosen = func(label string, more bool) { c.onChosen(parts.Dimension(i), label, more) }
		}
	}
	c.line.OnChosen = nil
	if splits[parts.Period] && c.onChosen != nil {
		c.line.OnChosen = func(i int, more bool) {
			if i < len(c.drawn.Points) {
				c.onChosen(parts.Period, c.drawn.Points[i].Period, more)
			}
		}
	}
}

// SetPart shows a part of a snapshot: in each chart what could be chosen in place of its own keys, beside these. Set shows all again.
func (c *Charts) SetPart(p *parts.Part, whole *contract.KPIs, profile *contract.ImportProfile) {
	c.kpis, c.profile, c.part = whole, profile, p
	c.draw()
}

func (c *Charts) titled(name func() string, title, body fyne.CanvasObject) *controls.Menued {
	panel := controls.Panel(12, controls.Border(controls.Pad(0, style.Small, 0, 0, title), nil, nil, nil, body))
	return controls.NewMenued(panel, func(at fyne.Position) {
		if c.Menu != nil {
			c.Menu(name(), panel, at)
		}
	})
}

// Set shows a snapshot. The profile of its file, which may be nil, knows of which days a month is that is not over.
func (c *Charts) Set(k *contract.KPIs, profile *contract.ImportProfile) {
	c.kpis, c.profile, c.part = k, profile, nil
	c.draw()
}

func (c *Charts) draw() {
	c.drawLine()
	if c.kpis == nil {
		for _, b := range c.bars {
			b.Set(nil, chart.Rest{})
		}
		return
	}
	for i, heading := range c.headings {
		heading.Set(c.ofPart(c.titles[i], parts.Dimension(i)))
	}
	for i, shares := range [][]contract.Share{c.kpis.RevenueByChannel, c.kpis.RevenueByRegion, c.kpis.RevenueByProductCategory} {
		var keys []string
		if c.part != nil {
			shares, keys = c.part.Around[i], c.part.Filter[i]
		}
		bars, rest := Bars(shares)
		for j := range bars {
			bars[j].Chosen = slices.Contains(keys, bars[j].Label)
		}
		c.bars[i].Set(bars, rest)
	}
}

// ofPart is a chart's title with the part that it is of, which its own dimension does not narrow: a picture of it says so, too.
func (c *Charts) ofPart(title string, own parts.Dimension) string {
	if c.part == nil {
		return title
	}
	f := c.part.Filter
	if f[own] = nil; f.All() {
		return title
	}
	return title + " · " + PartText(f)
}

// chosenPoints are the points of a series that are chosen: those of a chosen period, of one that holds them, or that hold one.
func (c *Charts) chosenPoints(s contract.TimeSeries) (out []int) {
	if c.part == nil {
		return nil
	}
	for i, p := range s.Points {
		if slices.ContainsFunc(c.part.Filter[parts.Period], func(chosen string) bool {
			return strings.HasPrefix(p.Period, chosen) || strings.HasPrefix(chosen, p.Period)
		}) {
			out = append(out, i)
		}
	}
	return out
}

func (c *Charts) drawLine() {
	var series contract.TimeSeries
	if c.kpis != nil {
		series = c.kpis.TimeSeries
	}
	if c.part != nil {
		series = c.part.Series
	}
	controls.Toggle(c.by.Container, series.Granularity != "monthly") // what is kept by month has no days to show
	if c.monthly {
		series = anomalies.Monthly(series)
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
	c.lineTitle.Set(c.ofPart(title, parts.Period))
	open := map[int]comparison.Part{}
	if c.kpis != nil {
		open = comparison.Parts(c.kpis, c.profile, series)
	}
	chosen := c.chosenPoints(series)
	if c.of == c.orders && slices.Equal(chosen, c.chosen) && c.drawn.Granularity == series.Granularity && slices.Equal(c.drawn.Points, series.Points) && maps.Equal(c.parts, open) {
		return // a read-out stays
	}
	c.drawn, c.of, c.parts, c.chosen = series, c.orders, open, chosen
	figure := anomalies.OfRevenue
	if c.orders {
		figure = anomalies.OfOrders
	}
	c.odd = nil
	if c.kpis != nil {
		c.odd = anomalies.In(c.kpis, c.profile, series, figure)
	}
	c.oddBtn.SetText(oddCount(c.odd) + "…")
	controls.Toggle(c.oddBtn, len(c.odd) > 0 && c.ShowOdd != nil)
	points := WithOdd(Points(series, open, c.orders), c.odd)
	points.Chosen = chosen
	c.line.Set(points)
}

// splitLayout shares the height between the line and the bars.
type splitLayout struct{ gap float32 }

func (l splitLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height+b.Height+l.gap)
}

func (l splitLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	// The bars need no more than a few rows; what is left above that goes to the line.
	lower := min(max(o[1].MinSize().Height, (size.Height-l.gap)*0.5), style.Roomy(200))
	upper := size.Height - l.gap - lower
	o[0].Resize(fyne.NewSize(size.Width, upper))
	o[0].Move(fyne.NewPos(0, 0))
	o[1].Resize(fyne.NewSize(size.Width, lower))
	o[1].Move(fyne.NewPos(0, upper+l.gap))
}
