package dataset

import (
	"context"
	"errors"
	"io"
	"sync"

	"fabricportal/internal/format"
	"fabricportal/internal/panics"
	"fabricportal/internal/services/importfile/ranged"
	"fabricportal/internal/services/importfile/spreadsheet/parquetfile"
)

// AwayError says that a question is about all rows, of which only those in sight are read: they stand in the lakehouse.
type AwayError struct{ Bytes int64 }

func (e *AwayError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *AwayError) Say(w format.Writer) string {
	return w.T("the rows are in the lakehouse, and this needs all of them ({{.Size}}): fetch them first", "Size", w.Size(e.Bytes))
}

// Away is how many bytes the rows have in the lakehouse, where only those are read that a window asks for; 0 where they are on this computer.
func (t *Table) Away() int64 {
	if t.away == nil {
		return 0
	}
	return t.away.bytes
}

// Fetched is how many of these bytes were read so far.
func (t *Table) Fetched() (bytes int64) {
	if t.away != nil {
		for _, part := range t.away.parts {
			bytes += part.away.file.Fetched()
		}
	}
	return bytes
}

// awayError is why a part of a file elsewhere was not had.
type awayError struct{ err error }

func (e *awayError) Error() string { return e.err.Error() }
func (e *awayError) Unwrap() error { return e.err }

// lent is a file elsewhere as one reader reads it, for as long as each of its calls takes.
type lent struct {
	file *ranged.File
	look *ranged.Look // of the call under way
}

// ReadAt is part of io.ReaderAt.
func (l *lent) ReadAt(p []byte, offset int64) (int, error) {
	if l.look == nil {
		return 0, io.ErrClosedPipe
	}
	return l.look.ReadAt(p, offset)
}

// during has a call read the file. What could not be had is the error, whatever the call has made of it.
func (l *lent) during(ctx context.Context, call func() error) error {
	l.look = l.file.Look(ctx)
	err := call()
	if failed := l.look.Failed(); failed != nil {
		if err = ctx.Err(); err == nil {
			err = &awayError{failed}
		}
	}
	l.look = nil
	return err
}

func (l *lent) at(ctx context.Context, reader *parquetfile.ColumnReader, column int, row int64, n int) (page *parquetfile.Page, err error) {
	err = l.during(ctx, func() error {
		page, err = reader.At(ctx, column, row, n)
		return err
	})
	return page, err
}

// awayFile is rows in the lakehouse. A window's columns are read beside each other, as each waits for its bytes.
type awayFile struct {
	*parquetFile
	bytes  int64
	memory int64 // laneBytes

	lanes struct {
		sync.Mutex
		in  *partFile // that they read
		all []*lane
	}
}

const (
	// lanes is how many columns are read beside each other, and laneBytes what each may decode in; what needs more is read by itself.
	lanes     = 6
	laneBytes = 8 << 20
	// togetherOpened is how many parts are opened beside each other.
	togetherOpened = 8
)

// lane reads some of the columns of a part, one after the other.
type lane struct {
	sync.Mutex
	lent
	reader *parquetfile.ColumnReader
}

// openAway makes a table of files elsewhere, of which it reads what they say of themselves. It closes them where it fails.
func openAway(ctx context.Context, name string, files []*ranged.File) (*Table, error) {
	parts, errs := make([]*partFile, len(files)), make([]error, len(files))
	bytes := int64(0)
	panics.Each(len(files), togetherOpened, func(i int) {
		part := &partFile{away: &lent{file: files[i]}, close: files[i].Close}
		parts[i] = part
		errs[i] = part.away.during(ctx, func() (err error) {
			part.file, err = parquetfile.Open(part.away, files[i].Size())
			return err
		})
	})
	for i, f := range files {
		bytes += f.Size()
		if errs[i] != nil {
			_ = closeParts(parts) // nothing was written
			return nil, fileError(name, inPart(i, len(files), errs[i]))
		}
		parts[i].file.Spare()
	}
	parquet, columns, err := oneTable(parts)
	if err != nil {
		return nil, fileError(name, err)
	}
	parquet.ahead = 0
	away := &awayFile{parquetFile: parquet, bytes: bytes, memory: laneBytes}
	t := newTable(ctx, name, away, columns, int(parquet.rows))
	t.away = away
	return t, nil
}

// fetch reads n rows of some columns, so that they are at hand.
func (a *awayFile) fetch(ctx context.Context, columns []int, from, n int) error {
	for n > 0 {
		in := a.partOf(from)
		rows := min(n, int(in.from+in.file.Rows())-from)
		if rows <= 0 {
			return io.ErrUnexpectedEOF
		}
		if err := a.fetchOf(ctx, in, columns, from, rows); err != nil {
			return err
		}
		from, n = from+rows, n-rows
	}
	return nil
}

func (a *awayFile) fetchOf(ctx context.Context, in *partFile, columns []int, from, n int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	readers := a.lanesOf(in)
	panics.Each(len(readers), len(readers), func(i int) {
		l := readers[i]
		l.Lock()
		defer l.Unlock()
		defer l.reader.Release()
		for _, column := range columns {
			if column%len(readers) != i {
				continue
			}
			// What takes more memory than a lane has is read behind this, alone.
			if err := a.fetchColumn(ctx, in, l, column, from, n); err != nil && !parquetfile.IsTooLarge(err) {
				cancel(err)
				return
			}
		}
	})
	return context.Cause(ctx)
}

// lanesOf are those of a part; of the one before they are let go of.
func (a *awayFile) lanesOf(in *partFile) []*lane {
	a.lanes.Lock()
	defer a.lanes.Unlock()
	if a.lanes.in != in {
		a.lanes.in, a.lanes.all = in, nil
		for range min(lanes, len(a.columns)) {
			l := &lane{lent: lent{file: in.away.file}}
			l.reader = in.file.NewColumnReader(a.memory).From(&l.lent)
			a.lanes.all = append(a.lanes.all, l)
		}
	}
	return a.lanes.all
}

// fetchColumn reads n rows of a column in a lane.
func (a *awayFile) fetchColumn(ctx context.Context, in *partFile, l *lane, column, from, n int) error {
	for end := from + n; from < end; {
		a.mu.Lock()
		known := a.blocks.find(column, from)
		a.mu.Unlock()
		if known != nil && from < known.from+known.v.n {
			from = known.from + known.v.n
			continue
		}
		page, err := l.at(ctx, l.reader, column, int64(from)-in.from, end-from)
		if err != nil {
			return err
		}
		b, err := a.decoded(in, column, from, page)
		if err != nil {
			return err
		}
		a.mu.Lock()
		a.blocks.keep(b)
		a.mu.Unlock()
		from = b.from + b.v.n
	}
	return nil
}

// columnWhole and pieces need all of the file.
func (a *awayFile) columnWhole(context.Context, int, int64) (*vector, error) { return nil, errAllAway }

func (a *awayFile) pieces(context.Context, int, func(from int, v *vector) error) error {
	return errAllAway
}

func (a *awayFile) piecesIn(context.Context, int, int64, func(from int, v *vector) error) error {
	return errAllAway
}

// errAllAway is no answer that a person sees: who asks for all is refused before.
var errAllAway = errors.New("the rows are in the lakehouse")
