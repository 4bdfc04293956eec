// Package kpis makes kpis.json of a local file, by the same rules and to the same cent as the notebook
// (contract/RULES.md, Sums).
package kpis

import (
	"fmt"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/scan"
)

// ValidationError says that a file is not cleaned because its validation failed. Its message is that of the first failed
// error check, with which the notebook's run fails too.
type ValidationError struct {
	Check   string // the check, as RULES.md names it
	Message string
}

func (e *ValidationError) Error() string { return e.Message }

// Sums adds up the cleaned rows of a file. The zero value has none.
type Sums struct{ sums }

// Add takes a row of which all is known (profile.Options.Rows); those that are not kept count nothing.
func (s *Sums) Add(row *cleaning.Row) {
	if row.Kept() {
		s.add(row)
	}
}

// KPIs is what the rows come to. Where the file gives none, the error says why: a *scan.IncompleteError when it could not be
// read to its end, so that its sums would be wrong, or a *ValidationError.
func (s *Sums) KPIs(p *contract.ImportProfile, funnel *contract.Funnel) (*contract.KPIs, error) {
	if err := refusal(p); err != nil {
		return nil, err
	}
	return s.document(p, funnel), nil
}

// refusal says why a file gives no KPIs; nil where it does.
func refusal(p *contract.ImportProfile) error {
	if !p.Complete {
		return &scan.IncompleteError{Reason: *p.IncompleteReason}
	}
	if p.Validation.Status != contract.ValidationFailed {
		return nil
	}
	for _, c := range p.Validation.Checks {
		if !c.Passed && c.Severity == "error" {
			return &ValidationError{Check: c.ID, Message: c.Message}
		}
	}
	return fmt.Errorf("the validation of %s failed without a failed check", p.File.Name)
}
