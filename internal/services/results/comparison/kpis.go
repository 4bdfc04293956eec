package comparison

import (
	"cmp"
	"slices"
	"strings"

	"fabricportal/contract"
)

// change compares two figures; nil is one that is not known.
func change(before, after *float64) Change {
	c := Change{Before: before, After: after}
	if before == nil || after == nil {
		return c
	}
	by := *after - *before
	c.Absolute = &by
	if *before != 0 {
		share := by / max(*before, -*before)
		c.Relative = &share
	}
	return c
}

func count(n int64) *float64 { return new(float64(n)) }

// KPIs compares two snapshots; either may be nil.
func KPIs(before, after *contract.KPIs) KPIChange {
	b, a := orEmpty(before), orEmpty(after)
	both := before != nil && after != nil
	c := KPIChange{
		Figures: figures(before, after),
		// A key that one of two known snapshots lacks had no revenue there.
		Channels:   shares(b.RevenueByChannel, a.RevenueByChannel, both),
		Regions:    shares(b.RevenueByRegion, a.RevenueByRegion, both),
		Categories: shares(b.RevenueByProductCategory, a.RevenueByProductCategory, both),
	}
	if both {
		c.Granularity, c.Periods = periods(b.TimeSeries, a.TimeSeries)
	}
	return c
}

func orEmpty(k *contract.KPIs) contract.KPIs {
	if k == nil {
		return contract.KPIs{}
	}
	return *k
}

func figures(before, after *contract.KPIs) []Figure {
	of := func(k *contract.KPIs, name FigureName) *float64 {
		if k == nil {
			return nil
		}
		switch name {
		case TotalRevenue:
			return &k.TotalRevenue
		case Orders:
			return count(k.Orders)
		case AOV:
			return k.AOV
		}
		if rate, ok := k.Conversion.Rate(); ok {
			return &rate
		}
		return nil
	}
	var out []Figure
	for _, name := range []FigureName{TotalRevenue, Orders, AOV, Conversion} {
		f := Figure{Name: name, Change: change(of(before, name), of(after, name))}
		if name == Conversion && f.Absolute != nil && before.Conversion.Definition != after.Conversion.Definition {
			f.Absolute, f.Relative = nil, nil
			f.Note = "The two rates are defined differently: “" + before.Conversion.Definition + "” and “" + after.Conversion.Definition + "”."
		}
		if name == Conversion && f.Absolute != nil && before.Conversion.Source != after.Conversion.Source {
			f.Absolute, f.Relative = nil, nil
			f.Note = "The visitors of one rate are configured, those of the other one stand in the file."
		}
		out = append(out, f)
	}
	return out
}

// shares joins two breakdowns by key.
func shares(before, after []contract.Share, both bool) []ShareChange {
	type pair struct{ before, after *contract.Share }
	byKey := map[string]*pair{}
	var keys []string
	at := func(key string) *pair {
		p := byKey[key]
		if p == nil {
			p = &pair{}
			byKey[key] = p
			keys = append(keys, key)
		}
		return p
	}
	for i := range before {
		at(before[i].Key).before = &before[i]
	}
	for i := range after {
		at(after[i].Key).after = &after[i]
	}
	figure := func(s *contract.Share, of func(contract.Share) float64) *float64 {
		switch {
		case s != nil:
			return new(of(*s))
		case both:
			return new(0.0)
		}
		return nil
	}
	var out []ShareChange
	for _, key := range keys {
		p := byKey[key]
		compare := func(of func(contract.Share) float64) Change { return change(figure(p.before, of), figure(p.after, of)) }
		out = append(out, ShareChange{
			Key:     key,
			Revenue: compare(func(s contract.Share) float64 { return s.Revenue }),
			Orders:  compare(func(s contract.Share) float64 { return float64(s.Orders) }),
		})
	}
	slices.SortStableFunc(out, func(a, b ShareChange) int {
		return cmp.Or(cmp.Compare(largest(b.Revenue), largest(a.Revenue)), strings.Compare(a.Key, b.Key))
	})
	return out
}

func largest(c Change) float64 {
	var x float64
	for _, v := range []*float64{c.Before, c.After} {
		if v != nil {
			x = max(x, *v)
		}
	}
	return x
}

const (
	daily   = "daily"
	monthly = "monthly"
)

// periods joins two series by period; where one is monthly, the other's days are added up to months.
func periods(before, after contract.TimeSeries) (string, []PeriodPair) {
	if len(before.Points) == 0 && len(after.Points) == 0 {
		return "", nil
	}
	granularity := daily
	if before.Granularity == monthly || after.Granularity == monthly {
		granularity = monthly
	}
	b, a := byPeriod(before, granularity), byPeriod(after, granularity)
	var names []string
	for name := range b {
		names = append(names, name)
	}
	for name := range a {
		if _, ok := b[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	value := func(of map[string]contract.Point, name string) (revenue, orders *float64) {
		if p, ok := of[name]; ok {
			return new(p.Revenue), count(p.Orders)
		}
		return nil, nil
	}
	var out []PeriodPair
	for _, name := range names {
		br, bo := value(b, name)
		ar, ao := value(a, name)
		out = append(out, PeriodPair{Period: name, Revenue: change(br, ar), Orders: change(bo, ao)})
	}
	return granularity, out
}

func byPeriod(s contract.TimeSeries, granularity string) map[string]contract.Point {
	out := map[string]contract.Point{}
	for _, p := range s.Points {
		name := p.Period
		if granularity == monthly && len(name) > len("2006-01") {
			name = name[:len("2006-01")]
		}
		sum := out[name]
		out[name] = contract.Point{Period: name, Revenue: sum.Revenue + p.Revenue, Orders: sum.Orders + p.Orders}
	}
	return out
}
