package export

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/results/anomalies"
	"fabricportal/internal/services/results/comparison"
)

// Texts are the English texts of a workbook, which Book.Word is asked to translate.
var Texts = []string{
	"KPIs", "By channel", "By region", "By category", "Over time", "Data",
	"Revenue", "Orders", "Average order value", "Conversion rate", "Conversion is defined as",
	"Source", "Run", "Import file", "Started by", "Finished", "Written", "Rows of data in this workbook",
	"Channel", "Region", "Category", "Day", "Month", "Share of revenue", "Orders without a date",
	"Revenue by channel", "Revenue by region", "Revenue by category", "Revenue over time", "Orders over time",
	"Excel holds at most 1,048,576 rows a sheet. Rows left out:", "Texts that were cut to 32,767 characters:",
	"Text is kept as text: nothing in this workbook is a formula.",
	"Conversion is of the days", "Average without orders that have no amount", "Revenue in {{.Currency}}", "Revenue without a currency", "Counted though returned or cancelled",
	"order_ids that differ in case only",
	"Missing: amounts that can't be read", "Missing: orders without an amount", "Missing: rows without an order_id", "Missing: rows that repeat an order_id", "Missing: shifted rows",
	"Filtered", "Only rows with", "Only the part with", "Orders in the whole table",
	"Figures and charts are of all rows, and are not in this workbook.", "Not whole", "only to {{.Day}}", "only from {{.Day}}", "only {{.From}} to {{.To}}",
	"Not in the series: orders without a date", "Left out: repeated headers", "Left out: rows without a letter or digit", "Left out: notes", "Left out: totals",
	"Left out: possible totals", "Left out: rows at the end",
	"Unusual", "Unusual days", "Unusual months", "Figure", "Value", "Usual from", "Usual to", "Against the usual", "What was usual", "The week before", "The month before",
	"{{.N}} weeks before", "{{.N}} months before",
}

// colours of the charts: the first of Okabe and Ito's palette, which colour-blind people can tell apart.
const (
	blue   = "0072B2"
	orange = "E69F00"
)

func (b *bookWriter) writeSummary(sheet string) error {
	row := 0
	var failed error
	put := func(column, style string, value any) {
		cell := column + strconv.Itoa(row)
		var err error
		if text, ok := value.(string); ok {
			err = b.f.SetCellStr(sheet, cell, b.cut(text)) // a text whatever it looks like
		} else {
			err = b.f.SetCellValue(sheet, cell, value)
		}
		if err == nil && style != "" {
			err = b.f.SetCellStyle(sheet, cell, cell, b.styles[style])
		}
		if err != nil && failed == nil {
			failed = err
		}
	}
	line := func(name, style string, value any) {
		row++
		put("A", styleName, b.Word(name))
		put("B", style, value)
	}
	when := func(name string, t time.Time) {
		if !t.IsZero() {
			// Excel knows no zones: the time is shown in the zone of Written, which is named.
			line(name, "", format.StampIn(t, b.Written.Location()))
		}
	}
	row++
	put("A", styleTitle, b.Title)
	row++
	if len(b.Filter) > 0 {
		for i, sentence := range b.Filter {
			row++
			if i == 0 {
				put("A", styleName, b.Word("Only rows with"))
			}
			put("B", "", b.cut(sentence))
		}
		if b.KPIs != nil {
			line("Orders in the whole table", styleCount, b.KPIs.Orders)
		}
		row++
	} else if k := b.KPIs; k != nil {
		for i, sentence := range b.Part {
			row++
			if i == 0 {
				put("A", styleName, b.Word("Only the part with"))
			}
			put("B", "", b.cut(sentence))
		}
		line("Revenue", styleMoney, k.TotalRevenue)
		line("Orders", styleCount, k.Orders)
		if k.AOV != nil {
			line("Average order value", styleMoney, *k.AOV)
		}
		if rate, ok := k.Conversion.Rate(); ok {
			line("Conversion rate", styleRate, rate)
			line("Conversion is defined as", "", k.Conversion.Definition)
			if p := k.Conversion.Period; p != nil {
				line("Conversion is of the days", "", p.From+" – "+p.To)
			}
		}
		line("Orders without a date", styleCount, k.UndatedOrders)
		for _, f := range beside(&k.Beside) {
			row++
			put("A", styleName, format.Fill(b.Word(f.name), "Currency", f.currency))
			put("B", f.style, f.value)
			if f.rows > 0 {
				put("C", styleCount, f.rows)
			}
		}
		for _, c := range k.Missing.Causes() { // rows beside their money
			line(causes[c.ID], styleMoney, c.Revenue)
			put("C", styleCount, c.Rows)
		}
		for _, l := range k.LeftOut {
			line(kinds[l.Kind], styleMoney, l.Revenue)
			put("C", styleCount, l.Rows)
		}
		for _, sentence := range b.Notes {
			row++
			put("A", styleNote, b.cut(sentence))
		}
		row++
	}
	for _, fact := range []struct{ name, value string }{{"Source", b.Source}, {"Run", b.RunID}, {"Import file", b.InputFile}, {"Started by", b.By}} {
		if fact.value != "" {
			line(fact.name, "", fact.value)
		}
	}
	when("Finished", b.Finished)
	when("Written", b.Written)
	if b.Data != nil {
		line("Rows of data in this workbook", styleCount, b.report.Rows)
	}
	row++
	note := func(text string) {
		row++
		put("A", styleNote, text)
	}
	if b.report.LeftOut > 0 {
		note(b.Word("Excel holds at most 1,048,576 rows a sheet. Rows left out:") + " " + strconv.Itoa(b.report.LeftOut))
	}
	if b.report.Cut > 0 {
		note(b.Word("Texts that were cut to 32,767 characters:") + " " + strconv.Itoa(b.report.Cut))
	}
	if len(b.Filter) > 0 {
		note(b.Word("Figures and charts are of all rows, and are not in this workbook."))
	}
	note(b.Word("Text is kept as text: nothing in this workbook is a formula."))
	if failed != nil {
		return failed
	}
	if err := b.f.SetColWidth(sheet, "A", "A", 32); err != nil {
		return err
	}
	return b.f.SetColWidth(sheet, "B", "B", 44)
}

