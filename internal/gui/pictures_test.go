package gui

import (
	"fmt"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/require"

	"fabricportal/assets"
	"fabricportal/contract"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
)

// picture is a screen in a state.
type picture struct {
	name string
	make func(*bench)
}

// TestPictures draws every screen in its states, light and dark, for people to look at: make pictures. It draws without
// a display and compares nothing.
func TestPictures(t *testing.T) {
	dir := os.Getenv("PORTAL_PICTURES")
	if dir == "" {
		t.Skip("make pictures draws them: PORTAL_PICTURES names the folder")
	}
	require.NoError(t, os.MkdirAll(dir, 0o755))
	size := fyne.NewSize(1280, 800)
	for _, p := range pictures() {
		for variant, name := range map[fyne.ThemeVariant]string{theme.VariantLight: "light", theme.VariantDark: "dark"} {
			t.Run(p.name+"-"+name, func(t *testing.T) { draw(t, dir, p, variant, size, p.name+"-"+name) })
		}
	}
	t.Run("french", func(t *testing.T) { // a third language, where it says most
		t.Setenv(words.Variable, "fr")
		defer func() { require.NoError(t, words.Load(assets.Translations, "en")) }()
		for _, p := range append(verdicts(), monitored()...) {
			t.Run(p.name, func(t *testing.T) { draw(t, dir, p, theme.VariantDark, fyne.NewSize(1280, 800), p.name+"-fr") })
		}
	})
	t.Run("german", func(t *testing.T) {
		t.Setenv(words.Variable, "de") // each window reads its language
		defer func() { require.NoError(t, words.Load(assets.Translations, "en")) }()
		for _, p := range pictures() {
			t.Run(p.name, func(t *testing.T) { draw(t, dir, p, theme.VariantLight, fyne.NewSize(1024, 700), p.name+"-de-small") })
		}
	})
}

func draw(t *testing.T, dir string, p picture, variant fyne.ThemeVariant, size fyne.Size, name string) {
	b := newBenchWith(t, func(o *Options) { o.Theme = style.Fixed(variant) })
	b.size = size
	p.make(b)
	b.look()
	f, err := os.Create(filepath.Join(dir, name+".png"))
	require.NoError(t, err)
	require.NoError(t, png.Encode(f, b.w.win.Canvas().Capture()))
	require.NoError(t, f.Close())
}

// year is KPIs as a year of sales gives them.
func year() *contract.KPIs {
	k := kpis()
	k.TotalRevenue, k.Orders, k.AOV = 6_699_399.27, 50_000, new(133.99)
	k.SourceFile = "sales_orders_fact.xlsx"
	k.RevenueByChannel = []contract.Share{{Key: "Web", Revenue: 3.1e6, Orders: 23000}, {Key: "Store", Revenue: 2.2e6, Orders: 17000}, {Key: "Marketplace", Revenue: 1.0e6, Orders: 7000}, {Key: "Phone", Revenue: 4e5, Orders: 3000}}
	k.RevenueByRegion = []contract.Share{{Key: "North", Revenue: 2.0e6}, {Key: "South", Revenue: 1.9e6}, {Key: "East", Revenue: 1.5e6}, {Key: "West", Revenue: 1.3e6}}
	k.RevenueByProductCategory = []contract.Share{{Key: "Electronics", Revenue: 2.9e6}, {Key: "Home & Garden", Revenue: 1.4e6}, {Key: "Clothing", Revenue: 1.1e6}, {Key: "Sports", Revenue: 8e5}, {Key: "Books", Revenue: 5e5}}
	k.TimeSeries.Points = nil
	day := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 365 {
		v := 18_000 + 5_000*math.Sin(float64(i)/58) + float64((i*7919)%6000)
		k.TimeSeries.Points = append(k.TimeSeries.Points, contract.Point{Period: day.AddDate(0, 0, i).Format(time.DateOnly), Revenue: v, Orders: int64(v / 134)})
	}
	return k
}

// salesRows are rows as the cleaned data has them.
func salesRows(n int) ([]string, [][]string) {
	columns := []string{"order_id", "order_date", "channel", "region", "product_category", "quantity", "unit_price", "revenue"}
	var rows [][]string
	for i := range n {
		rows = append(rows, []string{
			fmt.Sprintf("O-%06d", i+1), time.Date(2025, 1, 1+i%365, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), []string{"Web", "Store", "Phone"}[i%3],
			[]string{"North", "South", "East", "West"}[i%4], []string{"Electronics", "Home & Garden", "Books"}[i%3], fmt.Sprint(1 + i%5), fmt.Sprintf("%d.99", 5+i%90), fmt.Sprintf("%d.90", 10+i%400),
		})
	}
	return columns, rows
}
