package parts

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fabricportal/contract"
	"fabricportal/internal/services/results/dataset"
)

// sale is a cleaned row.
type sale struct {
	ID       string   `parquet:"order_id"`
	Day      *int32   `parquet:"order_date,optional,date"`
	Channel  *string  `parquet:"channel,optional,dict"`
	Region   *string  `parquet:"region,optional"`
	Category *string  `parquet:"product_category,optional,dict"`
	Revenue  *float64 `parquet:"revenue,optional"`
	Currency *string  `parquet:"currency,optional,dict"`
	Status   *string  `parquet:"order_status,optional,dict"`
}

func write[T any](t testing.TB, path string, rows []T) {
	t.Helper()
	f, err := os.Create(path)
	require.NoError(t, err)
	w := parquet.NewGenericWriter[T](f, parquet.PageBufferSize(512), parquet.MaxRowsPerRowGroup(70))
	_, err = w.Write(rows)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.NoError(t, f.Close())
}

// key is the group of a cell.
func key(text *string) string {
	if text == nil {
		return NoValue
	}
	return *text
}

// plain is what some rows come to, added up one by one in the plainest way.
type plain struct {
	units                                                *big.Int
	rows, orders, undated, undatedRows, bare, bareOrders int64
	byKey                                                [groups]map[string]*plain
	byPeriod                                             map[string]*plain
}

func newPlain(deep bool) *plain {
	p := &plain{units: new(big.Int)}
	if deep {
		for d := range p.byKey {
			p.byKey[d] = map[string]*plain{}
		}
		p.byPeriod = map[string]*plain{}
	}
	return p
}

// reference adds up the rows that a filter chooses; but leaves one dimension of it out of account, -1 none.
func reference(rows []sale, f Filter, but Dimension, lines bool) *plain {
	out := newPlain(true)
	seen, priced := map[string]bool{}, map[string]bool{}
	for _, r := range rows {
		priced[r.ID] = priced[r.ID] || r.Revenue != nil
	}
	for _, r := range rows {
		first := !lines || !seen[r.ID]
		seen[r.ID] = true
		day := ""
		if r.Day != nil {
			day = dayName(*r.Day)
		}
		chosen := true
		for d, cell := range []*string{r.Channel, r.Region, r.Category} {
			if len(f[d]) > 0 && Dimension(d) != but && !slices.Contains(f[d], key(cell)) {
				chosen = false
			}
		}
		if len(f[Period]) > 0 && but != Period && !slices.ContainsFunc(f[Period], func(p string) bool { return day != "" && strings.HasPrefix(day, p) }) {
			chosen = false
		}
		if !chosen {
			continue
		}
		add := func(p *plain) {
			p.rows++
			if first {
				p.orders++
			}
			if r.Revenue != nil {
				u, _ := new(big.Float).SetFloat64(*r.Revenue * 10_000).Int(nil) // whole in these tests
				p.units.Add(p.units, u)
			}
		}
		add(out)
		if r.Revenue == nil && (!lines || !priced[r.ID]) {
			out.bare++
			if first {
				out.bareOrders++
			}
		}
		if day == "" {
			if first {
				out.undated++
			}
			if first || r.Revenue != nil {
				out.undatedRows++
			}
		} else {
			if out.byPeriod[day] == nil {
				out.byPeriod[day] = newPlain(false)
			}
			add(out.byPeriod[day])
		}
		for d, cell := range []*string{r.Channel, r.Region, r.Category} {
			if out.byKey[d][key(cell)] == nil {
				out.byKey[d][key(cell)] = newPlain(false)
			}
			add(out.byKey[d][key(cell)])
		}
	}
	return out
}

func dayName(day int32) string {
	from, _, _ := Span("2025-01-01")
	months := []int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
	at := int(day) - int(from)
	for m, n := range months {
		if at < n {
			return fmt.Sprintf("2025-%02d-%02d", m+1, at+1)
		}
		at -= n
	}
	panic(day)
}

