package sampledata

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// order is one row's content before it gets dirty. Money is in cents.
type order struct {
	id, customer, segment, channel, region, country, category, product, sku, payment string
	date, shipped                                                                    time.Time
	quantity, unitCents, discount                                                    int // discount in percent
	rating                                                                           int // 0 for none
	returned                                                                         bool
}

// revenueCents is quantity x unit price x (1 - discount), rounded to cents.
func (o order) revenueCents() int { return (o.quantity*o.unitCents*(100-o.discount) + 50) / 100 }

// dirt is what is wrong with which order, by the order's position.
type dirt struct {
	duplicate, withoutID, badDate, textDate, textNumber, padded, noChannel, noRegion map[int]bool
}

// pending is a repeated row that is still to come.
type pending struct {
	row []cell
	at  int // position of the order after which it comes
}

// orders generates the rows one by one.
type orders struct {
	spec    Spec
	rng     *rand.Rand
	perDay  []int // number of orders of each day
	dirt    dirt
	made    int // orders made so far
	day     int // current day and how many of its orders are made
	ofDay   int
	repeats []pending
	extra   [][]cell // rows that follow the order made last
}

func newOrders(spec Spec) *orders {
	o := &orders{spec: spec, rng: rand.New(rand.NewPCG(spec.Seed, 1))}
	// What is dirty is drawn from a sequence of its own, so that more dirt does not change the orders.
	rng := rand.New(rand.NewPCG(spec.Seed, 2))
	dates := choose(rng, spec.Orders, spec.BadDates+spec.TextDates)
	o.dirt = dirt{
		duplicate: set(choose(rng, spec.Orders, spec.Duplicates)), withoutID: set(choose(rng, spec.Orders, spec.WithoutID)),
		badDate: set(dates[:spec.BadDates]), textDate: set(dates[spec.BadDates:]), textNumber: set(choose(rng, spec.Orders, spec.TextNumbers)),
		padded: set(choose(rng, spec.Orders, spec.Padded)), noChannel: set(choose(rng, spec.Orders, spec.BlankKeys)), noRegion: set(choose(rng, spec.Orders, spec.BlankKeys)),
	}
	o.perDay = spread(rng, spec)
	return o
}

// choose draws n different positions below total, in the order drawn.
func choose(rng *rand.Rand, total, n int) []int {
	seen := make(map[int]bool, n)
	chosen := make([]int, 0, n)
	for len(chosen) < n {
		if i := rng.IntN(total); !seen[i] {
			seen[i] = true
			chosen = append(chosen, i)
		}
	}
	return chosen
}

func set(positions []int) map[int]bool {
	m := make(map[int]bool, len(positions))
	for _, i := range positions {
		m[i] = true
	}
	return m
}

// spread divides the orders among the days by their demand.
func spread(rng *rand.Rand, spec Spec) []int {
	var demand []int
	total := 0
	for d := spec.From; !d.After(spec.To); d = d.AddDate(0, 0, 1) {
		w := dayDemand(d, rng.IntN(100))
		demand = append(demand, w)
		total += w
	}
	// The running sum is divided, so that the parts add up to the whole.
	counts := make([]int, len(demand))
	sum, before := 0, 0
	for i, w := range demand {
		sum += w
		upTo := sum * spec.Orders / total
		counts[i] = upTo - before
		before = upTo
	}
	return counts
}

// next gives the next row's cells; false at the end.
func (o *orders) next() ([]cell, bool) {
	if len(o.extra) > 0 {
		row := o.extra[0]
		o.extra = o.extra[1:]
		return row, true
	}
	if o.made == o.spec.Orders {
		if len(o.repeats) == 0 {
			return nil, false
		}
		row := o.repeats[0].row
		o.repeats = o.repeats[1:]
		return row, true
	}
	for o.ofDay >= o.perDay[o.day] {
		o.day, o.ofDay = o.day+1, 0
	}
	position := o.made
	made := o.order(position, o.spec.From.AddDate(0, 0, o.day))
	o.made++
	o.ofDay++
	row := o.row(made, position)
	if o.dirt.duplicate[position] {
		o.repeats = append(o.repeats, pending{row, position + 1 + position%37})
	}
	if o.dirt.withoutID[position] {
		lost := o.row(made, position)
		lost[0] = cell{}
		o.extra = append(o.extra, lost)
	}
	for i := 0; i < len(o.repeats); {
		if o.repeats[i].at > position {
			i++
			continue
		}
		o.extra = append(o.extra, o.repeats[i].row)
		o.repeats = append(o.repeats[:i], o.repeats[i+1:]...)
	}
	return row, true
}

