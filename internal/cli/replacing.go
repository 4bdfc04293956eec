package cli

import (
	"context"
	"fmt"
	"strings"

	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/results/comparison"
)

// LargeChangeError says that a run would take much of what is published away, or multiply it.
type LargeChangeError struct{ Reasons []string }

func (e *LargeChangeError) Error() string {
	return "no run was started, as it would change much of what is published: " + strings.Join(e.Reasons, "; ")
}

// tellReplaced says what a run of a file will change of what is published. Where much would be gone, this is a
// *LargeChangeError if the caller wants to stop there: else it is said, and scripts go on as they always did.
func (p Program) tellReplaced(ctx context.Context, services Portal, found *analysis.Result, stop bool) error {
	if found.KPIs == nil || len(failedChecks(found.Profile)) > 0 {
		if stop {
			return &failure{ExitFailed, fmt.Errorf("no run was started, as it is not known what it would change: the file gives no figures")}
		}
		return nil
	}
	r, err := services.RunPreview(ctx, found.KPIs, found.Profile)
	if err == nil && r.Unknown {
		err = fmt.Errorf("it is being replaced, or has a form that this program can't read")
	}
	if err != nil {
		if stop {
			return fmt.Errorf("no run was started, as what is published could not be read: %w", err)
		}
		p.say("what is published could not be read, so that it is not known what changes: %v", err)
		return nil
	}
	if r.Nothing {
		return nil
	}
	p.say("replaces what is published: %s", replacedText(r))
	var reasons []string
	for _, reason := range r.Reasons {
		reasons = append(reasons, replacedReason(reason, r))
	}
	if len(reasons) == 0 {
		return nil
	}
	if stop {
		return &failure{ExitUndecided, &LargeChangeError{reasons}}
	}
	p.say("a large change: %s", strings.Join(reasons, "; "))
	return nil
}

// replacedText is the figures before and after in a line.
func replacedText(r comparison.Replacement) string {
	arrow := func(name string, c comparison.Change, write func(float64) string) string {
		if c.Before == nil || c.After == nil {
			return ""
		}
		text := name + " " + write(*c.Before) + " → " + write(*c.After)
		if c.Relative != nil && !c.Same() {
			sign := ""
			if *c.Relative > 0 {
				sign = "+"
			}
			text += " (" + sign + format.English.Percent(*c.Relative, 1) + ")"
		}
		return text
	}
	count := func(v float64) string { return format.Count(int64(v)) }
	days := ""
	if from, to := r.Before.Names(); from != "" {
		days = "days " + from + " to " + to
		if from, to = r.After.Names(); from != "" {
			days += " → " + from + " to " + to
		}
	}
	var parts []string
	for _, part := range []string{arrow("revenue", r.Figures[0].Change, format.Money), arrow("orders", r.Figures[1].Change, count), arrow("rows", r.Rows, count), days} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

func replacedReason(reason comparison.Reason, r comparison.Replacement) string {
	switch reason.Kind {
	case comparison.CoversLess:
		return format.N(int64(r.After.Days()), "the file is of {{.N}} day, what is published of {{.Before}}", "the file is of {{.N}} days, what is published of {{.Before}}",
			"Before", format.Count(int64(r.Before.Days())))
	case comparison.EndsEarlier:
		_, before := r.Before.Names()
		_, after := r.After.Names()
		return "the file ends on " + after + ", what is published on " + before
	case comparison.ShrinkingSum:
		return "revenue falls by " + format.English.Percent(-*reason.Change.Relative, 0)
	case comparison.ShrinkingCount:
		return "orders fall by " + format.English.Percent(-*reason.Change.Relative, 0)
	case comparison.GrowingSum:
		return fmt.Sprintf("revenue becomes %.1f times as much", *reason.Change.Relative+1)
	case comparison.GrowingCount:
		return fmt.Sprintf("orders become %.1f times as many", *reason.Change.Relative+1)
	}
	return string(reason.Kind)
}
