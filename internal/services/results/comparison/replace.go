package comparison

import (
	"context"
	"time"

	"github.com/google/uuid"

	"fabricportal/contract"
)

// Replacement is what a run of a file would change of what is published.
type Replacement struct {
	Nothing bool // nothing is published yet, so that nothing is replaced
	Unknown bool // what is published can't be told at this moment: it is being replaced, or can't be read
	Figures []Figure
	Rows    Change // rows read
	// Before and After are the days of the orders, as far as they are known.
	Before, After Extent
	Reasons       []Reason // why it is worth more than a click; in the order of what weighs most
}

// ReasonKind says in which way a replacement is large, or takes something away.
type ReasonKind string

// The kinds.
const (
	EndsEarlier    ReasonKind = "ends_earlier"    // its last day lies before that of what is published
	CoversLess     ReasonKind = "covers_less"     // it is of fewer days
	ShrinkingSum   ReasonKind = "shrinking_sum"   // less revenue
	ShrinkingCount ReasonKind = "shrinking_count" // fewer orders
	GrowingSum     ReasonKind = "growing_sum"     // several times as much revenue, as by cents that were taken for euros
	GrowingCount   ReasonKind = "growing_count"   // several times as many orders
)

// Reason is one of them. Of days, Change counts days.
type Reason struct {
	Kind   ReasonKind
	Change Change
}

// From these on a change is large. A file that grows month by month may double; a few days fewer, or a fifth less, is no month left out.
const (
	muchLess  = -0.2
	muchMore  = 2.0
	fewerDays = 0.9
)

// PreviewRun says what a run whose figures are now would change. The profile is that of its file, and may be nil.
func PreviewRun(published Current, now *contract.KPIs, profile *contract.ImportProfile) Replacement {
	r := Replacement{After: reach(now, profile)}
	switch {
	case published.Publishing || published.KPIs == nil && len(published.Unread) > 0:
		r.Unknown = true
		return r
	case published.KPIs == nil:
		r.Nothing = true
		return r
	}
	r.Before = reach(published.KPIs, published.Profile)
	r.Figures = figures(published.KPIs, now)
	var before, after *float64
	if published.Profile != nil {
		before = count(published.Profile.RowCount)
	}
	if profile != nil {
		after = count(profile.RowCount)
	}
	r.Rows = change(before, after)
	r.Reasons = r.reasons()
	return r
}

// reach is the days of the orders of a snapshot: by its series, else by the months of it. The day on which it was computed counts.
func reach(k *contract.KPIs, p *contract.ImportProfile) Extent {
	s := seriesOf(k)
	if s == nil {
		return Extent{}
	}
	first, last := s.days[0], s.days[len(s.days)-1]
	if !s.monthly {
		return Extent{first, last}
	}
	e := ExtentOf(k, p)
	if e.From.IsZero() {
		e.From = first
	}
	if e.To.IsZero() {
		e.To = lastOfMonth(last)
	}
	return e
}

// Days is how many days an extent is; 0 where they are not known.
func (e Extent) Days() int {
	if e.From.IsZero() || e.To.IsZero() {
		return 0
	}
	return daysBetween(e.From, e.To) + 1
}

// Names are the first and the last day as YYYY-MM-DD; "" where they are not known.
func (e Extent) Names() (from, to string) {
	if e.Days() == 0 {
		return "", ""
	}
	return e.From.Format(time.DateOnly), e.To.Format(time.DateOnly)
}

func (r Replacement) reasons() []Reason {
	var out []Reason
	add := func(kind ReasonKind, c Change, yes bool) {
		if yes {
			out = append(out, Reason{kind, c})
		}
	}
	b, a := r.Before, r.After
	if b.Days() > 0 {
		days := change(count(int64(b.Days())), count(int64(a.Days())))
		less := float64(a.Days()) < fewerDays*float64(b.Days())
		add(CoversLess, days, less)
		add(EndsEarlier, change(count(0), count(int64(daysBetween(b.To, a.To)))), !less && a.To.Before(b.To))
	}
	revenue, orders := r.Figures[0].Change, r.Figures[1].Change
	fell := func(c Change) bool { return c.Relative != nil && *c.Relative <= muchLess }
	rose := func(c Change) bool { return c.Relative != nil && *c.Relative >= muchMore }
	add(ShrinkingSum, revenue, fell(revenue))
	add(ShrinkingCount, orders, fell(orders))
	add(GrowingSum, revenue, rose(revenue))
	add(GrowingCount, orders, rose(orders))
	return out
}

// RunAgainPreview says what a run of an older run's file would change, if it still gives the figures that it gave then. A run that has left
// none has nothing to compare: this is Unknown.
func (r *Reader) RunAgainPreview(ctx context.Context, id uuid.UUID) (Replacement, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	s, err := r.side(ctx, id)
	if err != nil {
		return Replacement{}, err
	}
	if s.KPIs == nil {
		return Replacement{Unknown: true}, nil
	}
	published, err := r.current(ctx)
	if err != nil {
		return Replacement{}, err
	}
	return PreviewRun(published, s.KPIs, s.Profile), nil
}

// RunPreview says what a run of a file with these figures would change of what is published.
func (r *Reader) RunPreview(ctx context.Context, now *contract.KPIs, profile *contract.ImportProfile) (Replacement, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	published, err := r.current(ctx)
	if err != nil {
		return Replacement{}, err
	}
	return PreviewRun(published, now, profile), nil
}