// cents is a sum of units, rounded half to even.
func cents(units *big.Int) float64 {
	r := new(big.Rat).SetFrac(units, big.NewInt(100))
	whole := new(big.Int).Div(new(big.Int).Add(new(big.Int).Mul(r.Num(), big.NewInt(2)), r.Denom()), new(big.Int).Mul(r.Denom(), big.NewInt(2)))
	if twice := new(big.Int).Mod(units, big.NewInt(100)); twice.Int64() == 50 && whole.Bit(0) == 1 {
		whole.Sub(whole, big.NewInt(1))
	}
	f, _ := new(big.Rat).SetFrac(whole, big.NewInt(100)).Float64()
	return f
}

func sharesOf(found map[string]*plain) []contract.Share {
	type one struct {
		key string
		*plain
	}
	var all []one
	for k, p := range found {
		all = append(all, one{k, p})
	}
	slices.SortFunc(all, func(a, b one) int { return cmp.Or(b.units.Cmp(a.units), cmp.Compare(a.key, b.key)) })
	out := []contract.Share{}
	for _, a := range all {
		out = append(out, contract.Share{Key: a.key, Revenue: cents(a.units), Orders: a.orders})
	}
	return out
}

func pointsOf(found map[string]*plain) []contract.Point {
	out := []contract.Point{}
	for k, p := range found {
		out = append(out, contract.Point{Period: k, Revenue: cents(p.units), Orders: p.orders})
	}
	slices.SortFunc(out, func(a, b contract.Point) int { return cmp.Compare(a.Period, b.Period) })
	return out
}

func draw(t *rapid.T) ([]sale, bool) {
	lines := rapid.Bool().Draw(t, "lines")
	text := func(name string, values ...string) *string {
		if v := rapid.SampledFrom(append(values, "")).Draw(t, name); v != "" {
			return &v
		}
		return nil
	}
	n := rapid.IntRange(0, 200).Draw(t, "rows")
	first, _, _ := Span("2025-01-01")
	rows := make([]sale, n)
	for i := range rows {
		r := sale{ID: fmt.Sprintf("O-%d", i), Channel: text("channel", "Web", "Store", NoValue), Region: text("region", "North", "South", "East", "Süd", "north"),
			Category: text("category", "Shoes", "Hats"), Currency: text("currency", "EUR", "€", "usd"), Status: text("status", "ok", "Returned", "storniert")}
		if lines {
			r.ID = fmt.Sprintf("O-%d", rapid.IntRange(0, n).Draw(t, "order"))
		}
		if d := rapid.IntRange(-1, 300).Draw(t, "day"); d >= 0 {
			day := int32(first) + int32(d)
			r.Day = &day
		}
		if x := rapid.IntRange(-1_000, 100_000).Draw(t, "units"); x%7 != 0 {
			v := float64(x) / 4 // a quarter: sums end in halves of cents
			if v *= 0.01; v*10_000 == float64(int64(v*10_000)) {
				r.Revenue = &v
			}
		}
		rows[i] = r
	}
	return rows, lines
}

