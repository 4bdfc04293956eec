package gui

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/gui/chart"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/results/parts"
	"fabricportal/internal/services/runs"
)

// cleanedRow is a row of the published rows.
type cleanedRow struct {
	ID       string   `parquet:"order_id"`
	Day      *int32   `parquet:"order_date,optional,date"`
	Channel  string   `parquet:"channel,dict"`
	Region   *string  `parquet:"region,optional,dict"`
	Category string   `parquet:"product_category,dict"`
	Revenue  *float64 `parquet:"revenue,optional"`
}

// fewRows are six rows of which everything can be added up in the head.
func fewRows() []cleanedRow {
	north, south := "North", "South"
	row := func(n int, day int32, channel string, region *string, category string, revenue float64) cleanedRow {
		day += 20089 // the first of 2025
		return cleanedRow{ID: fmt.Sprintf("SO-%d", n), Day: &day, Channel: channel, Region: region, Category: category, Revenue: &revenue}
	}
	rows := []cleanedRow{
		row(1, 0, "Web", &north, "Shoes", 10), row(2, 0, "Store", &north, "Hats", 20), row(3, 1, "Web", &south, "Shoes", 40),
		row(4, 2, "Store", &south, "Shoes", 80), row(5, 2, "Web", &north, "Hats", 0), row(6, 0, "Web", nil, "Hats", 50),
	}
	rows[4].Revenue, rows[5].Day = nil, nil
	return rows
}

// published is rows in a file, and their figures as kpis.json has them.
func published(t testing.TB, rows []cleanedRow, change func(k *contract.KPIs)) (path string, r feeds.Results) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "rows.parquet")
	f, err := os.Create(path)
	require.NoError(t, err)
	w := parquet.NewGenericWriter[cleanedRow](f)
	_, err = w.Write(rows)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.NoError(t, f.Close())
	table, err := dataset.Open(t.Context(), path)
	require.NoError(t, err)
	s, err := parts.Open(t.Context(), table, &contract.KPIs{SchemaVersion: 3, RowIs: contract.RowIsOrder, Missing: &contract.Missing{}, TimeSeries: contract.TimeSeries{Granularity: "daily"}}, nil)
	require.NoError(t, err)
	require.NoError(t, table.Close())
	k := *s.Whole.KPIs
	k.RunID, k.SourceFile = new(archived(1).String()), "sales.xlsx"
	if change != nil {
		change(&k)
	}
	run := runOf("ana", runs.Succeeded)
	return path, feeds.Results{Loaded: true, KPIs: &k, Run: &run, Source: artifacts.CurrentFolder, AsOf: now, Preview: feeds.Preview{
		Columns: []string{"order_id", "order_date", "channel", "region", "product_category", "revenue"}, Total: int64(len(rows))}}
}

// benchOf is a window on the Results of some rows.
func benchOf(t *testing.T, here bool, change func(k *contract.KPIs)) *bench {
	path, r := published(t, fewRows(), change)
	b := newBench(t)
	b.a.here = here
	b.a.table = func(feeds.Results) (datatable.Table, error) {
		d, err := dataset.Open(t.Context(), path)
		return datatable.Of(d), err
	}
	fyne.CurrentApp().Preferences().RemoveValue("results.part.fetch")
	b.click("tab.results")
	b.results.Publish(r)
	b.untilSays("North")
	return b
}

// clickBar clicks the n-th bar of a chart of so many.
func (b *bench) clickBar(column string, n int) {
	b.t.Helper()
	c := b.control("results.by." + column)
	x := b.named("results.by." + column).(*chart.Bars)
	pitch := min(28, x.Size().Height/3)
	test.TapCanvas(b.w.win.Canvas(), fyne.NewPos(c.X+c.W/2, c.Y+pitch*(float32(n)+0.5)))
	b.drain()
}

func TestAClickOnABarShowsThatPart(t *testing.T) {
	b := benchOf(t, true, nil)
	b.untilSays("200.00")
	b.untilSays("Click a bar or a day to see its part.")
	b.clickBar("region", 0) // South with 120 is the first
	v := b.untilSays("60.0 % of 200")
	for _, text := range []string{"Region: South", "120.00", "33.3 % of 6", "all: 33.33", "60.00", "Web 40", "Store 80"} {
		require.True(t, says(v, text), text)
	}
	require.True(t, says(v, "North 30"), "the others can be chosen still")
	require.False(t, says(v, "Published: run by"), "the chips stand in its place")

	b.clickBar("channel", 0) // and of these Store with 80
	v = b.untilSays("40.0 % of 200")
	require.True(t, says(v, "Region: South"))
	require.True(t, says(v, "Channel: Store"))
	b.clickBar("region", 1) // in place of South, North: of the Store
	b.untilSays("10.0 % of 200")
	require.False(t, says(b.look(), "Region: South"))

	b.press(fyne.KeyEscape)
	b.untilSays("50.0 % of 200") // 100: the channel Store alone
	require.False(t, says(b.look(), "Region: North"))
	b.click("results.part.channel.Store")
	v = b.untilSays("Published: run by")
	require.True(t, says(v, "200.00"))
	require.False(t, says(v, "% of 200"))
	b.press(fyne.KeyEscape) // nothing is left to take away
}

