package profile

import (
	"context"

	"fabricportal/internal/services/profile/columns"
	"fabricportal/internal/services/spreadsheet"
)

// addAll takes all batches of a file. progress is told of the rows so far, on the caller's goroutine.
func (t *table) addAll(ctx context.Context, batches spreadsheet.Batches, progress func(rows int64)) error {
	if t.form == columns.Typeless {
		return t.addAllInTwo(ctx, batches, progress)
	}
	var c counted
	for reported := int64(-1); batches.Next(&c.batch); {
		if t.rowCount > reported {
			reported = t.rowCount
			progress(reported)
		}
		t.add(&c)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// job is what is done beside the caller: the rows of the batch before, then columns of this one.
type job struct{ before, now *counted }

// addAllInTwo works with two goroutines: while the columns of a batch are counted, the rows of the one before are taken,
// and whoever is done first takes the next column. They share nothing, as the cells of a text file are in no dictionary.
func (t *table) addAllInTwo(ctx context.Context, batches spreadsheet.Batches, progress func(rows int64)) error {
	todo, done := make(chan job), make(chan int64)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for j := range todo {
			if j.before != nil {
				t.addRows(j.before)
			}
			t.addColumns(j.now, &j.now.other)
			done <- t.rowCount
		}
	}()
	defer func() { <-ended }()
	defer close(todo)

	var two [2]counted // what one holds is in use while the other is filled
	var before *counted
	reported := int64(-1)
	for i := 0; batches.Next(&two[i].batch); {
		now := &two[i]
		if !t.prepare(now) {
			continue
		}
		now.other.Reset(len(now.batch.Rows))
		todo <- job{before, now}
		t.addColumns(now, &now.rows)
		rows := <-done
		now.rows.Merge(&now.other)
		if err := ctx.Err(); err != nil {
			return err
		}
		if rows > reported {
			reported = rows
			progress(rows)
		}
		before, i = now, 1-i
	}
	if before != nil {
		t.addRows(before)
	}
	return nil
}
