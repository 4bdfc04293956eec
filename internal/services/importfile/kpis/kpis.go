// Package kpis makes kpis.json of a local file, by the same rules and to the same cent as the notebook
// (contract/RULES.md, Sums).
package kpis

import (
	"context"
	"fmt"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// Options of a calculation. The zero value is valid.
type Options struct {
	Funnel     *contract.Funnel // the configured visitor figures; nil where there are none
	Version    string           // of this program, for the generator
	Now        func() time.Time // time.Now where nil
	SampleRows int              // as in profile.Options
	Progress   func(profile.Progress)
	Limits     spreadsheet.Limits
	// Sheet and HeaderRow are as in profile.Options. The pipeline takes what they are without being named.
	Sheet     string
	HeaderRow int
}

// ValidationError says that a file is not cleaned because its validation failed. Its message is that of the first failed
// error check, with which the notebook's run fails too.
type ValidationError struct {
	Check   string // the check, as RULES.md names it
	Message string
}

func (e *ValidationError) Error() string { return e.Message }

// IncompleteError says that a file could not be read to its end, so that its sums would be wrong.
type IncompleteError struct{ Reason string }

func (e *IncompleteError) Error() string { return e.Reason }

// Analysis is what one reading of a file gives: its profile, how its rows are cleaned, and either the KPIs it will give
// or why it gives none.
type Analysis struct {
	Profile  *contract.ImportProfile
	Rows     contract.RowCounts
	KPIs     *contract.KPIs // nil where KPIError is set
	KPIError error          // *ValidationError or *IncompleteError
}

// File computes the KPIs of a file. Errors are a *spreadsheet.UnreadableError, an *IncompleteError, a *ValidationError or
// that of ctx.
func File(ctx context.Context, path string, opts Options) (*contract.KPIs, error) {
	a, err := Analyze(ctx, path, opts)
	if err != nil {
		return nil, err
	}
	return a.KPIs, a.KPIError
}

// Analyze reads a file once for both its profile and its KPIs. An error means that it can't be read at all.
func Analyze(ctx context.Context, path string, opts Options) (*Analysis, error) {
	var s sums
	result, err := profile.Analyze(ctx, path, profile.Options{
		SampleRows: opts.SampleRows, Version: opts.Version, Now: opts.Now, Progress: opts.Progress, Limits: opts.Limits, Sheet: opts.Sheet, HeaderRow: opts.HeaderRow,
		Rows: func(row *cleaning.Row) {
			if row.Kept() {
				s.add(row)
			}
		},
	})
	if err != nil {
		return nil, err
	}
	a := &Analysis{Profile: result.Profile, Rows: result.Rows}
	if a.KPIError = refusal(result.Profile); a.KPIError == nil {
		a.KPIs = s.document(result.Profile, opts.Funnel)
	}
	return a, nil
}

// refusal says why a file gives no KPIs; nil where it does.
func refusal(p *contract.ImportProfile) error {
	if !p.Complete {
		return &IncompleteError{Reason: *p.IncompleteReason}
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