func TestTwoKeysOfADimensionAreAddedUp(t *testing.T) {
	b := benchOf(t, true, nil)
	b.clickBar("region", 0)
	b.untilSays("60.0 % of 200")
	b.named("results.by.region").(*chart.Bars).Choose("North", true) // as with Ctrl
	v := b.untilSays("75.0 % of 200")
	require.True(t, says(v, "Region: South"))
	require.True(t, says(v, "Region: North"))
	require.True(t, says(v, "1 order has no amount"), "what is missing from the part")
	require.False(t, says(v, "without a date"), "of which no row is in it")
	b.click("results.part.all")
	b.untilSays("Published: run by")
}

func TestAPartIsChosenWithTheKeyboard(t *testing.T) {
	b := benchOf(t, true, nil)
	bars := b.named("results.by.region").(*chart.Bars)
	b.w.win.Canvas().Focus(bars)
	b.press(fyne.KeyDown)
	b.press(fyne.KeyReturn)
	b.untilSays("25.0 % of 200") // no region at all: 50
	b.untilSays("Region: (no value)")
	b.press(fyne.KeyReturn)
	b.untilSays("Published: run by")
	line := b.named("results.by.order_date").(*chart.Line)
	b.w.win.Canvas().Focus(line)
	b.press(fyne.KeyEnd)
	b.press(fyne.KeySpace)
	b.untilSays("40.0 % of 200")
	b.untilSays("Period: 3 Jan 2025")
	b.press(fyne.KeyEscape)
	b.untilSays("Published: run by")
}

func TestTheTableShowsTheRowsOfThePart(t *testing.T) {
	b := benchOf(t, true, nil)
	b.clickBar("region", 0)
	b.untilSays("60.0 % of 200")
	b.click("results.data")
	v := b.untilSays("1 to 2 of 2 rows · out of 6 rows")
	require.True(t, says(v, "Region: South"), "the chip stands above the rows, too")
	b.typeInto("results.table.search", "Web")
	b.untilSays("1 to 1 of 1 row")
	b.a.export = func(datatable.View, []int) (string, error) { return "/home/ana/Downloads/part.xlsx", nil }
	b.click("results.excel")
	b.untilSays("Part: Region: South")
	b.untilSays("Filtered by any column contains “Web”")
	b.clickDialog("results.excel.part")
	b.until("the part", func(probe.View) bool { return b.a.was(`of the part ["Region: South"], revenue 120.00`) })
	require.True(t, b.a.was("excel of 2 rows, by []"))
	b.untilSays("Saved part.xlsx")
	b.click("results.excel")
	b.clickDialog("results.excel.filtered")
	b.until("the filtered rows", func(probe.View) bool {
		return b.a.was(`excel of 1 rows, by ["Region: South" "any column contains “Web”"]`)
	})
	b.untilSays("Saved part.xlsx")
	b.click("results.excel")
	b.clickDialog("results.excel.all")
	b.until("all rows", func(probe.View) bool { return b.a.was("excel of 6 rows, by []") })
}

func TestRowsAreAskedForOnce(t *testing.T) {
	b := benchOf(t, false, nil)
	b.clickBar("region", 0)
	b.untilSays("which are not on this computer yet: 38.0 MB")
	shown, _ := b.results.Latest()
	shown.AsOf = now.Add(time.Minute)
	b.results.Publish(shown) // as each look at the lakehouse does
	b.drain()
	require.Len(t, b.w.shell.Dialogs.Contents(), 1, "it is asked once")
	b.clickDialog("dialog.cancel")
	require.True(t, says(b.look(), "Published: run by"), "nothing is chosen")
	require.False(t, b.a.was("table"))
	b.clickBar("region", 0)
	b.untilSays("which are not on this computer yet")
	b.clickDialog("dialog.confirm")
	b.untilSays("60.0 % of 200")

	r, _ := b.results.Latest()
	next := *r.KPIs
	next.RunID = new(archived(2).String())
	r.KPIs = &next
	b.results.Publish(r) // what is chosen is chosen of the next results, too, and their rows are fetched without a word
	b.until("the rows of the next run", func(probe.View) bool { return len(b.tables()) == 2 })
	b.untilSays("60.0 % of 200")
}

