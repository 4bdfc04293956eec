package gui

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/gui/chart"
	"fabricportal/internal/gui/parts"
	"fabricportal/internal/gui/theme"
	"fabricportal/internal/services/artifacts"
	"fabricportal/internal/services/feeds"
)

// resultsScreen shows what current/ holds.
type resultsScreen struct {
	w    *Window
	root fyne.CanvasObject
	kpis *contract.KPIs // those on the screen, so that they are drawn once

	source, note    *widget.Label
	tiles           []*tile
	line            *chart.Line
	bars            []*chart.Bars
	series          *widget.Label
	preview         *parts.Table
	previewTitle    *widget.Label
	pages           []fyne.CanvasObject
	pageButtons     []*widget.Button
	body, emptyNote fyne.CanvasObject
}

// tile is one figure.
type tile struct {
	card                 *parts.Card
	name, value, caption *widget.Label
}

func newTile(name string) *tile {
	t := &tile{name: parts.Caption(name), value: parts.Heading("–"), caption: parts.Caption("")}
	t.card = parts.NewCard(container.New(layout.NewCustomPaddedVBoxLayout(-8), t.name, t.value, t.caption))
	return t
}

func newResultsScreen(w *Window) *resultsScreen {
	s := &resultsScreen{w: w, source: parts.Label(""), note: parts.Wrapped(""), series: parts.Bold(""), previewTitle: parts.Bold("")}
	s.note.Importance = widget.WarningImportance
	tiles := container.NewGridWithColumns(4)
	for _, name := range []string{lang.L("Revenue"), lang.L("Orders"), lang.L("Average order"), lang.L("Conversion")} {
		t := newTile(name)
		s.tiles = append(s.tiles, t)
		tiles.Add(t.card)
	}
	s.line = chart.NewLine(format.Short)
	charts := container.NewGridWithColumns(3)
	for _, name := range []string{lang.L("Revenue by channel"), lang.L("Revenue by region"), lang.L("Revenue by product category")} {
		b := chart.NewBars(theme.Chart)
		s.bars = append(s.bars, b)
		charts.Add(parts.NewCard(container.NewBorder(parts.Bold(name), nil, nil, nil, b)))
	}
	s.preview = parts.NewTable(nil, nil)
	lineCard := parts.NewCard(container.NewBorder(s.series, nil, nil, nil, s.line))
	s.pages = []fyne.CanvasObject{
		container.NewVScroll(container.NewVBox(tiles, height(lineCard, 220), charts)),
		parts.NewCard(container.NewBorder(s.previewTitle, nil, nil, nil, s.preview)),
	}
	s.body = container.NewBorder(s.pageBar(), nil, nil, nil, container.NewStack(s.pages...))
	s.emptyNote = container.NewCenter(parts.Plain(lang.L("Nothing has been published yet. Run the pipeline on a file, and its results appear here.")))
	s.root = container.NewBorder(container.New(layout.NewCustomPaddedVBoxLayout(-6), s.source, s.note), nil, nil, nil, container.NewStack(s.body, s.emptyNote))
	s.page(0)
	s.show(feeds.Results{})
	return s
}

// pageBar chooses between the figures and the data, and fetches the files.
func (s *resultsScreen) pageBar() fyne.CanvasObject {
	bar := container.New(layout.NewCustomPaddedHBoxLayout(4))
	for i, p := range []struct{ text, name string }{{lang.L("Figures"), "results.figures"}, {lang.L("Cleaned data"), "results.data"}} {
		b := widget.NewButton(p.text, func() { s.page(i) })
		s.w.opts.Probe.Register(p.name, b)
		s.pageButtons = append(s.pageButtons, b)
		bar.Add(b)
	}
	bar.Add(layout.NewSpacer())
	for _, f := range []struct {
		text, name string
		do         func()
	}{
		{lang.L("Open CSV"), "results.open_csv", func() { s.fetchAndOpen(artifacts.CSVFile) }},
		{lang.L("Download CSV…"), "results.download_csv", func() { s.download(artifacts.CSVFile) }},
		{lang.L("Open Parquet"), "results.open_parquet", func() { s.fetchAndOpen(artifacts.ParquetFile) }},
		{lang.L("Download Parquet…"), "results.download_parquet", func() { s.download(artifacts.ParquetFile) }},
	} {
		b := widget.NewButton(f.text, f.do)
		s.w.opts.Probe.Register(f.name, b)
		bar.Add(b)
	}
	return bar
}

