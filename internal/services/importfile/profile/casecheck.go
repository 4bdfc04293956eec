package profile

import (
	"context"
	"encoding/binary"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/keys"
	"fabricportal/internal/services/importfile/reading"
)

// mostPending is how many order_ids may wait for one in another case.
const (
	mostPending  = 1 << 20
	pendingPiece = 1 << 13
)

// caseCheck finds order_ids that differ from an earlier one in upper and lower case only (contract/RULES.md, Keys and texts). Mostly
// the letters of all of them are in one case: then none can, and nothing is looked for.
type caseCheck struct {
	found   finding
	set     keys.Set // of the order_ids in small letters
	looking bool
	usual   reading.LetterCase // of the pending ones
	pending [][]uint64         // in pieces, so that they are never copied
	waiting int                // their number
	small   []byte             // of the current order_id
	kept    []byte             // for the end, of one that is open
}

// add takes a row. Only the first of an order_id counts.
func (c *caseCheck) add(row *cleaning.Row) {
	if row.Repeated || row.Open || len(row.OrderID) == 0 || leftOut(row.Fate) {
		return
	}
	var letters reading.LetterCase
	if c.small, letters = reading.InSmallLetters(c.small[:0], row.OrderID); letters == reading.NoLetters {
		return
	}
	hash := c.set.Hash(c.small)
	if !c.looking {
		if letters != reading.OtherCase && (c.usual == letters || c.usual == reading.NoLetters) && c.waiting < c.mostPending() {
			c.usual = letters
			c.wait(hash)
			return
		}
		for _, piece := range c.pending {
			for _, earlier := range piece {
				c.set.Add(earlier)
			}
		}
		c.looking, c.pending = true, nil
	}
	switch c.set.Add(hash) {
	case keys.Seen:
		c.found.fail(row, row.Columns.OrderID)
	case keys.Open:
		c.kept = append(binary.AppendUvarint(c.kept[:0], uint64(row.Number)), row.OrderID...)
		c.set.Keep(c.kept)
	case keys.New:
	}
}

// wait keeps an order_id until one in another case comes.
func (c *caseCheck) wait(hash uint64) {
	if c.waiting%pendingPiece == 0 {
		c.pending = append(c.pending, make([]uint64, 0, pendingPiece))
	}
	last := &c.pending[len(c.pending)-1]
	*last = append(*last, hash)
	c.waiting++
}

// mostPending is no more than the set has room for, so that none of them is open.
func (c *caseCheck) mostPending() int {
	if c.set.Most > 0 {
		return min(c.set.Most, mostPending)
	}
	return mostPending
}

// settle takes the order_ids that were open, once all rows are known. Errors are *scratch.Error, or that of ctx.
func (c *caseCheck) settle(ctx context.Context, column int) error {
	return c.set.Settle(ctx, func(seen bool, what []byte) error {
		if seen {
			number, n := binary.Uvarint(what)
			c.found.count++
			c.found.cells.Add(int(number), column)
			c.found.show(int(number), column, cleaning.Value{Kind: cleaning.Text, Text: what[n:]})
		}
		return nil
	})
}

// orderIDCase says which order_ids differ in upper and lower case only.
func (t *table) orderIDCase() contract.Check {
	f := t.casing.found
	t.note("order_id_case", &f)
	c := contract.Check{ID: "order_id_case", Severity: severityWarning, Passed: f.count == 0, Count: f.count, Message: "No order_ids differ in upper and lower case only.", Examples: f.examples}
	if f.count > 0 {
		c.Message = format.N(f.count, "{{.N}} order_id differs from an earlier one in upper and lower case only: they count as different orders.",
			"{{.N}} order_ids differ from earlier ones in upper and lower case only: they count as different orders.")
	}
	return c
}
