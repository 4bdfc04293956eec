package profile

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/profile/columns"
	"fabricportal/internal/services/importfile/reading"
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
	rows     []int       // of the examples that are cells of rows
	header   bool        // the header is one of those that were found, beside rows
	cells    *hits.Cells // all of them; nil where nobody asks for more than the first
}

func (f *finding) add(address string, value []byte) {
	f.examples = append(f.examples, contract.Example{Cell: address, Value: columns.ClipBytes(value)})
}

// fail counts a cell of a row.
func (f *finding) fail(row *cleaning.Row, column int) {
	f.count++
	f.cells.Add(row.Number, column)
	f.show(row.Number, column, row.At(column))
}

// show keeps a cell of a row as an example, if it is one of the first. Rows come in their order, but for those that were open,
// which may come a second time.
func (f *finding) show(number, column int, v cleaning.Value) {
	at, known := slices.BinarySearch(f.rows, number)
	if known || at == maxExamples {
		return
	}
	example := contract.Example{Cell: spreadsheet.Address(column, number), Value: columns.ClipBytes(v.AppendText(nil))}
	f.rows, f.examples = slices.Insert(f.rows, at, number), slices.Insert(f.examples, at, example)
	f.rows, f.examples = f.rows[:min(len(f.rows), maxExamples)], f.examples[:min(len(f.examples), maxExamples)]
}

// see notes a cell that is counted elsewhere, and shows it if it is one of the first.
func (f *finding) see(number, column int, value func(column int) cleaning.Value) {
	f.cells.Add(number, column)
	if len(f.rows) < maxExamples {
		f.show(number, column, value(column))
	}
}

// merge adds the cells of other rows.
func (f *finding) merge(other *finding) {
	f.count += other.count
	f.cells.Merge(other.cells)
	for i, number := range other.rows {
		at, _ := slices.BinarySearch(f.rows, number)
		f.rows, f.examples = slices.Insert(f.rows, at, number), slices.Insert(f.examples, at, other.examples[i])
	}
	f.rows, f.examples = f.rows[:min(len(f.rows), maxExamples)], f.examples[:min(len(f.examples), maxExamples)]
}

// rowChecks are the checks that look at each row.
type rowChecks struct {
	losesFrom float64           // of an order_id that is a number
	unpriced  *reading.Unpriced // as in cleaning.How

	noID, repeatedID, lostDigits, badDate, badRevenue, negative finding
	missing, leftOut                                            finding // of these only the examples
	// What no check counts: rows that a delimiter has shifted, and rows in the sums that are on no day.
	shifted, undated *hits.Cells
	// orders tells which lines without a revenue are of orders without one; nil where nobody asks for all of them.
	orders *lineOrders
}

// add looks at a row. Stored gives its values as they are stored, which a word for nothing is, too.
func (c *rowChecks) add(row *cleaning.Row, stored func(column int) cleaning.Value) {
	switch row.Fate {
	case reading.NoOrder:
		for column := range row.Values {
			if len(c.leftOut.rows) == maxExamples && c.leftOut.cells == nil {
				break
			}
			if v := stored(column); v.Kind != cleaning.Null {
				c.leftOut.see(row.Number, column, func(int) cleaning.Value { return v })
				break
			}
		}
		return
	case reading.Shifted:
		c.shifted.Add(row.Number, hits.WholeRow)
		c.lacks(row, stored)
		return
	}
	if id := row.Columns.OrderID; id >= 0 {
		if len(row.OrderID) == 0 {
			c.noID.fail(row, id)
		} else if (row.Values[id].Text != nil || !math.IsInf(c.losesFrom, 1)) && row.OrderID[0] <= '9' && reading.LostDigits(row.Values[id], c.losesFrom) {
			c.lostDigits.fail(row, id)
		}
	}
	if row.BadDate {
		c.badDate.fail(row, row.Columns.OrderDate)
	}
	if revenue := row.Columns.Revenue; revenue >= 0 {
		if c.orders != nil && row.Line && c.unpriced != nil && len(row.OrderID) > 0 {
			c.orders.add(row, revenue)
		}
		switch {
		case !row.Priced && row.At(revenue).Kind == cleaning.Null:
			lacking := true
			if row.Line && c.unpriced != nil && len(row.OrderID) > 0 {
				lacking = slices.Contains(c.unpriced.First, row.Number) // their number is known
			} else {
				c.badRevenue.count++
				c.badRevenue.cells.Add(row.Number, revenue)
			}
			if lacking && len(c.badRevenue.rows) < maxExamples {
				c.badRevenue.show(row.Number, revenue, stored(revenue))
			}
		case !row.Priced:
			c.badRevenue.fail(row, revenue)
			c.missing.see(row.Number, revenue, row.At)
		case row.Revenue < 0:
			c.negative.fail(row, revenue)
		}
		if len(row.OrderID) == 0 {
			c.lacks(row, stored)
		}
	}
	c.settled(row, stored)
}

