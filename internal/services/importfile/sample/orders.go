package sample

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// Seed is what the sample is made from: the same rows on each computer on the same day.
const Seed = 1

// days is how long the sample goes back, up to yesterday.
const days = 365

// Columns are the headers of the sample.
var Columns = []string{
	"Order ID", "Order Date", "Customer ID", "Channel", "Region", "Product Category", "Product", "Quantity", "Unit Price", "Discount %", "Revenue",
}

const (
	idColumn       = 0
	dateColumn     = 1
	channelColumn  = 3
	regionColumn   = 4
	quantityColumn = 7
	priceColumn    = 8
	revenueColumn  = 10
)

type weighted[T any] struct {
	value  T
	weight int
}

var (
	channels = []weighted[string]{{"Online Shop", 46}, {"Marketplace", 22}, {"Store", 24}, {"Phone", 8}}
	regions  = []weighted[string]{{"North", 31}, {"South", 27}, {"West", 25}, {"East", 17}}
)

type goods struct {
	category string
	weight   int
	season   float64 // how much more is sold at the end of a year than in the middle of it
	products []product
}

type product struct {
	name  string
	cents int
}

var catalogue = []goods{
	{"Garden", 18, -0.55, []product{{"Hand Trowel", 1490}, {"Watering Can", 2450}, {"Raised Bed Kit", 12900}, {"Hose Reel", 5990}}},
	{"Kitchen", 28, 0.15, []product{{"Coffee Grinder", 8900}, {"Chopping Board", 3290}, {"Stock Pot", 6450}, {"Tea Towels, Set of 4", 1890}}},
	{"Lighting", 16, 0.35, []product{{"Desk Lamp", 5490}, {"Floor Lamp", 13900}, {"String Lights", 2290}}},
	{"Storage", 21, 0, []product{{"Storage Box", 1590}, {"Wall Shelf", 4990}, {"Shoe Rack", 7450}}},
	{"Gifts", 17, 0.9, []product{{"Scented Candle", 1990}, {"Photo Frame", 2490}, {"Gift Box", 3990}}},
}

// discounts are in percent.
var discounts = []weighted[int]{{0, 66}, {5, 13}, {10, 14}, {20, 7}}

// maker makes orders from a seed.
type maker struct{ *rand.Rand }

func pick[T any](m maker, from []weighted[T]) T {
	total := 0
	for _, w := range from {
		total += w.weight
	}
	n := m.IntN(total)
	for _, w := range from {
		if n -= w.weight; n < 0 {
			return w.value
		}
	}
	return from[0].value
}

// goodsOf picks what is sold at a part of the year, 0 to 1.
func (m maker) goodsOf(part float64) goods {
	late := -math.Cos(2 * math.Pi * part) // at the turn of a year -1, in its middle 1
	weights := make([]weighted[string], len(catalogue))
	for i, g := range catalogue {
		weights[i] = weighted[string]{g.category, max(1, int(float64(g.weight)*100*(1-g.season*late*0.6)))}
	}
	name := pick(m, weights)
	for _, g := range catalogue {
		if g.category == name {
			return g
		}
	}
	return catalogue[0]
}

// ordersOf is how many orders a day brings: more before the end of a year and on Mondays, and slowly more over time.
func (m maker) ordersOf(day time.Time, at int) int {
	demand := 8 + 3*float64(at)/days
	switch day.Month() {
	case time.November, time.December:
		demand *= 1.5
	case time.January, time.August:
		demand *= 0.8
	default:
	}
	switch day.Weekday() {
	case time.Monday:
		demand *= 1.2
	case time.Saturday, time.Sunday:
		demand *= 0.75
	default:
	}
	return max(1, int(math.Round(demand*(0.8+0.4*m.Float64()))))
}

// Rows are the headers and the orders of a year up to the day before today, in the order of their days: texts, whole numbers,
// amounts with two decimals and days (time.Time at midnight, UTC). The same seed and day give the same rows.
func Rows(seed uint64, today time.Time) [][]any {
	m := maker{rand.New(rand.NewPCG(seed, 20))} // #nosec G404 -- the same seed makes the same orders
	first := time.Date(today.Year(), today.Month(), today.Day()-days, 0, 0, 0, 0, time.UTC)
	head := make([]any, len(Columns))
	for i, c := range Columns {
		head[i] = c
	}
	rows := [][]any{head}
	for at := range days {
		day := first.AddDate(0, 0, at)
		for range m.ordersOf(day, at) {
			rows = append(rows, m.order(len(rows), day))
		}
	}
	return spoil(rows)
}

func (m maker) order(n int, day time.Time) []any {
	g := m.goodsOf(float64(day.YearDay()) / 366)
	p := g.products[m.IntN(len(g.products))]
	quantity := 1
	for quantity < 6 && m.IntN(100) < 34 {
		quantity++
	}
	percent := pick(m, discounts)
	cents := (quantity*p.cents*(100-percent) + 50) / 100
	return []any{
		fmt.Sprintf("SAMPLE-%05d", n), day, fmt.Sprintf("C-%04d", 1+m.IntN(900)), pick(m, channels), pick(m, regions), g.category, p.name,
		quantity, amount(p.cents), percent, amount(cents),
	}
}

func amount(cents int) float64 { return float64(cents) / 100 }

// spoil puts a few faults of real files among the rows, each where one comes upon it: what was exported twice, typed by hand, or
// forgotten.
func spoil(rows [][]any) [][]any {
	at := func(part float64) []any { return rows[1+int(part*float64(len(rows)-2))] }
	copy(at(0.12), at(0.11))      // an order exported twice
	at(0.27)[revenueColumn] = nil // an amount is missing
	at(0.41)[revenueColumn] = nil //
	typed := at(0.53)             // a day, typed as a text
	typed[dateColumn] = typed[dateColumn].(time.Time).Format("2 January 2006")
	at(0.58)[dateColumn] = "to be confirmed" // no day at all
	stray := at(0.66)                        // a price in another currency; an amount would keep the file from being summed
	stray[priceColumn] = fmt.Sprintf("USD %.2f", stray[priceColumn])
	at(0.74)[quantityColumn] = 25_000                       // a slip of the finger
	at(0.81)[regionColumn] = nil                            // a group is missing
	for _, part := range []float64{0.22, 0.47, 0.69, 0.9} { // blanks that nobody sees
		row := at(part)
		row[channelColumn] = row[channelColumn].(string) + "  "
	}
	return rows
}
