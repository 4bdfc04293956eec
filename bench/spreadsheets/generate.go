package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// The columns of the generated files: those of xlsx benchmarks elsewhere, 18 of all kinds.
var headers = []string{
	"order_id", "order_date", "customer_id", "customer_segment", "channel", "region", "country", "product_category", "product_name", "sku",
	"quantity", "unit_price", "discount", "revenue", "payment_method", "rating", "is_returned", "ship_days",
}

// generate writes the file that its name asks for, such as orders-1000.xlsx, or one of those that are hard to keep in
// memory, such as texts-1000x18.csv.
func generate(_ context.Context, path string) error {
	if done, err := generateHard(path); done {
		return err
	}
	var n int
	if _, err := fmt.Sscanf(filepath.Base(path), "orders-%d.", &n); err != nil {
		return fmt.Errorf("%s does not say how many rows it is to have: %w", path, err)
	}
	switch filepath.Ext(path) {
	case ".csv":
		return writeCSV(path, n)
	case ".parquet":
		return writeParquet(path, n)
	}
	return writeWorkbook(path, n)
}

// row is one generated order. Texts are indexes into the vocabulary.
type row struct {
	texts    [9]int // order_id, customer_id, segment, channel, region, country, category, name, sku; payment apart
	payment  int    // -1: none
	day      int    // serial day
	quantity int
	price    float64
	discount float64
	rating   int // 0: none
	returned bool
	ship     int
}

// vocabulary is all texts of a file, each once, in the order of their first use, as Excel keeps them.
type vocabulary struct {
	list  []string
	index map[string]int
}

func (v *vocabulary) add(text string) int {
	i, ok := v.index[text]
	if !ok {
		i = len(v.list)
		v.list, v.index[text] = append(v.list, text), i
	}
	return i
}

var (
	segments = []string{"Consumer", "Corporate", "Small Business"}
	channels = []string{"Online Shop", "Mobile App", "Marketplace", "Retail Store", "Phone"}
	regions  = []string{"Europe", "North America", "Asia Pacific", "Latin America", "Middle East & Africa"}
	payments = []string{"Credit Card", "PayPal", "Invoice", "Bank Transfer", "Apple Pay", "Gift Card"}
)

func orders(n int) func(yield func(i int, r *row, v *vocabulary) bool) {
	return func(yield func(int, *row, *vocabulary) bool) {
		draw := rand.New(rand.NewPCG(18, uint64(n)))
		v := &vocabulary{index: map[string]int{}}
		var r row
		for i := range n {
			product := draw.IntN(600)
			r.texts = [9]int{
				v.add(fmt.Sprintf("SO-%08d", i+1)), v.add(fmt.Sprintf("C-%05d", draw.IntN(80_000))), v.add(segments[draw.IntN(3)]), v.add(channels[draw.IntN(5)]),
				v.add(regions[draw.IntN(5)]), v.add("Country " + strconv.Itoa(draw.IntN(40))), v.add("Category " + strconv.Itoa(product%12)),
				v.add("Product number " + strconv.Itoa(product)), v.add(fmt.Sprintf("SKU-%04d", product)),
			}
			r.payment = -1
			if draw.IntN(50) > 0 {
				r.payment = v.add(payments[draw.IntN(6)])
			}
			r.day, r.quantity, r.price = 45658+draw.IntN(365), 1+draw.IntN(9), float64(100+draw.IntN(40_000))/100
			r.discount = float64(draw.IntN(6)) / 20
			r.rating = 0
			if draw.IntN(8) > 0 {
				r.rating = 1 + draw.IntN(5)
			}
			r.returned, r.ship = draw.IntN(20) == 0, draw.IntN(15)
			if !yield(i, &r, v) {
				return
			}
		}
	}
}

func (r *row) revenue() float64 {
	return float64(r.quantity) * r.price * (1 - r.discount)
}

// writeCSV writes the same orders as text.
func writeCSV(path string, n int) error {
	return create(path, func(w io.Writer) error {
		b := bufio.NewWriterSize(w, 1<<20)
		for i, h := range headers {
			if i > 0 {
				_ = b.WriteByte(',')
			}
			_, _ = b.WriteString(h)
		}
		_ = b.WriteByte('\n')
		epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
		orders(n)(func(_ int, r *row, v *vocabulary) bool {
			payment, rating := "", ""
			if r.payment >= 0 {
				payment = v.list[r.payment]
			}
			if r.rating > 0 {
				rating = strconv.Itoa(r.rating)
			}
			t := func(i int) string { return v.list[r.texts[i]] }
			_, err := fmt.Fprintf(b, "%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%d,%g,%g,%.2f,%s,%s,%t,%d\n", t(0), epoch.AddDate(0, 0, r.day).Format(time.DateOnly),
				t(1), t(2), t(3), t(4), t(5), t(6), t(7), t(8), r.quantity, r.price, r.discount, r.revenue(), payment, rating, r.returned, r.ship)
			return err == nil
		})
		return b.Flush()
	})
}

func create(path string, write func(io.Writer) error) error {
	f, err := os.Create(path + ".part")
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}
