// Package kpis makes kpis.json of a local file, by the same rules and to the same cent as the notebook
// (contract/RULES.md, Sums).
package kpis

import (
	"context"
	"fmt"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// ValidationError says that a file is not cleaned because its validation failed. Its message is that of the first failed
// error check, with which the notebook's run fails too.
type ValidationError struct {
	Check   string // the check, as RULES.md names it
	Message string
	Said    *format.Said // the message, for other languages
}

func (e *ValidationError) Error() string { return e.Message }

// Say is part of format.Sayer.
func (e *ValidationError) Say(w format.Writer) string {
	if e.Said == nil {
		return e.Message
	}
	return e.Said.Say(w)
}

// GroupsError says that revenue can't be broken down by a column, as it holds far more different values than groups have.
type GroupsError struct{ File, Column string }

func (e *GroupsError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *GroupsError) Say(w format.Writer) string {
	return w.T("{{.File}} has more than {{.Most}} different values, or too long ones, in {{.Column}}, so that they are no groups: say which column holds them, or rename that column.",
		"File", e.File, "Most", w.Count(mostGroups), "Column", e.Column)
}

// Sums adds up the cleaned rows of a file: it looks at the columns by which revenue is broken down, and is told the rows. The
// zero value has none.
type Sums struct {
	sums
	// NamesOnly says that the columns of orders are not known: all rows count for the names of groups, and for nothing else.
	NamesOnly bool

	groups [scan.MostUnderWay][lookedAt][]uint32 // by slot of a batch: of its rows
	header int                                   // number of the header's row
}

// The columns that are looked at: first those by which revenue is broken down.
const (
	byChannel = iota
	byRegion
	byCategory
	byCurrency
	byStatus
	byVisitors
	lookedAt

	brokenDown = byCurrency // so many come first
)

// Begin takes the header.
func (s *Sums) Begin(_ context.Context, t *scan.Table) error {
	s.header = t.Header.Row
	c := t.Header.Columns()
	for i, column := range [lookedAt]int{c.Channel, c.Region, c.ProductCategory, t.Header.CurrencyColumn(), t.Header.StatusColumn(), t.Header.VisitorColumn()} {
		s.breakdowns[i].begin(column, t.Format == spreadsheet.CSV, t.Texts)
		if s.names[i] = ""; column >= 0 {
			s.names[i] = t.Header.Normalized[column]
		}
	}
	s.unpricedLines = t.How.Unpriced
	return nil
}

// Put does nothing.
func (s *Sums) Put(*scan.Batch) {}

// Columns finds the groups of a batch's rows.
func (s *Sums) Columns(b *scan.Batch, _, from, to int, _ bool) {
	for i := range s.breakdowns {
		if of := &s.breakdowns[i]; of.column >= from && of.column < to {
			s.groups[b.Slot][i] = of.read(s.groups[b.Slot][i], &b.Batch)
		}
	}
}

// Rows does nothing: Add is told the rows.
func (s *Sums) Rows(*scan.Batch) error { return nil }

// Add takes a row once everything about it is known, as profile.Options.Rows gives it. Rows that are not kept do not count.
func (s *Sums) Add(b *scan.Batch, index int, row *cleaning.Row) {
	if !row.Kept() && !s.NamesOnly {
		return
	}
	var groups [lookedAt]uint32
	for i := range s.breakdowns {
		switch of := &s.breakdowns[i]; {
		case of.column < 0:
		case b == nil:
			groups[i] = of.ofValue(row.At(of.column))
		default:
			groups[i] = s.groups[b.Slot][i][index]
		}
	}
	if s.NamesOnly {
		s.breakDown(row, groups, 0)
		return
	}
	s.add(row, groups)
}

// SameGroups are the groups that only case, white space or characters without a width tell apart, by the headers' cells, once
// all rows were added.
func (s *Sums) SameGroups() []contract.Example {
	var out []contract.Example
	for i := range s.breakdowns[:brokenDown] {
		if b := &s.breakdowns[i]; b.column >= 0 {
			for _, told := range b.sameGroups() {
				out = append(out, contract.Example{Cell: spreadsheet.Address(b.column, s.header), Value: told})
			}
		}
	}
	return out
}

// KPIs is what the rows come to. Where the file gives none, the error says why: a *scan.IncompleteError when it could not be
// read to its end, so that its sums would be wrong, a *ValidationError, or a *GroupsError.
func (s *Sums) KPIs(p *contract.ImportProfile, funnel *contract.Funnel) (*contract.KPIs, error) {
	if err := refusal(p); err != nil {
		return nil, err
	}
	for i, name := range [brokenDown]string{"channel", "region", "product_category"} {
		if s.breakdowns[i].over {
			return nil, &GroupsError{p.File.Name, name}
		}
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
			return &ValidationError{Check: c.ID, Message: c.Message, Said: profile.Sentence(p, c)}
		}
	}
	return fmt.Errorf("the validation of %s failed without a failed check", p.File.Name)
}
