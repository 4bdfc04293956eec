package scan

import (
	"context"
	"errors"

	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/reading"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// pass is the state of one Read.
type pass struct {
	file      *File
	texts     *cells.Texts
	consumers []Consumer // nil where one wants no more rows
	columns   []ColumnConsumer
	wanted    int // consumers that want more rows
	begun     bool
	over      bool // the row that is to be the header is not there
	workers   *workers
	free      []*Batch
	slots     int
	rows      int64
	cells     []spreadsheet.Cell
	fates     *reading.Fates // nil where all rows are kept
}

func newPass(f *File, consumers []Consumer) *pass {
	r := &pass{file: f, texts: f.batches.Texts(), consumers: append([]Consumer(nil), consumers...), wanted: len(consumers)}
	for _, c := range consumers {
		if c, ok := c.(ColumnConsumer); ok {
			r.columns = append(r.columns, c)
		}
	}
	return r
}

// stop ends the workers and waits for them.
func (r *pass) stop() {
	if r.workers != nil {
		r.workers.stop()
	}
}

// next takes the next batch of the file and says whether there was one.
func (r *pass) next(ctx context.Context) (bool, error) {
	for r.workers != nil && r.workers.full() {
		if _, err := r.finish(ctx); err != nil {
			return false, err
		}
	}
	if r.over || r.wanted == 0 && len(r.consumers) > 0 {
		return false, ctx.Err()
	}
	b := r.batch()
	if !r.file.batches.Next(&b.Batch) {
		return false, ctx.Err()
	}
	b.First = 0
	if !r.begun {
		if err := r.findHeader(ctx, b); err != nil {
			return false, err
		}
	}
	if !r.begun {
		r.free = append(r.free, b)
		return true, ctx.Err()
	}
	r.decide(b)
	for _, c := range r.columns {
		c.Put(b)
	}
	r.workers.put(b)
	return true, ctx.Err()
}

// decide says what becomes of a batch's rows.
func (r *pass) decide(b *Batch) {
	b.Fates = nil
	if r.fates == nil {
		return
	}
	for i := b.First; i < len(b.Rows); i++ {
		if fate := r.fates.Of(int(b.Rows[i].Number)); fate.Fate != reading.Kept {
			if b.Fates == nil {
				b.Fates = map[int]reading.RowFate{}
			}
			b.Fates[i] = fate
		}
	}
	if b.Fates != nil {
		r.fates.Realign(&b.Batch, r.file.delimiter())
	}
}

func (r *pass) batch() *Batch {
	if n := len(r.free); n > 0 {
		b := r.free[n-1]
		r.free = r.free[:n-1]
		return b
	}
	r.slots++
	return &Batch{Slot: r.slots - 1}
}

// finish hands over the rows of the first batch whose columns are done, and says whether there was one.
func (r *pass) finish(ctx context.Context) (bool, error) {
	if r.workers == nil {
		return false, nil
	}
	b := r.workers.first()
	if b == nil {
		return false, nil
	}
	for i, c := range r.consumers {
		if c == nil {
			continue
		}
		switch err := c.Rows(b); {
		case errors.Is(err, ErrEnough):
			r.consumers[i] = nil
			r.wanted--
		case err != nil:
			return false, err
		}
	}
	r.rows += int64(len(b.Rows) - b.First)
	r.free = append(r.free, b)
	return true, ctx.Err()
}

// findHeader looks for the header row in a batch, and begins the consumers where it is there.
func (r *pass) findHeader(ctx context.Context, b *Batch) error {
	var header cleaning.Header
	var ok bool
	header, b.First, ok, r.over, r.cells = FindHeader(&b.Batch, r.texts, r.file.opts.HeaderRow, r.cells)
	if !ok {
		return nil
	}
	r.begun = true
	if tell := r.file.opts.How.Fates; tell != nil {
		r.fates = tell()
	}
	if err := header.Take(r.file.opts.How.Columns); err != nil {
		return &spreadsheet.UnreadableError{Path: r.file.path, Sentence: err.Error(), Err: err}
	}
	t := &Table{Format: r.file.Format(), Header: header, How: r.file.opts.How, Texts: r.texts, Encoding: r.file.encoding()}
	for _, c := range r.consumers {
		if err := c.Begin(ctx, t); err != nil {
			return err
		}
	}
	width := len(header.Names)
	if len(r.columns) == 0 {
		width = 0
	}
	r.workers = newWorkers(width, r.count)
	return ctx.Err()
}

// count shows some columns of a batch to who looks at columns, on any goroutine.
func (r *pass) count(b *Batch, worker, from, to int, first bool) {
	for _, c := range r.columns {
		c.Columns(b, worker, from, to, first)
	}
}

// FindHeader looks in a batch for the row that is the header: the one with the number wanted, or the first with a value
// where that is 0. First is the index of the row behind it. Passed says that the row that is wanted is not there. Row is
// room for cells, which is given back.
func FindHeader(b *cells.Batch, texts *cells.Texts, wanted int, row []spreadsheet.Cell) (h cleaning.Header, first int, ok, passed bool, room []spreadsheet.Cell) {
	for i := range b.Rows {
		number := int(b.Rows[i].Number)
		switch {
		case number < wanted:
			continue
		case number > wanted && wanted > 0:
			return h, 0, false, true, row
		}
		row = spreadsheet.RowOf(row[:0], b, texts, i, spreadsheet.MaxColumns)
		if h, ok = cleaning.ReadHeader(row, number); ok {
			return h, i + 1, true, false, row
		}
		if wanted > 0 {
			return h, 0, false, true, row
		}
	}
	return h, 0, false, false, row
}
