package profile

import (
	"fmt"
	"slices"
	"strings"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/profile/columns"
	"fabricportal/internal/services/importfile/spreadsheet"
)

const (
	severityError   = "error"
	severityWarning = "warning"

	maxExamples = 5
)

// finding counts the cells that fail a check and keeps the first of them.
type finding struct {
	count    int64
	examples []contract.Example
	rows     []int // of the examples that are cells of rows
}

func (f *finding) add(address string, value []byte) {
	f.examples = append(f.examples, contract.Example{Cell: address, Value: columns.Clip(string(value))})
}

// fail counts a cell of a row. Rows come in their order, but for those that were open.
func (f *finding) fail(row *cleaning.Row, column int) {
	f.count++
	at, _ := slices.BinarySearch(f.rows, row.Number)
	if at == maxExamples {
		return
	}
	example := contract.Example{Cell: spreadsheet.Address(column, row.Number), Value: columns.Clip(string(row.At(column).AppendText(nil)))}
	f.rows, f.examples = slices.Insert(f.rows, at, row.Number), slices.Insert(f.examples, at, example)
	f.rows, f.examples = f.rows[:min(len(f.rows), maxExamples)], f.examples[:min(len(f.examples), maxExamples)]
}

// rowChecks are the checks that look at each row.
type rowChecks struct {
	noID, repeatedID, badDate, badRevenue, negative finding
}

func (c *rowChecks) add(row *cleaning.Row) {
	if id := row.Columns.OrderID; id >= 0 && len(row.OrderID) == 0 {
		c.noID.fail(row, id)
	}
	if row.BadDate {
		c.badDate.fail(row, row.Columns.OrderDate)
	}
	if revenue := row.Columns.Revenue; revenue >= 0 {
		if !row.Priced {
			c.badRevenue.fail(row, revenue)
		} else if row.Revenue < 0 {
			c.negative.fail(row, revenue)
		}
	}
	c.settled(row)
}

// settled looks at what may not have been known when the row was added.
func (c *rowChecks) settled(row *cleaning.Row) {
	if row.Repeated {
		c.repeatedID.fail(row, row.Columns.OrderID)
	}
}

// validation runs through the checks of contract/RULES.md in their order.
func (t *table) validation() contract.Validation {
	v := contract.Validation{Status: contract.ValidationPassed, Checks: []contract.Check{
		t.rowsPresent(),
		t.columnsPresent("required_columns", severityError, "required", "order_id", "order_date", "revenue"),
		t.columnsPresent("recommended_columns", severityWarning, "recommended", "channel", "region", "product_category"),
		t.headerNames(),
		t.cellCheck("order_id_present", "order_id", t.checks.noID, "has", "have", "no order_id", "Every row has an order_id."),
		t.cellCheck("order_id_unique", "order_id", t.checks.repeatedID, "repeats", "repeat", "an earlier order_id", "No order_id is repeated."),
		t.cellCheck("order_date_valid", "order_date", t.checks.badDate, "has", "have", "an order_date that is no date", "Every order_date is a date."),
		t.cellCheck("revenue_valid", "revenue", t.checks.badRevenue, "has", "have", "no revenue or one that is no number", "Every revenue is a number."),
		t.cellCheck("revenue_not_negative", "revenue", t.checks.negative, "has", "have", "a negative revenue", "No revenue is negative."),
	}}
	for i := range v.Checks {
		c := &v.Checks[i]
		if c.Examples == nil {
			c.Examples = []contract.Example{}
		}
		switch {
		case c.Passed:
		case c.Severity == severityError:
			v.Errors++
		default:
			v.Warnings++
		}
	}
	switch {
	case v.Errors > 0:
		v.Status = contract.ValidationFailed
	case v.Warnings > 0:
		v.Status = contract.ValidationWarnings
	}
	return v
}

func (t *table) rowsPresent() contract.Check {
	c := contract.Check{ID: "rows_present", Severity: severityError, Passed: t.rowCount > 0}
	switch t.rowCount {
	case 0:
		c.Message = "The file has no rows."
	default:
		c.Message = format.N(t.rowCount, "The file has {{.N}} row.", "The file has {{.N}} rows.")
	}
	return c
}

func (t *table) columnsPresent(id, severity, word string, wanted ...string) contract.Check {
	c := contract.Check{ID: id, Severity: severity}
	var missing []string
	for _, name := range wanted {
		if t.header.Index(name) < 0 {
			missing = append(missing, name)
		}
	}
	c.Count = int64(len(missing))
	switch last := len(missing) - 1; last {
	case -1:
		c.Passed = true
		c.Message = fmt.Sprintf("All %s columns are there.", word)
	case 0:
		c.Message = fmt.Sprintf("The %s column %s is missing.", word, missing[0])
	default:
		c.Message = fmt.Sprintf("The %s columns %s and %s are missing.", word, strings.Join(missing[:last], ", "), missing[last])
	}
	return c
}

func (t *table) headerNames() contract.Check {
	f := finding{count: int64(len(t.header.Faulty))}
	for _, column := range t.header.Faulty[:min(len(t.header.Faulty), maxExamples)] {
		f.add(spreadsheet.Address(column, t.header.Row), []byte(t.header.Names[column]))
	}
	c := contract.Check{ID: "header_names", Severity: severityWarning, Passed: f.count == 0, Count: f.count, Examples: f.examples}
	switch f.count {
	case 0:
		c.Message = "All headers are well formed."
	case 1:
		c.Message = "1 header is blank, repeated or has blanks at its ends."
	default:
		c.Message = fmt.Sprintf("%d headers are blank, repeated or have blanks at their ends.", f.count)
	}
	return c
}

// cellCheck is a check of one column. A failure is an error when more than 5 % of the rows fail, but for a negative
// revenue, which may be a credit note.
func (t *table) cellCheck(id, column string, f finding, one, many, rest, passed string) contract.Check {
	c := contract.Check{ID: id, Severity: severityWarning, Passed: f.count == 0, Count: f.count, Message: passed, Examples: f.examples}
	if t.header.Index(column) < 0 {
		c.Message = fmt.Sprintf("There is no column %s to check.", column)
		return c
	}
	if f.count == 0 {
		return c
	}
	if id != "revenue_not_negative" && columns.AboveFivePercent(f.count, t.rowCount) {
		c.Severity = severityError
	}
	verb := many
	if f.count == 1 {
		verb = one
	}
	c.Message = fmt.Sprintf("%s of %s %s %s.", format.Count(f.count), format.N(t.rowCount, "{{.N}} row", "{{.N}} rows"), verb, rest)
	return c
}
