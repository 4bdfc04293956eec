package kpiview_test

import (
	"strconv"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/kpiview"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/services/results/comparison"
)

func TestFigures(t *testing.T) {
	k := &contract.KPIs{TotalRevenue: 12412345.67, Orders: 50000, AOV: new(248.25), UndatedOrders: 12, Conversion: &contract.Conversion{
		Definition: contract.ConvertingPerTotal, RateConvertingVisitorsPerTotalVisitors: new(0.034356), ConvertingVisitors: new(int64(49080)), TotalVisitors: 1428571,
	}}
	f := kpiview.Figures(k)
	require.Equal(t, kpiview.Figure{Caption: "Revenue", Value: "12.4 M", Note: "12,412,345.67"}, f[0])
	require.Equal(t, kpiview.Figure{Caption: "Orders", Value: "50,000", Note: "12 without a date"}, f[1])
	require.Equal(t, kpiview.Figure{Caption: "Average order", Value: "248.25", Note: "revenue / orders"}, f[2])
	require.Equal(t, kpiview.Figure{Caption: "Conversion", Value: "3.44 %", Note: "converting visitors / total visitors"}, f[3])
	require.Equal(t, "49,080 of 1,428,571", kpiview.ConversionDetail(k))
}

func TestTheConversionOfAFileSaysItsPeriod(t *testing.T) {
	k := &contract.KPIs{Orders: 9, Conversion: &contract.Conversion{Definition: contract.OrdersPerTotal, RateOrdersPerTotalVisitors: new(0.02), TotalVisitors: 150, Orders: 3,
		Source: contract.ConversionOfFile, Column: new("visitors"), Period: &contract.Period{From: "2025-01-01", To: "2025-01-03", Days: 2}}}
	require.Equal(t, kpiview.Figure{Caption: "Conversion", Value: "2.00 %", Note: "orders / total visitors · 1 Jan – 3 Jan 2025"}, kpiview.Figures(k)[3])
	require.Equal(t, "3 of 150", kpiview.ConversionDetail(k), "the orders of the days with visitors")
}

func TestWhatStandsBesideTheSums(t *testing.T) {
	k := &contract.KPIs{Beside: contract.Beside{
		OrdersWithoutAmount: 2, AOVWithAmount: new(15.0), OrderIDsByCase: 1,
		Currencies:          []contract.CurrencySum{{Currency: new("EUR"), Rows: 3, Revenue: 7.25}, {Rows: 1, Revenue: 2}},
		ReturnedOrCancelled: &contract.StatusSums{Column: "status", Rows: 3, Revenue: 6, Statuses: []contract.StatusSum{{Status: "cancelled", Rows: 3, Revenue: 6}}},
	}}
	require.Equal(t, "Added up as they stand, though not all in one currency: EUR 7.25 (3 rows) · no currency said 2.00 (1 row). "+
		"Without the 2 orders that have no amount, the average is 15.00. "+
		"1 order_id differs from an earlier one in upper and lower case only, and counts as an order of its own. "+
		"Returned or cancelled, and counted all the same: 3 rows (6.00).", kpiview.MissingFrom(k))
	require.Equal(t, controls.StateWarn, kpiview.MissingState(k))

	for range 6 {
		k.Currencies = append(k.Currencies, contract.CurrencySum{Currency: new("USD"), Rows: 1, Revenue: 1})
	}
	require.Contains(t, kpiview.MissingFrom(k), "USD 1.00 (1 row) · …. ")

	quiet := &contract.KPIs{Beside: contract.Beside{AOVWithAmount: new(15.0), Currencies: k.Currencies[:1], ReturnedOrCancelled: &contract.StatusSums{Column: "status"}}}
	require.Empty(t, kpiview.MissingFrom(quiet), "one currency, and no cancelled order, are no news")
	require.Equal(t, controls.StateNeutral, kpiview.MissingState(quiet))
}

func TestWhatIsNotKnownIsSaid(t *testing.T) {
	f := kpiview.Figures(&contract.KPIs{})
	require.Equal(t, "–", f[2].Value)
	require.Equal(t, "there are no orders", f[2].Note)
	require.Equal(t, "–", f[3].Value)
	require.Equal(t, "visitors are not known", f[3].Note)
	require.Equal(t, "–", kpiview.Figures(nil)[0].Value)
}

func TestPointsAndBarsAreReadyToBeDrawn(t *testing.T) {
	k := &contract.KPIs{TimeSeries: contract.TimeSeries{Granularity: "daily", Points: []contract.Point{{Period: "2025-11-03", Revenue: 41234.5, Orders: 1}}}}
	require.Equal(t, "3 Nov 2025 · 41,234.50 · 1 order", kpiview.Points(k.TimeSeries, nil, false).Readout(0))
	bars, _ := kpiview.Bars([]contract.Share{{Key: "web", Revenue: 750000}, {Key: "store", Revenue: 250000}})
	require.Equal(t, "750.0 k · 75 %", bars[0].Text)
}

