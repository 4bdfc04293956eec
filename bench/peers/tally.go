package main

import (
	"bytes"
	"context"
	"hash/crc32"
	"math"
	"time"

	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// tally counts the cells of a column by what they hold: those of a text file are texts. What is added up does not depend on
// the order of the rows, or little, so that two readers can be compared without keeping their cells.
type tally struct {
	Numbers int     `json:"numbers"`
	Sum     float64 `json:"sum"`
	Moments int     `json:"moments"` // dates and date-times
	First   string  `json:"first,omitempty"`
	Last    string  `json:"last,omitempty"`
	Clocks  int     `json:"clocks"`  // times of day
	Seconds float64 `json:"seconds"` // their sum
	Bools   int     `json:"bools"`
	Trues   int     `json:"trues"`
	Texts   int     `json:"texts"`
	CRC     uint64  `json:"crc"` // sum of the texts' CRC-32
	Errors  int     `json:"errors"`

	least, most float64 // milliseconds of the first and last moment
}

// counter tallies the columns of a table.
type counter struct {
	tallies []tally
	table   *scan.Table
	rows    spreadsheet.RowReader
	row     []spreadsheet.Cell
}

func (c *counter) Begin(_ context.Context, t *scan.Table) error {
	c.table, c.tallies = t, make([]tally, len(t.Header.Names))
	return nil
}

func (c *counter) Rows(b *scan.Batch) error {
	c.rows.Start()
	for i := b.First; i < len(b.Batch.Rows); i++ {
		c.row = c.rows.Row(c.row[:0], &b.Batch, c.table.Texts, i)
		for _, cell := range c.row {
			if cell.Column < len(c.tallies) {
				c.tallies[cell.Column].add(cell)
			}
		}
	}
	return nil
}

func (c *counter) of(column int) tally {
	t := c.tallies[column]
	if t.Moments > 0 {
		t.First, t.Last = moment(t.least), moment(t.most)
	}
	return t
}

func moment(millis float64) string {
	return time.UnixMilli(int64(millis)).UTC().Format("2006-01-02T15:04:05")
}

func (t *tally) add(c spreadsheet.Cell) {
	switch c.Kind {
	case spreadsheet.Number:
		t.Numbers++
		if sum := t.Sum + c.Num; !math.IsInf(sum, 0) { // JSON has no word for it
			t.Sum = sum
		}
	case spreadsheet.Bool:
		t.Bools++
		t.Trues += int(c.Num)
	case spreadsheet.Date, spreadsheet.DateTime:
		if t.Moments == 0 {
			t.least, t.most = c.Num, c.Num
		}
		t.least, t.most = min(t.least, c.Num), max(t.most, c.Num)
		t.Moments++
	case spreadsheet.Time:
		t.Clocks++
		t.Seconds += c.Num / 1000
	case spreadsheet.Error:
		t.Errors++
	case spreadsheet.Text:
		if text := bytes.TrimSpace(c.Text); len(text) > 0 {
			t.Texts++
			t.CRC += uint64(crc32.ChecksumIEEE(text))
		}
	}
}
