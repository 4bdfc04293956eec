package profile

import (
	"fmt"
	"strings"

	"fabricportal/contract"
	"fabricportal/internal/format"
)

// Finding is the outcome of a check that needs more than one row to tell, by what was found in the whole file.
type Finding struct {
	Count    int64
	Error    bool // its severity is error, else warning
	Examples []contract.Example
}

// Found is how a file was read, and what was found while that was decided.
type Found struct {
	Reading contract.Reading
	// Findings are the outcomes of text_encoding, order_id_exact, one_currency and group_names by the check's id; one that is not
	// there has passed.
	Findings map[string]Finding
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

// foundCheck is a check whose outcome was found in the whole file.
func (t *table) foundCheck(id, passed, one, many string) contract.Check {
	f := t.found.Findings[id]
	c := contract.Check{ID: id, Severity: severityWarning, Passed: f.Count == 0, Count: f.Count, Message: passed, Examples: f.Examples}
	switch {
	case c.Passed:
		if id == "one_currency" {
			c.Severity = severityError
		}
	case f.Error:
		c.Severity = severityError
	}
	switch {
	case c.Passed:
	case id == "group_names":
		c.Message = format.N(f.Count, "{{.N}} group is written in several ways that differ in case or blanks only.", "{{.N}} groups are written in several ways that differ in case or blanks only.")
	case f.Count == 1:
		c.Message = t.share(f.Count) + " " + one + "."
	default:
		c.Message = t.share(f.Count) + " " + many + "."
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
	c.Message = t.share(c.Count) + map[bool]string{true: " is no order and is left out.", false: " are no orders and are left out."}[c.Count == 1]
	return c
}

// share is so many of the file's rows.
func (t *table) share(n int64) string {
	return fmt.Sprintf("%s of %s", format.Count(n), format.N(t.rowCount, "{{.N}} row", "{{.N}} rows"))
}