func TestPartsAgainstAPlainSum(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.parquet")
	rapid.Check(t, func(r *rapid.T) {
		rows, lines := draw(r)
		write(t, path, rows)
		table, err := dataset.Open(context.Background(), path)
		require.NoError(r, err)
		defer table.Close()
		k := &contract.KPIs{SchemaVersion: 3, RowIs: contract.RowIsOrder, TimeSeries: contract.TimeSeries{Granularity: "daily"},
			Missing: &contract.Missing{}, Beside: contract.Beside{Currencies: []contract.CurrencySum{{}, {}}, ReturnedOrCancelled: &contract.StatusSums{Column: "order_status"}}}
		if lines {
			k.RowIs = contract.RowIsOrderLine
		}
		s, err := Open(context.Background(), table, k, nil)
		require.NoError(r, err)
		requirePart(r, s.Whole, rows, lines)

		s.Faults = nil // the document is made up
		for range 3 {
			var f Filter
			some := func(d Dimension, keys ...string) {
				f[d] = rapid.SliceOfNDistinct(rapid.SampledFrom(keys), 0, 2, func(s string) string { return s }).Draw(r, "keys")
			}
			some(Channel, "Web", "Store", NoValue, "not there")
			some(Region, "North", "South", "Süd", NoValue)
			some(Category, "Shoes", "Hats", NoValue)
			some(Period, "2025-01", "2025-03", "2025-05-07", "2025-08")
			p, err := s.Part(context.Background(), f, nil)
			require.NoError(r, err)
			requirePart(r, p, rows, lines)
			v, err := table.View(context.Background(), dataset.Query{Filters: s.Conditions(f)}, nil)
			require.NoError(r, err)
			require.EqualValues(r, p.Rows, v.Rows(), "the table shows the rows that the figures are of")
		}
	})
}

func requirePart(t require.TestingT, p *Part, rows []sale, lines bool) {
	want, k := reference(rows, p.Filter, -1, lines), p.KPIs
	require.Equal(t, want.rows, p.Rows)
	require.Equal(t, cents(want.units), k.TotalRevenue)
	require.Equal(t, want.orders, k.Orders)
	require.Equal(t, want.orders == 0, k.AOV == nil)
	if want.orders > 0 {
		aov := new(big.Rat).SetFrac(want.units, new(big.Int).Mul(big.NewInt(10_000), big.NewInt(want.orders)))
		x, _ := aov.Float64()
		require.InDelta(t, x, *k.AOV, 0.005001)
	}
	require.Equal(t, want.undated, k.UndatedOrders)
	require.Equal(t, want.undatedRows, k.Missing.Undated.Rows)
	require.Equal(t, want.bare, k.Missing.NoAmount.Rows)
	for d, shares := range [][]contract.Share{k.RevenueByChannel, k.RevenueByRegion, k.RevenueByProductCategory} {
		require.Equal(t, sharesOf(want.byKey[d]), shares)
		require.Equal(t, sharesOf(reference(rows, p.Filter, Dimension(d), lines).byKey[d]), p.Around[d])
	}
	require.Equal(t, pointsOf(reference(rows, p.Filter, Period, lines).byPeriod), p.Series.Points)
	if k.TimeSeries.Granularity == "daily" {
		require.Equal(t, pointsOf(want.byPeriod), k.TimeSeries.Points)
	}
	if with := want.orders - want.bareOrders; with > 0 {
		x, _ := new(big.Rat).SetFrac(want.units, new(big.Int).Mul(big.NewInt(10_000), big.NewInt(with))).Float64()
		require.InDelta(t, x, *k.AOVWithAmount, 0.005001)
	}
	require.Equal(t, want.bareOrders, k.OrdersWithoutAmount)
	require.True(t, slices.IsSortedFunc(k.Currencies, func(a, b contract.CurrencySum) int {
		if (a.Currency == nil) != (b.Currency == nil) {
			return cmp.Compare(len(key(a.Currency)), len(key(b.Currency))) // (none) is the longer one, and last
		}
		return cmp.Compare(b.Rows, a.Rows)
	}), "most rows first, those without a currency last")
	var currencies, all int64
	for _, c := range k.Currencies {
		require.True(t, c.Currency == nil || *c.Currency == "EUR" || *c.Currency == "USD", "one currency has one name")
		currencies += c.Rows
	}
	for _, r := range rows {
		if chosen := reference([]sale{r}, p.Filter, -1, false).rows; chosen > 0 && r.Status != nil && *r.Status != "ok" {
			all++
		}
	}
	require.Equal(t, want.rows, currencies)
	require.Equal(t, all, k.ReturnedOrCancelled.Rows)
	require.Equal(t, elsewhere(rows, p.Filter, lines), p.Elsewhere)
}

