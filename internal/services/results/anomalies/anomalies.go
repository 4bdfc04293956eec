// Package anomalies marks the days and months of a series that are unlike those before them (docs/anomalies.md). The rule is one that a
// person can check by looking at the same weekdays of the weeks before, and a single odd day does not change what is usual.
package anomalies

import (
	"math"
	"slices"
	"time"

	"fabricportal/contract"
)

// The rule's numbers.
const (
	weeks       = 8 // before a day, whose same weekdays it is compared with
	leastWeeks  = 4 // that must have it
	months      = 12
	leastMonth  = 6
	deviations  = 4.0 // usual ones away from the median
	leastShare  = 0.2 // of the median; what is nearer is never marked
	alikeYear   = 0.25
	leastSpread = 0.05 // of the median: the least that is taken for a usual deviation
	// After so many odd days of the seven before, all in one direction, a day is no oddity but the new level.
	settledDays = 4
)

// toDeviation makes a standard deviation of the median distance from the median, where values are spread as chance does (Hampel 1974).
const toDeviation = 1.4826

// Mark is a period of a series that is unlike the ones before.
type Mark struct {
	At       int // place in the series
	Period   string
	Value    float64
	Earlier  []int // places of the periods that it was compared with, the oldest first
	Usual    int   // how many of those are as usual
	Low      float64
	High     float64 // of the usual ones
	Median   float64
	Daily    bool // compared with the same weekday; else with the months before
	Relative float64
}

// Above tells whether the value is above the usual ones.
func (m Mark) Above() bool { return m.Value > m.Median }

// Value is what is looked at of a point.
type Value func(p contract.Point) float64

// Revenue is a point's revenue; Orders is the number of its orders.
func Revenue(p contract.Point) float64 { return p.Revenue }

// Orders is the number of a point's orders.
func Orders(p contract.Point) float64 { return float64(p.Orders) }

// Find gives the marks of a series, in its order. Open tells which places are of a part of their period only: those are neither marked,
// nor is anything compared with them.
func Find(s contract.TimeSeries, value Value, open func(at int) bool) []Mark {
	layout, daily := time.DateOnly, true
	if s.Granularity == monthly {
		layout, daily = "2006-01", false
	}
	l := look{values: make([]float64, len(s.Points)), days: make([]time.Time, len(s.Points)), at: map[time.Time]int{}}
	for i, p := range s.Points {
		day, err := time.Parse(layout, p.Period)
		if err != nil {
			return nil
		}
		l.values[i], l.days[i] = value(p), day
		if !open(i) {
			l.at[day] = i
		}
	}
	if daily {
		l.usual = l.weekdays()
	}
	var out []Mark
	directions := make([]int, len(s.Points)) // 0 where a period is as usual
	for i, p := range s.Points {
		if open(i) {
			continue
		}
		var m Mark
		var odd bool
		if daily {
			m, odd = l.day(i)
		} else {
			m, odd = l.month(i)
		}
		if !odd {
			continue
		}
		directions[i] = 1
		if !m.Above() {
			directions[i] = -1
		}
		if daily && l.settled(i, directions) {
			continue
		}
		m.At, m.Period, m.Value, m.Daily = i, p.Period, l.values[i], daily
		out = append(out, m)
	}
	return out
}

type look struct {
	values []float64
	days   []time.Time
	at     map[time.Time]int // of periods that are whole
	usual  []float64         // of each day: how far it is from the median of its weekday, as a share; NaN where that is not known
}

// earlier are the places of the same weekday in the weeks before a day, the oldest first.
func (l *look) earlier(i int) []int {
	var out []int
	for w := weeks; w >= 1; w-- {
		if at, ok := l.at[l.days[i].AddDate(0, 0, -7*w)]; ok {
			out = append(out, at)
		}
	}
	return out
}

// weekdays are the distances of the days from what was usual for their weekday by then.
func (l *look) weekdays() []float64 {
	out := make([]float64, len(l.values))
	for i := range l.values {
		out[i] = math.NaN()
		if before := l.earlier(i); len(before) >= leastWeeks {
			if m := median(l.of(before)); m != 0 {
				out[i] = math.Abs(l.values[i]-m) / math.Abs(m)
			}
		}
	}
	return out
}

func (l *look) of(places []int) []float64 {
	out := make([]float64, len(places))
	for i, at := range places {
		out[i] = l.values[at]
	}
	return out
}

func (l *look) day(i int) (Mark, bool) {
	before := l.earlier(i)
	if len(before) < leastWeeks {
		return Mark{}, false
	}
	// Of four Mondays two may be alike by chance. How far days of these weeks are from what is usual for them says more.
	var near []float64
	for j := i - 1; j >= 0 && !l.days[j].Before(l.days[i].AddDate(0, 0, -7*weeks)); j-- {
		if u := l.usual[j]; u == u {
			near = append(near, u)
		}
	}
	spread := 0.0
	if len(near) > 0 {
		spread = median(near)
	}
	return l.judge(i, before, spread)
}

func (l *look) month(i int) (Mark, bool) {
	var before []int
	for m := months; m >= 1; m-- {
		if at, ok := l.at[l.days[i].AddDate(0, -m, 0)]; ok {
			before = append(before, at)
		}
	}
	if len(before) < leastMonth {
		return Mark{}, false
	}
	if at, ok := l.at[l.days[i].AddDate(-1, 0, 0)]; ok && math.Abs(l.values[i]-l.values[at]) <= alikeYear*math.Abs(l.values[at]) {
		return Mark{}, false // it is so each year
	}
	return l.judge(i, before, 0)
}

// judge compares a value with earlier ones. spread is the usual deviation, as a share of the median, where more is known than these.
func (l *look) judge(i int, before []int, spread float64) (Mark, bool) {
	values := l.of(before)
	m := Mark{Earlier: before, Median: median(values)}
	if m.Median == 0 {
		return m, false
	}
	distances := make([]float64, len(values))
	for j, v := range values {
		distances[j] = math.Abs(v - m.Median)
	}
	middle := math.Abs(m.Median)
	far := deviations * max(toDeviation*median(distances), toDeviation*spread*middle, leastSpread*middle)
	far = max(far, leastShare*middle)
	m.Low, m.High = m.Median, m.Median
	for j, v := range values {
		if distances[j] < far {
			m.Usual++
			m.Low, m.High = min(m.Low, v), max(m.High, v)
		}
	}
	v := l.values[i]
	m.Relative = (v - m.Median) / middle
	return m, math.Abs(v-m.Median) >= far
}

// settled tells whether most of the week before a day is odd in the same direction as it.
func (l *look) settled(i int, directions []int) bool {
	n := 0
	for j := i - 1; j >= 0 && !l.days[j].Before(l.days[i].AddDate(0, 0, -7)); j-- {
		if directions[j] == directions[i] {
			n++
		}
	}
	return n >= settledDays
}

func median(values []float64) float64 {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}