// lacks notes a row whose amount is missing from the sums.
func (c *rowChecks) lacks(row *cleaning.Row, stored func(column int) cleaning.Value) {
	if column := row.Columns.Revenue; column >= 0 {
		c.missing.see(row.Number, column, stored)
	}
}

// settle adds what only the whole file tells.
func (c *rowChecks) settle() {
	if c.unpriced != nil {
		c.badRevenue.count += c.unpriced.Rows
	}
}

// settled looks at what may not have been known when the row was added; then its values are not there as they are stored any more.
func (c *rowChecks) settled(row *cleaning.Row, stored func(column int) cleaning.Value) {
	if !row.HasDay && !row.Open && len(row.OrderID) > 0 && row.Columns.OrderDate >= 0 &&
		(!row.Repeated || row.Line && row.At(row.Columns.Revenue).Kind != cleaning.Null) {
		c.undated.Add(row.Number, row.Columns.OrderDate)
	}
	if !row.Repeated || row.Line {
		return
	}
	c.repeatedID.fail(row, row.Columns.OrderID)
	c.lacks(row, stored)
}

// howDigitsAreLost ends the message of order_id_exact.
func (t *table) howDigitsAreLost() string {
	if t.form == columns.Typed {
		return "stored as a number that has no room for the last ones"
	}
	return "of which Excel has lost the last ones"
}

// validation runs through the checks of contract/RULES.md in their order.
func (t *table) validation() contract.Validation {
	v := contract.Validation{Status: contract.ValidationPassed, Checks: []contract.Check{
		t.readingDecided(),
		t.rowsPresent(),
		t.columnsPresent("required_columns", severityError, "required", "order_id", "order_date", "revenue"),
		t.columnsPresent("recommended_columns", severityWarning, "recommended", "channel", "region", "product_category"),
		t.headerNames(),
		t.rowsCheck("text_encoding", t.textual.finding(&t.header, t.recoded), "Every text is in the file's encoding.", "has", "have", "a text that is not in the encoding, or may be in another"),
		t.cellCheck("order_id_present", "order_id", t.checks.noID, "has", "have", "no order_id", "Every row has an order_id."),
		t.cellCheck("order_id_unique", "order_id", t.checks.repeatedID, "repeats", "repeat", "an earlier order_id", "No order_id is repeated."),
		t.rowsCheck("order_id_exact", t.checks.lostDigits, "Every order_id is exact.", "has", "have", "an order_id of more than 15 digits, "+t.howDigitsAreLost()),
		t.orderIDCase(),
		t.cellCheck("order_date_valid", "order_date", t.checks.badDate, "has", "have", "an order_date that is no date", "Every order_date is a date."),
		t.cellCheck("revenue_valid", "revenue", t.checks.badRevenue, "has", "have", "no revenue or one that is no number", "Every revenue is a number."),
		t.oneCurrency(),
		t.cellCheck("revenue_not_negative", "revenue", t.checks.negative, "has", "have", "a negative revenue", "No revenue is negative."),
		t.returnedOrCancelled(),
		t.amountsComplete(),
		t.rowsLeftOut(),
		t.groupNames(),
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
	// Columns that another character separates are one column of long texts: without this sentence nobody finds the option.
	if severity == severityError && len(missing) == len(wanted) && len(t.columns) == 1 && t.form == columns.Typeless {
		c.Message += " The file has one column only: if another character than , ; | or a tab separates its columns, say which, as its delimiter."
	}
	return c
}

func (t *table) headerNames() contract.Check {
	f := finding{count: int64(len(t.header.Faulty))}
	f.cells = t.hits.New()
	for _, column := range t.header.Faulty {
		f.cells.Add(t.header.Row, column)
	}
	t.note("header_names", &f)
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

// decided says that a person has decided what a check is about, so that it is no error however many rows it is.
func (t *table) decided(id string) bool {
	switch id {
	case "order_id_unique":
		return t.how.RowsDecided
	case "order_id_present", "revenue_valid":
		return t.how.MissingAccepted
	}
	return false
}

// cellCheck is a check of one column. A failure is an error when more than 5 % of the rows fail, but for a negative
// revenue, which may be a credit note.
func (t *table) cellCheck(id, column string, f finding, one, many, rest, passed string) contract.Check {
	c := contract.Check{ID: id, Severity: severityWarning, Passed: f.count == 0, Count: f.count, Message: passed, Examples: f.examples}
	t.note(id, &f)
	if t.header.Index(column) < 0 {
		c.Message = fmt.Sprintf("There is no column %s to check.", column)
		return c
	}
	if f.count == 0 {
		return c
	}
	if id != "revenue_not_negative" && !t.decided(id) && columns.AboveFivePercent(f.count, t.rowCount) {
		c.Severity = severityError
	}
	verb := many
	if f.count == 1 {
		verb = one
	}
	c.Message = fmt.Sprintf("%s of %s %s %s.", format.Count(f.count), format.N(t.rowCount, "{{.N}} row", "{{.N}} rows"), verb, rest)
	return c
}