// tables are the times that rows were asked for.
func (b *bench) tables() (out []string) {
	b.a.mu.Lock()
	defer b.a.mu.Unlock()
	for _, what := range b.a.asked {
		if what == "table" {
			out = append(out, what)
		}
	}
	return out
}

// Rows that do not add up to the figures show no part: the sentence says so.
func TestRowsOfAnotherVersionShowNoPart(t *testing.T) {
	b := benchOf(t, true, func(k *contract.KPIs) { k.TotalRevenue += 0.01 })
	b.clickBar("region", 0)
	v := b.untilSays("No part can be shown: the rows add up to 200.00, and the figures say 200.01.")
	require.True(t, says(v, "Published: run by"))
	require.False(t, b.named("results.by.region").(*chart.Bars).OnChosen != nil)

	b = benchOf(t, true, func(k *contract.KPIs) { k.RevenueByRegion[0].Revenue -= 1; k.UndatedOrders++ })
	b.clickBar("region", 0)
	b.untilSays("Nothing can be chosen by Region: the rows add up to other figures.")
	b.clickBar("channel", 0)
	b.untilSays("Of parts it is not known: the orders without an amount or a date.")
}

func TestAFigureTellsHowItIsDefined(t *testing.T) {
	b := benchOf(t, true, func(k *contract.KPIs) {
		k.LeftOut = []contract.LeftOut{{Kind: "total", Rows: 1, Revenue: 200, First: []int64{8}}}
		k.ReadOptions = &contract.ReadOptions{Columns: map[string]string{"revenue": "Umsatz (€)"}}
	})
	b.click("results.figure.revenue")
	v := b.untilSays("The sum of the amounts of all rows")
	for _, text := range []string{"Columns: Umsatz (€)", "6 rows are counted.", "1 order has no amount", "1 total", "the rows 8 of the file"} {
		require.True(t, says(v, text), text)
	}
	b.clickDialog("results.figure.without.amount")
	b.untilSays("revenue is empty")
	b.untilSays("1 to 1 of 1 row · out of 6 rows")
	b.click("results.figures")
	b.click("results.figure.average")
	b.untilSays("Revenue divided by orders")
	b.press(fyne.KeyEscape)
	b.click("results.figure.orders")
	b.untilSays("The number of rows: each is an order.")
	b.clickDialog("results.figure.without.date")
	b.untilSays("order_date is empty")
}

// manyRows are rows for the pictures.
func manyRows() []cleanedRow {
	_, cells := salesRows(20_000)
	rows := make([]cleanedRow, len(cells))
	for i, c := range cells {
		day := 20089 + int32(i*7919%365)
		weight := 1 + 0.5*math.Sin(float64(day)/58)
		revenue := math.Round(float64(4000+i*7919%9000)*weight) / 100
		rows[i] = cleanedRow{ID: c[0], Day: &day, Channel: []string{"Web", "Web", "Store", "Phone", "Partner"}[i*31%5],
			Region: &[]string{"North", "South", "East", "West", "South"}[i*17%97%5], Category: []string{"Electronics", "Home & Garden", "Books", "Electronics"}[i*13%101%4], Revenue: &revenue}
		if i%97 == 0 {
			rows[i].Revenue = nil
		}
	}
	return rows
}

// showPart shows two chips.
func showPart(b *bench) {
	path, r := published(b.t, manyRows(), func(k *contract.KPIs) {
		k.SourceFile = "sales_orders_fact.xlsx"
		k.Missing.NoOrderID = contract.MissingRows{Rows: 12, Revenue: 812.4}
		k.Conversion = kpis().Conversion
	})
	b.a.here = true
	b.a.table = func(feeds.Results) (datatable.Table, error) {
		d, err := dataset.Open(b.t.Context(), path)
		return datatable.Of(d), err
	}
	b.click("tab.results")
	b.results.Publish(r)
	b.untilSays("North")
	b.named("results.by.region").(*chart.Bars).Choose("North", false)
	b.named("results.by.order_date").(*chart.Line).Choose(64, false)
	b.click("results.line.month")
	b.named("results.by.order_date").(*chart.Line).Choose(2, false)
	b.until("the part", func(v probe.View) bool { return b.w.results.Shows() == 2 })
	b.look()
}
