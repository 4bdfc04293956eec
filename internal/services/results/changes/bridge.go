package changes

import "fabricportal/contract"

// StepKind is a step of a Bridge.
type StepKind string

// The steps, in their order.
const (
	StepBefore    StepKind = "before"
	StepAdded     StepKind = "added"
	StepRemoved   StepKind = "removed"
	StepChanged   StepKind = "changed"
	StepWithoutID StepKind = "without_order_id" // rows that can't be matched
	StepRounding  StepKind = "rounding"         // amounts have fractions of a cent
	StepAfter     StepKind = "after"
)

// Step is a part of the way from the revenue before to that after. Money is what it adds: that of Removed is below 0 where
// revenue went away. Of the first and the last one it is the revenue itself.
type Step struct {
	Kind   StepKind
	Money  Cents
	Orders int64 // that it is of; 0 for StepRounding
	Rows   int64
}

// Bridge leads from the revenue before to the revenue after: the steps between the first and the last one add up to the
// difference, to the cent. What is nothing is left out, but for added, removed and changed orders.
func (r *Result) Bridge() []Step {
	b, a := r.Sides[Before], r.Sides[After]
	steps := []Step{
		{StepBefore, b.Revenue, b.Orders, b.Rows},
		{StepAdded, r.Parts[Added].Revenue, r.Parts[Added].Orders, r.Parts[Added].Rows},
		{StepRemoved, -r.Parts[Removed].Revenue, r.Parts[Removed].Orders, r.Parts[Removed].Rows},
		{StepChanged, r.Parts[Changed].Revenue, r.Parts[Changed].Orders, r.Parts[Changed].Rows},
	}
	if a.WithoutID+b.WithoutID > 0 {
		steps = append(steps, Step{StepWithoutID, a.WithoutIDRevenue - b.WithoutIDRevenue, 0, a.WithoutID + b.WithoutID})
	}
	var sum Cents
	for _, s := range steps {
		sum += s.Money
	}
	if rest := a.Revenue - sum; rest != 0 {
		steps = append(steps, Step{Kind: StepRounding, Money: rest})
	}
	return append(steps, Step{StepAfter, a.Revenue, a.Orders, a.Rows})
}

// Mismatch says that the rows of a run are not those that its KPIs were computed of.
type Mismatch struct {
	Side          int
	Rows, KPI     Cents // revenue
	Orders, Known int64 // different order_ids in the rows; orders of the KPIs
}

// Mismatches compares the rows with the KPIs of their runs; nil is not known.
func (r *Result) Mismatches(kpis [2]*contract.KPIs) []Mismatch {
	var out []Mismatch
	for side, k := range kpis {
		if k == nil {
			continue
		}
		s := r.Sides[side]
		if known := centsOf(k.TotalRevenue); s.Revenue != known || s.Orders != k.Orders {
			out = append(out, Mismatch{side, s.Revenue, known, s.Orders, k.Orders})
		}
	}
	return out
}