// writeCharts adds a sheet with a table and its charts for each breakdown and for the series.
func (b *bookWriter) writeCharts() error {
	for _, part := range []struct {
		sheet, key, title string
		shares            []contract.Share
	}{
		{"By channel", "Channel", "Revenue by channel", b.KPIs.RevenueByChannel},
		{"By region", "Region", "Revenue by region", b.KPIs.RevenueByRegion},
		{"By category", "Category", "Revenue by category", b.KPIs.RevenueByProductCategory},
	} {
		if len(part.shares) == 0 {
			continue
		}
		if err := b.writeShares(part.sheet, part.key, part.title, part.shares); err != nil {
			return fmt.Errorf("writing the sheet %s: %w", part.sheet, err)
		}
	}
	if len(b.KPIs.TimeSeries.Points) == 0 {
		return nil
	}
	b.unusual = anomalies.Of(b.KPIs, b.Profile)
	if err := b.writeSeries(b.KPIs.TimeSeries); err != nil {
		return fmt.Errorf("writing the sheet over time: %w", err)
	}
	return b.writeUnusual()
}

// maxBars keeps a chart readable; the table holds all keys.
const maxBars = 30

func (b *bookWriter) writeShares(english, key, title string, shares []contract.Share) error {
	sheet, err := b.sheet(english)
	if err != nil {
		return err
	}
	rows := make([][]any, len(shares))
	total := b.KPIs.TotalRevenue
	for i, s := range shares {
		rows[i] = []any{s.Key, s.Revenue, s.Orders, nil}
		if total != 0 {
			rows[i][3] = s.Revenue / total
		}
	}
	if err := b.table(sheet, []string{key, "Revenue", "Orders", "Share of revenue"}, []string{"", styleMoney, styleCount, styleRate}, rows); err != nil {
		return err
	}
	bars := min(len(shares), maxBars)
	gap := uint(40)
	return b.f.AddChart(sheet, "F2", &excelize.Chart{
		Type: excelize.Bar, Series: []excelize.ChartSeries{b.series(sheet, "B", bars+1, blue)},
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: b.Word(title)}}},
		Legend:    excelize.ChartLegend{Position: "none"},
		Dimension: excelize.ChartDimension{Width: 640, Height: uint(160 + 26*bars)},
		// The largest stands on top, as in the table.
		XAxis:    excelize.ChartAxis{ReverseOrder: true},
		YAxis:    excelize.ChartAxis{MajorGridLines: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "#,##0"}},
		PlotArea: excelize.ChartPlotArea{ShowVal: true}, GapWidth: &gap,
	})
}

