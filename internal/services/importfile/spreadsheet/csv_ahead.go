package spreadsheet

import (
	"sync"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// aheadBatchCount is how many batches are read ahead of what counts them.
const aheadBatchCount = 3

// batchesAhead reads batches in a goroutine of its own, so that splitting a file and counting its values take a core each.
type batchesAhead struct {
	src   Batches
	full  chan readBatch
	empty chan *cells.Batch
	stop  chan struct{}
	done  chan struct{}
	start func()
	close func() error

	ended    bool
	progress float64
}

type readBatch struct {
	batch    *cells.Batch
	progress float64
}

// ahead reads batches ahead, unless only the first rows are wanted.
func ahead(src Batches, head int) Batches {
	if head > 0 {
		return src
	}
	if text, ok := src.(csvBatches); ok {
		return textAhead{newBatchesAhead(src), text}
	}
	return newBatchesAhead(src)
}

// textAhead is a text file that is read ahead.
type textAhead struct {
	*batchesAhead
	text csvBatches
}

// Form is how the file is written and what is odd about its rows, known once Next has returned false.
func (a textAhead) Form() TextForm {
	if !a.ended {
		return TextForm{}
	}
	return a.text.Form()
}

// Delimiter is what separates the values, known from the first batch on.
func (a textAhead) Delimiter() string { return a.text.Delimiter() }

// Encoding is that of the file, known as Delimiter is.
func (a textAhead) Encoding() string { return a.text.Encoding() }

func newBatchesAhead(src Batches) *batchesAhead {
	a := &batchesAhead{src: src, full: make(chan readBatch, aheadBatchCount), empty: make(chan *cells.Batch, aheadBatchCount),
		stop: make(chan struct{}), done: make(chan struct{})}
	started := false
	a.start = sync.OnceFunc(func() {
		started = true
		for range aheadBatchCount {
			a.empty <- &cells.Batch{}
		}
		go a.run()
	})
	a.close = sync.OnceValue(func() error {
		close(a.stop)
		if started {
			<-a.done
		}
		return a.src.Close()
	})
	return a
}

func (a *batchesAhead) run() {
	defer close(a.done)
	defer close(a.full)
	for {
		select {
		case b := <-a.empty:
			if !a.src.Next(b) {
				return
			}
			// There is room for every batch, so that this never waits.
			a.full <- readBatch{b, a.src.Progress()}
		case <-a.stop:
			return
		}
	}
}

// Next takes the next batch that was read; what b held is used for another.
func (a *batchesAhead) Next(b *cells.Batch) bool {
	if a.ended {
		return false
	}
	a.start()
	next, ok := <-a.full
	if !ok {
		a.ended = true
		<-a.done
		return false
	}
	a.progress = next.progress
	*b, *next.batch = *next.batch, *b
	a.empty <- next.batch
	return true
}

func (a *batchesAhead) Texts() *cells.Texts { return a.src.Texts() }

// Err is that of the source, which is known once Next has returned false.
func (a *batchesAhead) Err() error {
	if !a.ended {
		return nil
	}
	return a.src.Err()
}

func (a *batchesAhead) Progress() float64 {
	if a.ended {
		return a.src.Progress()
	}
	return a.progress
}

// Close ends the goroutine and waits for it.
func (a *batchesAhead) Close() error { return a.close() }
