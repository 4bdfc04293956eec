package profile

import (
	"fabricportal/contract"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/reading"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// mostStatuses is more than any shop has; of a column with more each text is looked at anew.
const mostStatuses = 1000

// statusCheck finds rows that a column of statuses calls returned or cancelled (contract/RULES.md, What stands beside the sums).
type statusCheck struct {
	column int // -1 for none
	found  finding
	known  map[string]bool
}

// look looks at the rows of a batch, of which those that are left out do not count.
func (c *statusCheck) look(t *table, b *scan.Batch) {
	if c.column < 0 || c.column >= len(b.Batch.Columns) {
		return
	}
	for _, cell := range b.Batch.Columns[c.column] {
		var text []byte
		switch cell.Kind {
		case cells.Shared:
			text = t.texts.At(uint32(cell.Bits))
		case cells.Text:
			text = b.At(cell)
		default:
			continue
		}
		if int(cell.Row) < b.First || !c.tells(text) || leftOut(b.Fates[int(cell.Row)].Fate) {
			continue
		}
		c.found.cells.Add(int(b.Rows[cell.Row].Number), c.column)
		if c.found.count++; len(c.found.rows) < maxExamples {
			c.found.show(int(b.Rows[cell.Row].Number), c.column, cleaning.Value{Kind: cleaning.Text, Text: cleaning.Trim(text)})
		}
	}
}

// tells says that a status is returned or cancelled.
func (c *statusCheck) tells(status []byte) bool {
	if told, ok := c.known[string(status)]; ok {
		return told
	}
	told := reading.ReturnedOrCancelled(status) != ""
	if len(c.known) < mostStatuses {
		if c.known == nil {
			c.known = map[string]bool{}
		}
		c.known[string(status)] = told
	}
	return told
}

// returnedOrCancelled says which rows are counted though their orders were returned or cancelled.
func (t *table) returnedOrCancelled() contract.Check {
	return t.rowsCheck("returned_or_cancelled", t.statuses.found, "No order is returned or cancelled, as far as a column tells.",
		"is", "are", "returned or cancelled by a column of statuses, and counted all the same")
}
