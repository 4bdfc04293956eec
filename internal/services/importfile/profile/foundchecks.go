package profile

import (
	"fmt"
	"strings"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/profile/columns"
)

// Found is how a file was read, and what was found in the whole of it.
type Found struct {
	Reading contract.Reading
	// SameGroups are the groups that only case, white space or characters without a width tell apart, as group_names shows them. It
	// is asked once all rows were told; nil where there are none.
	SameGroups func() []contract.Example
}

// Plain is how a file is read by the rules as they stand.
func Plain() *Found {
	return &Found{Reading: contract.Reading{
		Options: contract.ReadOptions{SchemaVersion: contract.ReadOptionsVersion},
		Found:   []contract.Found{}, Questions: []contract.Question{}, LeftOut: []contract.LeftOut{},
	}}
}

// readingDecided fails while a person has to decide how the file is read.
func (t *table) readingDecided() contract.Check {
	questions := t.found.Reading.Questions
	c := contract.Check{ID: "reading_decided", Severity: severityError, Passed: len(questions) == 0, Count: int64(len(questions))}
	if c.Passed {
		c.Message = "How the file is read is decided."
		return c
	}
	ids := make([]string, len(questions))
	for i, q := range questions {
		ids[i] = q.ID
	}
	c.Message = fmt.Sprintf("The file can be read in more than one way, and a person has to decide: %s.", strings.Join(ids, ", "))
	return c
}

// rowsCheck is a check of rows, of which a few may be wrong.
func (t *table) rowsCheck(id string, f finding, passed, one, many, rest string) contract.Check {
	c := contract.Check{ID: id, Severity: severityWarning, Passed: f.count == 0, Count: f.count, Message: passed, Examples: f.examples}
	t.note(id, &f)
	verb := many
	if f.count == 1 {
		verb = one
	}
	if !c.Passed {
		c.Message = t.who(f) + " " + verb + " " + rest + "."
	}
	return c
}

// who are the rows that were found. The header is no row of the file's, so that it is told beside them.
func (t *table) who(f finding) string {
	switch {
	case !f.header:
		return t.share(f.count)
	case f.count == 1:
		return "The header"
	}
	return "The header and " + t.share(f.count-1)
}

// oneCurrency says which rows are in other currencies: of those that amounts name it is an error, of those in a column of their
// own a warning.
func (t *table) oneCurrency() contract.Check {
	f, severity := t.money.inRevenue.others(), severityError
	if f.count == 0 {
		if f = t.money.named.others(); f.count > 0 {
			severity = severityWarning
		}
	}
	c := t.rowsCheck("one_currency", f, "All amounts are in one currency.", "is", "are", "in another currency than most")
	c.Severity = severity
	return c
}

// groupNames says which groups are written in several ways.
func (t *table) groupNames() contract.Check {
	c := contract.Check{ID: "group_names", Severity: severityWarning, Passed: true, Message: "No groups differ in case or blanks only."}
	if t.found.SameGroups == nil {
		return c
	}
	groups := t.found.SameGroups()
	if c.Count = int64(len(groups)); c.Count == 0 {
		return c
	}
	c.Passed, c.Message = false, format.N(c.Count, "{{.N}} group is written in several ways that differ in case or blanks only.",
		"{{.N}} groups are written in several ways that differ in case or blanks only.")
	t.noteExamples("group_names", groups)
	for _, group := range groups[:min(len(groups), maxExamples)] {
		c.Examples = append(c.Examples, contract.Example{Cell: group.Cell, Value: columns.Clip(group.Value)})
	}
	return c
}

// amountsComplete says what is missing from the sums.
func (t *table) amountsComplete() contract.Check {
	m := t.found.Reading.Missing
	rows := m.UnreadAmounts.Rows + m.NoOrderID.Rows + m.RepeatedOrderID.Rows + m.ShiftedRows.Rows
	c := contract.Check{ID: "amounts_complete", Severity: severityWarning, Passed: m.Share == 0, Message: "Nothing is missing from the sums."}
	if c.Passed {
		return c
	}
	c.Count, c.Examples = rows, t.checks.missing.examples
	t.note(c.ID, &t.checks.missing)
	money := m.UnreadAmounts.Revenue + m.NoOrderID.Revenue + m.RepeatedOrderID.Revenue + m.ShiftedRows.Revenue
	c.Message = fmt.Sprintf("%s with %.2f %s missing from the sums.", t.share(rows), money, map[bool]string{true: "is", false: "are"}[rows == 1])
	return c
}

// rowsLeftOut says which rows are no orders.
func (t *table) rowsLeftOut() contract.Check {
	c := contract.Check{ID: "rows_left_out", Severity: severityWarning, Passed: true, Message: "Every row is an order."}
	for _, l := range t.found.Reading.LeftOut {
		c.Count += l.Rows
	}
	if c.Passed = c.Count == 0; c.Passed {
		return c
	}
	c.Examples = t.checks.leftOut.examples
	t.note(c.ID, &t.checks.leftOut)
	c.Message = t.share(c.Count) + map[bool]string{true: " is no order and is left out.", false: " are no orders and are left out."}[c.Count == 1]
	return c
}

// share is so many of the file's rows.
func (t *table) share(n int64) string {
	return fmt.Sprintf("%s of %s", format.Count(n), format.N(t.rowCount, "{{.N}} row", "{{.N}} rows"))
}