// elsewhere counts the orders that have a line in the part and their first line outside.
func elsewhere(rows []sale, f Filter, lines bool) int64 {
	if !lines {
		return 0
	}
	first, here := map[string]bool{}, map[string]bool{}
	seen := map[string]bool{}
	for _, r := range rows {
		in := reference([]sale{r}, f, -1, false).rows > 0
		if !seen[r.ID] {
			first[r.ID] = in
		}
		seen[r.ID] = true
		here[r.ID] = here[r.ID] || in
	}
	n := int64(0)
	for id := range here {
		if here[id] && !first[id] {
			n++
		}
	}
	return n
}

// Rows of another version, or without a column, are noticed: nothing is split by what differs.
func TestWhatDiffersIsNotSplit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.parquet")
	first, _, _ := Span("2025-01-01")
	day, web, north, x := int32(first), "Web", "North", 2.5
	rows := []sale{{ID: "1", Day: &day, Channel: &web, Region: &north, Revenue: &x}, {ID: "2", Day: &day, Channel: &web, Revenue: &x}, {ID: "3", Channel: &web}}
	write(t, path, rows)
	table, err := dataset.Open(t.Context(), path)
	require.NoError(t, err)
	defer table.Close()
	right := func() *contract.KPIs {
		s, err := Open(t.Context(), table, &contract.KPIs{SchemaVersion: 3, RowIs: contract.RowIsOrder, Missing: &contract.Missing{}}, nil)
		require.NoError(t, err)
		k := *s.Whole.KPIs
		k.TimeSeries = contract.TimeSeries{Granularity: "daily", Points: []contract.Point{{Period: "2025-01-01", Revenue: 5, Orders: 2}}}
		return &k
	}
	for name, c := range map[string]struct {
		change func(k *contract.KPIs)
		want   []Fault
		splits [Dimensions]bool
	}{
		"the same":         {func(*contract.KPIs) {}, nil, [Dimensions]bool{true, true, true, true}},
		"another revenue":  {func(k *contract.KPIs) { k.TotalRevenue = 5.01 }, []Fault{{Figure: Totals, Found: 5, Said: 5.01}}, [Dimensions]bool{}},
		"other orders":     {func(k *contract.KPIs) { k.Orders = 4 }, []Fault{{Figure: Totals, Found: 3, Said: 4}}, [Dimensions]bool{}},
		"another region":   {func(k *contract.KPIs) { k.RevenueByRegion[0].Key = "South" }, []Fault{{Figure: ByRegion}}, [Dimensions]bool{true, false, true, true}},
		"another day":      {func(k *contract.KPIs) { k.TimeSeries.Points[0].Period = "2025-01-02" }, []Fault{{Figure: ByPeriod}}, [Dimensions]bool{true, true, true, false}},
		"an amount more":   {func(k *contract.KPIs) { k.OrdersWithoutAmount = 0 }, []Fault{{Figure: Amounts}}, [Dimensions]bool{true, true, true, true}},
		"another undated":  {func(k *contract.KPIs) { k.UndatedOrders = 2 }, []Fault{{Figure: Amounts}}, [Dimensions]bool{true, true, true, true}},
		"another currency": {func(k *contract.KPIs) { k.Currencies = []contract.CurrencySum{{Rows: 3, Revenue: 4}} }, []Fault{{Figure: Currencies}}, [Dimensions]bool{true, true, true, true}},
	} {
		k := right()
		k.RevenueByRegion = slices.Clone(k.RevenueByRegion)
		c.change(k)
		s, err := Open(t.Context(), table, k, nil)
		require.NoError(t, err, name)
		require.Equal(t, c.want, s.Faults, name)
		for d := range Dimensions {
			require.Equal(t, c.splits[d], s.Splits(d), name)
		}
	}

	type narrow struct {
		ID      string   `parquet:"order_id"`
		Revenue *float64 `parquet:"revenue,optional"`
	}
	write(t, path+"2", []narrow{{"1", &x}, {"2", &x}, {"3", nil}})
	less, err := dataset.Open(t.Context(), path+"2")
	require.NoError(t, err)
	defer less.Close()
	s, err := Open(t.Context(), less, right(), nil)
	require.NoError(t, err)
	require.Contains(t, s.Faults, Fault{Figure: ByRegion, Column: "region"})
	require.Contains(t, s.Faults, Fault{Figure: ByPeriod, Column: "order_date"})
	require.False(t, s.Splits(Region))
}