func (b *bookWriter) writeSeries(series contract.TimeSeries) error {
	sheet, err := b.sheet("Over time")
	if err != nil {
		return err
	}
	head, layout, form := "Day", time.DateOnly, "yyyy-mm-dd"
	if series.Granularity == "monthly" {
		head, layout, form = "Month", "2006-01", "yyyy-mm"
	}
	style, err := b.f.NewStyle(&excelize.Style{CustomNumFmt: &form})
	if err != nil {
		return err
	}
	b.styles["period"] = style
	rows := make([][]any, len(series.Points))
	asDates := !isStretched(series)
	for i, p := range series.Points {
		rows[i] = []any{p.Period, p.Revenue, p.Orders}
		if t, err := time.Parse(layout, p.Period); asDates && err == nil && inExcel(t) {
			rows[i][0] = serial(t)
		}
	}
	heads, styles := []string{head, "Revenue", "Orders"}, []string{"period", styleMoney, styleCount}
	if parts := comparison.Parts(b.KPIs, b.Profile, series); len(parts) > 0 { // what is not over is no fall
		heads, styles = append(heads, "Not whole"), append(styles, "")
		for i := range rows {
			rows[i] = append(rows[i], b.partText(parts, i))
		}
	}
	if b.unusual[0].Any() {
		heads, styles = append(heads, "Unusual"), append(styles, "")
		for i := range rows {
			rows[i] = append(rows[i], b.marked(i))
		}
	}
	if err := b.table(sheet, heads, styles, rows); err != nil {
		return err
	}
	for _, c := range []struct{ cell, column, title, colour string }{{"F2", "B", "Revenue over time", blue}, {"F24", "C", "Orders over time", orange}} {
		err := b.f.AddChart(sheet, c.cell, &excelize.Chart{
			Type: excelize.Line, Series: []excelize.ChartSeries{b.series(sheet, c.column, len(rows)+1, c.colour)},
			Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: b.Word(c.title)}}},
			Legend:    excelize.ChartLegend{Position: "none"},
			Dimension: excelize.ChartDimension{Width: 960, Height: 400},
			XAxis:     excelize.ChartAxis{NumFmt: excelize.ChartNumFmt{CustomNumFmt: form}, TickLabelSkip: max(1, len(rows)/12)},
			YAxis:     excelize.ChartAxis{MajorGridLines: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "#,##0"}},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// partText says which days a period is of that is not whole; nil for a whole one.
func (b *bookWriter) partText(parts map[int]comparison.Part, i int) any {
	p, ok := parts[i]
	switch {
	case !ok:
		return nil
	case p.From == "":
		return format.Fill(b.Word("only to {{.Day}}"), "Day", p.To)
	case p.To == "":
		return format.Fill(b.Word("only from {{.Day}}"), "Day", p.From)
	}
	return format.Fill(b.Word("only {{.From}} to {{.To}}"), "From", p.From, "To", p.To)
}

// isStretched says that a series by day has a stray date far from the others. Excel draws dates in their distance, which would leave a
// dot of all other days: such periods are written as texts.
func isStretched(series contract.TimeSeries) bool {
	if series.Granularity != "daily" || len(series.Points) == 0 {
		return false
	}
	first, err := time.Parse(time.DateOnly, series.Points[0].Period)
	last, err2 := time.Parse(time.DateOnly, series.Points[len(series.Points)-1].Period)
	return err == nil && err2 == nil && last.After(first.AddDate(0, 0, 400))
}

// series is the rows from 2 to last of a column, over column A.
func (b *bookWriter) series(sheet, column string, last int, colour string) excelize.ChartSeries {
	of := "'" + strings.ReplaceAll(sheet, "'", "''") + "'!"
	return excelize.ChartSeries{
		Name:       of + "$" + column + "$1",
		Categories: fmt.Sprintf("%s$A$2:$A$%d", of, last),
		Values:     fmt.Sprintf("%s$%s$2:$%s$%d", of, column, column, last),
		Fill:       excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}},
		Line:       excelize.LineOptions{Type: excelize.LineSolid, Width: 1.75, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}},
		Marker:     excelize.ChartMarker{Symbol: "none"},
	}
}

// table writes a translated header and rows at the top of a sheet.
func (b *bookWriter) table(sheet string, head, styles []string, rows [][]any) error {
	return b.cells(sheet, translated(b.Word, head), styles, rows)
}

// cells writes a header and rows at the top of a sheet.
func (b *bookWriter) cells(sheet string, head, styles []string, rows [][]any) error {
	for i, name := range head {
		column, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := b.f.SetCellStr(sheet, column+"1", name); err != nil {
			return err
		}
		for r, row := range rows {
			cell := column + strconv.Itoa(r+2)
			if text, ok := row[i].(string); ok {
				err = b.f.SetCellStr(sheet, cell, b.cut(text))
			} else if row[i] != nil {
				err = b.f.SetCellValue(sheet, cell, row[i])
			}
			if err != nil {
				return err
			}
		}
		if styles[i] != "" && len(rows) > 0 {
			if err := b.f.SetCellStyle(sheet, column+"2", column+strconv.Itoa(len(rows)+1), b.styles[styles[i]]); err != nil {
				return err
			}
		}
		if err := b.f.SetCellStyle(sheet, column+"1", column+"1", b.styles[styleHead]); err != nil {
			return err
		}
	}
	if err := b.f.SetColWidth(sheet, "A", "D", 18); err != nil {
		return err
	}
	return b.f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}
