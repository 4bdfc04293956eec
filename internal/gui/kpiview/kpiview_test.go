package kpiview_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/gui/kpiview"
)

func ptr[T any](v T) *T { return &v }

func TestFigures(t *testing.T) {
	k := &contract.KPIs{TotalRevenue: 12412345.67, Orders: 50000, AOV: ptr(248.25), UndatedOrders: 12, Conversion: &contract.Conversion{
		Definition: contract.ConvertingPerTotal, RateConvertingVisitorsPerTotalVisitors: ptr(0.034356), ConvertingVisitors: ptr(int64(49080)), TotalVisitors: 1428571,
	}}
	f := kpiview.Figures(k)
	require.Equal(t, kpiview.Figure{Caption: "Revenue", Value: "12.4 M", Note: "12,412,345.67"}, f[0])
	require.Equal(t, kpiview.Figure{Caption: "Orders", Value: "50,000", Note: "12 orders without a date"}, f[1])
	require.Equal(t, kpiview.Figure{Caption: "Average order", Value: "248.25", Note: "revenue / orders"}, f[2])
	require.Equal(t, kpiview.Figure{Caption: "Conversion", Value: "3.44 %", Note: "converting visitors / total visitors"}, f[3])
	require.Equal(t, "Conversion · 49,080 of 1,428,571", kpiview.ConversionCaption(k))
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
	require.Equal(t, "3 Nov 2025 · 41,234.50 · 1 order", kpiview.Points(k.TimeSeries, false)[0].Readout)
	bars := kpiview.Bars([]contract.Share{{Key: "web", Revenue: 750000}, {Key: "store", Revenue: 250000}})
	require.Equal(t, "750.0 k · 75 %", bars[0].Text)
}