func (s *resultsScreen) page(i int) {
	for k, p := range s.pages {
		parts.Show(p, k == i)
		s.pageButtons[k].Importance = widget.LowImportance
		if k == i {
			s.pageButtons[k].Importance = widget.HighImportance
		}
		s.pageButtons[k].Refresh()
	}
}

// height gives an object at least a height.
func height(o fyne.CanvasObject, h float32) fyne.CanvasObject {
	return container.NewStack(parts.NewSwatch(theme.Surface, fyne.NewSize(10, h), 8), o)
}

func (s *resultsScreen) content() fyne.CanvasObject { return s.root }

func (s *resultsScreen) frame(feeds.Frame) {}

func (s *resultsScreen) show(snap feeds.Results) {
	note := snap.Sentence
	if note == "" && snap.Updating {
		note = lang.L("The published results are being updated at this moment: the figures below may belong to two runs. They are read again by themselves.")
	}
	parts.SetText(s.note, note)
	parts.Show(s.note, note != "")
	parts.Show(s.body, snap.KPIs != nil)
	parts.Show(s.emptyNote, snap.Loaded && snap.Empty)
	parts.SetText(s.source, sourceLine(snap, time.Now()))
	if snap.KPIs == nil || snap.KPIs == s.kpis {
		return
	}
	k := snap.KPIs
	s.kpis = k
	s.showTiles(k)
	parts.SetText(s.series, seriesTitle(k))
	s.line.Set(points(k))
	for i, shares := range [][]contract.Share{k.RevenueByChannel, k.RevenueByRegion, k.RevenueByProductCategory} {
		s.bars[i].Set(barsOf(shares, k.TotalRevenue))
	}
	var columns []parts.Column
	for _, name := range snap.Preview.Columns {
		columns = append(columns, parts.Column{Title: name, Width: 130})
	}
	s.preview.SetColumns(columns, snap.Preview.Rows)
	parts.SetText(s.previewTitle, fmt.Sprintf(lang.L("Cleaned data: first %s of %s rows"), format.Count(int64(len(snap.Preview.Rows))), format.Count(snap.Preview.Total)))
}

// sourceLine says where the figures come from.
func sourceLine(r feeds.Results, now time.Time) string {
	switch {
	case !r.Loaded:
		return lang.L("Reading the published results")
	case r.KPIs == nil:
		return lang.L("Source") + ": " + r.Source
	}
	facts := []string{lang.L("Source") + ": " + r.Source + "/", r.KPIs.SourceFile}
	if r.Run != nil {
		text := fmt.Sprintf(lang.L("run %s by %s"), shortID(r.Run.ID), r.Run.TriggeredBy)
		if r.Run.FinishedAt != nil {
			text += ", " + format.Time(*r.Run.FinishedAt, now)
		}
		facts = append(facts, text)
	}
	if r.Restored != nil {
		facts = append(facts, fmt.Sprintf(lang.L("restored by %s, %s"), r.Restored.RestoredBy, format.Time(r.Restored.RestoredAt, now)))
	}
	return strings.Join(facts, "  ·  ")
}

func (s *resultsScreen) showTiles(k *contract.KPIs) {
	set := func(i int, value, caption string) {
		parts.SetText(s.tiles[i].value, value)
		parts.SetText(s.tiles[i].caption, caption)
	}
	set(0, format.Short(k.TotalRevenue), format.Money(k.TotalRevenue))
	undated := ""
	if k.UndatedOrders > 0 {
		undated = fmt.Sprintf(lang.L("%s of them without a date"), format.Count(k.UndatedOrders))
	}
	set(1, format.Count(k.Orders), undated)
	if k.AOV != nil {
		set(2, format.Money(*k.AOV), lang.L("revenue / orders"))
	} else {
		set(2, "–", lang.L("there are no orders"))
	}
	if rate, ok := k.Conversion.Rate(); ok {
		set(3, format.Percent(rate), k.Conversion.Definition)
	} else {
		set(3, "–", lang.L("no visitor figures are known"))
	}
}