func TestWhatIsNotOverIsHollowAndSaysHowFarItGoes(t *testing.T) {
	months := contract.TimeSeries{Granularity: "monthly", Points: []contract.Point{{Period: "2025-08", Revenue: 31, Orders: 1}, {Period: "2025-09", Revenue: 26, Orders: 1}}}
	s := kpiview.Points(months, map[int]comparison.Part{0: {From: "2025-08-20"}, 1: {To: "2025-09-26"}}, false)
	require.Equal(t, []int{0, 1}, s.Open)
	require.Equal(t, "Aug 2025 (from 20 Aug 2025) · 31.00 · 1 order", s.Readout(0))
	require.Equal(t, "Sep 2025 (to 26 Sep 2025) · 26.00 · 1 order", s.Readout(1))
	days := contract.TimeSeries{Granularity: "daily", Points: []contract.Point{{Period: "2025-08-01"}, {Period: "2025-08-02", Revenue: 26, Orders: 1}}}
	require.Equal(t, "2 Aug 2025 (not over) · 26.00 · 1 order", kpiview.Points(days, map[int]comparison.Part{1: {To: "2025-08-02"}}, false).Readout(1))
}

func TestWhatAFigureIsComparedWithIsNamed(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(style.New())
	half := comparison.Change{Before: new(4.0), After: new(2.0), Absolute: new(-2.0), Relative: new(-0.5)}
	for want, p := range map[string]comparison.PeriodChange{
		"-50.0 % Sep on Aug":                                 {Kind: comparison.MonthBefore, From: "2025-09-01", To: "2025-09-30", EarlierFrom: "2025-08-01", EarlierTo: "2025-08-31"},
		"-50.0 % Sep on Aug, days 1–26":                      {Kind: comparison.MonthBefore, From: "2025-09-01", To: "2025-09-26", EarlierFrom: "2025-08-01", EarlierTo: "2025-08-26"},
		"-50.0 % on the year before":                         {Kind: comparison.YearBefore, From: "2025-01-01", To: "2025-09-26", All: true},
		"-50.0 % on the year before (1 Feb – 31 Aug 2025)":   {Kind: comparison.YearBefore, From: "2025-02-01", To: "2025-08-31"},
		"-50.0 % on 1 Aug – 31 Aug 2025":                     {Kind: comparison.PeriodBefore, From: "2025-09-01", To: "2025-09-30", EarlierFrom: "2025-08-01", EarlierTo: "2025-08-31", All: true},
		"-50.0 % 1 Sep – 2 Sep 2025 on 30 Aug – 31 Aug 2025": {Kind: comparison.PeriodBefore, From: "2025-09-01", To: "2025-09-02", EarlierFrom: "2025-08-30", EarlierTo: "2025-08-31"},
	} {
		p.Revenue = half
		tiles := kpiview.NewTiles()
		tiles.SetChanges(nil, true, &p)
		require.Contains(t, textsOf(tiles.Container), want)
	}
	tiles := kpiview.NewTiles()
	tiles.SetChanges([]comparison.Figure{{Change: half}}, false, nil)
	require.Contains(t, textsOf(tiles.Container), "-50.0 % on the run before, of other days")
}

// textsOf are the texts of all that is in a container.
func textsOf(o fyne.CanvasObject) []string {
	switch o := o.(type) {
	case *controls.Text:
		return []string{o.Text()}
	case *fyne.Container:
		var out []string
		for _, c := range o.Objects {
			out = append(out, textsOf(c)...)
		}
		return out
	}
	return nil
}

func TestWhatIsMissingStandsBesideTheSums(t *testing.T) {
	k := &contract.KPIs{Missing: &contract.Missing{UnreadAmounts: contract.MissingRows{Rows: 2, Revenue: 18.75}, Undated: contract.MissingRows{Rows: 1, Revenue: 5}},
		LeftOut: []contract.LeftOut{{Kind: "total", Rows: 1, Revenue: 1200}, {Kind: "header", Rows: 2}}}
	require.Equal(t, "Not in these sums: 2 amounts can't be read (18.75). In the sums, but on no day: 1 order without a date (5.00). Left out, as they are no orders: 1 total (1,200.00) · 2 repeated headers.",
		kpiview.MissingFrom(k))
	require.Equal(t, controls.StateWarn, kpiview.MissingState(k))
	require.Equal(t, controls.StateNeutral, kpiview.MissingState(&contract.KPIs{LeftOut: k.LeftOut}), "what is no order is not missing")
	require.Empty(t, kpiview.MissingFrom(&contract.KPIs{}), "a snapshot of before says nothing")
	require.Empty(t, kpiview.MissingFrom(nil))
}

func TestManyKeysAreAddedUp(t *testing.T) {
	var shares []contract.Share
	for i := range 80_000 {
		shares = append(shares, contract.Share{Key: strconv.Itoa(i), Revenue: float64(i)})
	}
	bars, rest := kpiview.Bars(shares)
	require.Equal(t, "79999", bars[0].Label)
	require.Equal(t, 80_000, len(bars)+rest.N)
	sum := rest.Value
	for _, b := range bars {
		sum += b.Value
	}
	require.InDelta(t, 79_999*80_000/2, sum, 0.5, "no money is lost")
}