// order makes up one order.
func (o *orders) order(position int, date time.Time) order {
	month := date.Month() - 1
	weights := make([]int, len(categories))
	for i, c := range categories {
		weights[i] = c.weight * c.season[month]
	}
	c := categories[pick(o.rng, weights)]
	p := o.rng.IntN(len(c.products))
	// Within a category the first products sell best.
	if q := o.rng.IntN(len(c.products)); q < p {
		p = q
	}
	reg := regions[pickBy(o.rng, regions, func(r region) int { return r.weight })]
	discount, _ := strconv.Atoi(one(o.rng, discounts))
	if blackFriday(date) && discount < 20 {
		discount += 10
	}
	made := order{
		id:       fmt.Sprintf("SO-%d-%06d", date.Year(), o.spec.FirstNumber+position),
		customer: fmt.Sprintf("C-%05d", 10000+o.rng.IntN(18000)),
		segment:  one(o.rng, segments), channel: one(o.rng, channels), region: reg.name, country: one(o.rng, reg.countries),
		category: c.name, product: c.products[p].name, sku: fmt.Sprintf("%s-%04d", c.code, 1000+37*p),
		date: date, shipped: date.AddDate(0, 0, 1+o.rng.IntN(3)+o.rng.IntN(4)),
		quantity:  1,
		unitCents: c.products[p].cents * (96 + o.rng.IntN(9)) / 100,
		discount:  discount,
		returned:  o.rng.IntN(100) < 6,
	}
	for made.quantity < 10 && o.rng.IntN(100) < c.quantity {
		made.quantity++
	}
	if o.rng.IntN(1000) >= 125 {
		made.rating, _ = strconv.Atoi(one(o.rng, ratings))
	}
	if made.channel != "Retail Store" || o.rng.IntN(100) < 85 {
		made.payment = one(o.rng, payments)
	}
	return made
}

// row is an order's cells, with what is wrong with the order at this position.
func (o *orders) row(made order, position int) []cell {
	date := dateCell(made.date, styleDay)
	switch {
	case o.dirt.badDate[position]:
		date = textCell(badDates[position%len(badDates)])
	case o.dirt.textDate[position] && position%2 == 0:
		date = textCell(made.date.Format("02.01.2006"))
	case o.dirt.textDate[position]:
		date = textCell(made.date.Format(time.DateOnly))
	}
	if o.dirt.noChannel[position] {
		made.channel = ""
	}
	if o.dirt.noRegion[position] {
		made.region = ""
	}
	if o.dirt.padded[position] {
		if position%2 == 0 {
			made.channel = pad(made.channel, " ")
		} else {
			made.region = pad(made.region, "  ")
		}
	}
	// What has not been sent by the last day has no ship date yet.
	shipped := cell{}
	if !made.shipped.After(o.spec.To) {
		shipped = dateCell(made.shipped, styleShortDate)
	}
	cells := []cell{
		uniqueCell(made.id), date, shipped, textCell(made.customer), textCell(made.segment),
		textCell(made.channel), textCell(made.region), textCell(made.country), textCell(made.category), textCell(made.product), textCell(made.sku),
		numberCell(float64(made.quantity), styleGeneral), numberCell(float64(made.unitCents)/100, styleMoney), numberCell(float64(made.discount)/100, stylePercent),
	}
	if !o.spec.OmitRevenue {
		revenue := numberCell(float64(made.revenueCents())/100, styleMoney)
		if o.dirt.textNumber[position] {
			revenue = textCell(fmt.Sprintf("%d.%02d", made.revenueCents()/100, made.revenueCents()%100))
		}
		cells = append(cells, revenue)
	}
	rating := cell{}
	if made.rating > 0 {
		rating = numberCell(float64(made.rating), styleGeneral)
	}
	return append(cells, textCell(made.payment), rating, boolCell(made.returned))
}

// pad puts blanks at both ends of a text that is not empty.
func pad(s, blanks string) string {
	if s == "" {
		return s
	}
	return strings.TrimPrefix(blanks, " ") + s + blanks
}

// columnsOf gives the headers as they stand in the file, with the columns' widths.
func columnsOf(spec Spec) []column {
	columns := []column{
		{"Order ID", 16}, {"Order Date", 12}, {"Ship Date", 12}, {"Customer ID", 12}, {"Customer Segment", 17}, {"Channel", 14}, {"Region", 21}, {"Country", 20},
		{"Product Category", 18}, {"Product Name", 27}, {"SKU", 10}, {"Quantity", 9}, {"Unit Price", 11}, {"Discount", 9}, {"Revenue", 11},
		{"Payment Method", 16}, {"Rating", 8}, {"Is Returned", 12},
	}
	if spec.DirtyHeaders {
		columns[6].header = "Region "
		columns[14].header = " Revenue "
	}
	if spec.OmitRevenue {
		columns = append(columns[:14], columns[15:]...)
	}
	return columns
}

// one draws a value by weight.
func one(rng *rand.Rand, values []weighted) string {
	return values[pickBy(rng, values, func(v weighted) int { return v.weight })].value
}

func pickBy[T any](rng *rand.Rand, values []T, weight func(T) int) int {
	weights := make([]int, len(values))
	for i, v := range values {
		weights[i] = weight(v)
	}
	return pick(rng, weights)
}

// pick draws an index by weight.
func pick(rng *rand.Rand, weights []int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	n := rng.IntN(total)
	for i, w := range weights {
		if n < w {
			return i
		}
		n -= w
	}
	return len(weights) - 1
}