func seriesTitle(k *contract.KPIs) string {
	if k.TimeSeries.Granularity == "monthly" {
		return lang.L("Revenue by month")
	}
	return lang.L("Revenue by day")
}

func points(k *contract.KPIs) []chart.Point {
	var out []chart.Point
	for _, p := range k.TimeSeries.Points {
		day := format.Day(p.Period)
		out = append(out, chart.Point{Label: day, Value: p.Revenue,
			ReadOut: fmt.Sprintf("%s: %s, %s %s", day, format.Money(p.Revenue), format.Count(p.Orders), lang.L("orders"))})
	}
	return out
}

// mostBars bounds how many bars are drawn; what is left is one bar.
const mostBars = 8

func barsOf(shares []contract.Share, total float64) []chart.Bar {
	var out []chart.Bar
	rest, left := 0.0, 0
	for i, s := range shares {
		if i >= mostBars-1 && len(shares) > mostBars {
			rest += s.Revenue
			left++
			continue
		}
		out = append(out, bar(s.Key, s.Revenue, total))
	}
	if left > 0 {
		out = append(out, bar(fmt.Sprintf(lang.L("%d others"), left), rest, total))
	}
	return out
}

func bar(key string, value, total float64) chart.Bar {
	text := format.Short(value)
	if total > 0 {
		text += fmt.Sprintf(" · %.0f %%", value/total*100)
	}
	return chart.Bar{Key: key, Value: value, Text: text}
}

// download asks where to, and saves.
func (s *resultsScreen) download(name string) {
	s.w.saveAs(artifacts.CurrentFolder+"/"+name, name)
}

// saveAs asks for a place on this computer and downloads a lakehouse file to it.
func (w *Window) saveAs(path, name string) {
	d := dialog.NewFileSave(func(f fyne.URIWriteCloser, err error) {
		if err != nil {
			w.fail(lang.L("The file was not saved"), err)
			return
		}
		if f == nil {
			return
		}
		local := f.URI().Path()
		if err := f.Close(); err != nil {
			w.fail(lang.L("The file was not saved"), err)
			return
		}
		w.fetch(path, local, func(saved string) { w.header.say(fmt.Sprintf(lang.L("Saved as %s"), saved)) })
	}, w.win)
	d.SetFileName(name)
	d.SetFilter(storage.NewExtensionFileFilter([]string{filepath.Ext(name)}))
	w.showFiles(d)
}

// fetch downloads a lakehouse file; local "" means the user's folder for downloads.
func (w *Window) fetch(path, local string, then func(saved string)) {
	name := path[strings.LastIndexByte(path, '/')+1:]
	report := w.reporter(func(share float64) {
		w.header.say(fmt.Sprintf(lang.L("Downloading %s: %d %%"), name, int(share*100)))
	})
	w.task(func(ctx context.Context) func() {
		saved, err := w.opts.Actions.Download(ctx, path, local, report)
		return func() {
			if err != nil {
				w.header.say("")
				w.fail(lang.L("The file was not downloaded"), err)
				return
			}
			then(saved)
		}
	})
}

// fetchAndOpen downloads a published file to the user's folder for downloads and opens it with its own program.
func (s *resultsScreen) fetchAndOpen(name string) {
	s.w.fetch(artifacts.CurrentFolder+"/"+name, "", func(saved string) {
		s.w.header.say(fmt.Sprintf(lang.L("Saved as %s"), saved))
		if err := s.w.opts.OpenURL(fileURL(saved)); err != nil {
			s.w.tell(lang.L("No program opened the file"), fmt.Sprintf(lang.L("It was saved as %s."), saved))
		}
	})
}