// Where the file says the visitors of each day, days have a conversion of their own; parts of days have none.
func TestDaysHaveTheirConversion(t *testing.T) {
	type visited struct {
		ID       string  `parquet:"order_id"`
		Day      int32   `parquet:"order_date,date"`
		Region   string  `parquet:"region"`
		Revenue  float64 `parquet:"revenue"`
		Visitors *int64  `parquet:"visitors,optional"`
	}
	first, _, _ := Span("2025-01-01")
	path, n, m := filepath.Join(t.TempDir(), "rows.parquet"), int64(10), int64(30)
	write(t, path, []visited{{"1", int32(first), "North", 1, &n}, {"2", int32(first), "South", 1, nil}, {"3", int32(first) + 1, "North", 1, &m}, {"4", int32(first) + 40, "North", 1, nil}})
	table, err := dataset.Open(t.Context(), path)
	require.NoError(t, err)
	defer table.Close()
	rate, aov := 0.075, 1.0
	k := &contract.KPIs{SchemaVersion: 3, RowIs: contract.RowIsOrder, TotalRevenue: 4, Orders: 4, AOV: &aov, TimeSeries: contract.TimeSeries{Granularity: "daily"},
		Conversion: &contract.Conversion{Source: contract.ConversionOfFile, Column: new("visitors"), TotalVisitors: 40, Orders: 3, RateOrdersPerTotalVisitors: &rate,
			Period: &contract.Period{From: "2025-01-01", To: "2025-01-02", Days: 2}}}
	s, err := Open(t.Context(), table, k, nil)
	require.NoError(t, err)
	require.NotContains(t, s.Faults, Fault{Figure: Visitors})
	part := func(d Dimension, key string) *contract.Conversion {
		var f Filter
		f[d] = []string{key}
		p, err := s.Part(t.Context(), f, nil)
		require.NoError(t, err)
		return p.KPIs.Conversion
	}
	one := part(Period, "2025-01-01")
	require.EqualValues(t, 10, one.TotalVisitors)
	require.EqualValues(t, 2, one.Orders)
	require.Equal(t, 0.2, *one.RateOrdersPerTotalVisitors)
	require.Equal(t, contract.Period{From: "2025-01-01", To: "2025-01-01", Days: 1}, *one.Period)
	require.Nil(t, part(Period, "2025-02"), "no row says the visitors of that day")
	require.Nil(t, part(Region, "North"), "visitors of a day are not those of a region")

	k.Conversion.TotalVisitors = 41
	s, err = Open(t.Context(), table, k, nil)
	require.NoError(t, err)
	require.Contains(t, s.Faults, Fault{Figure: Visitors})
	require.Nil(t, part(Period, "2025-01-01"))
}

// A part that is no longer wanted is not worked out to its end.
func TestAPartIsGivenUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.parquet")
	x := 1.0
	write(t, path, []sale{{ID: "1", Revenue: &x}})
	table, err := dataset.Open(t.Context(), path)
	require.NoError(t, err)
	defer table.Close()
	s, err := Open(t.Context(), table, &contract.KPIs{SchemaVersion: 3, RowIs: contract.RowIsOrder, TotalRevenue: 1, Orders: 1, AOV: &x}, nil)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.Part(ctx, Filter{Region: {"North"}}, nil)
	require.ErrorIs(t, err, context.Canceled)
}
