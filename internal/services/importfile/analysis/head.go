package analysis

import (
	"context"

	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/reading"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
	"fabricportal/internal/services/importfile/spreadsheet/parquetfile"
)

// Head is what the beginning of a file shows, and what a Parquet file says of itself. Nothing in it was checked.
type Head struct {
	*profile.Preview
	// Sheets that hold the orders, by their headers, where the one that is shown does not.
	Possible []string
	// RowCount is how many rows a Parquet file says that it has; -1 for other files.
	RowCount int64
	// Bounds are what a Parquet file says of its columns; nil for other files.
	Bounds []Bounds
}

// Bounds are the smallest and the largest value of a column, as the documents write them, and how many rows have none. What is not said is nil
// and -1.
type Bounds struct {
	Min, Max any
	Nulls    int64
}

// HeadOf looks at the beginning of a file: of its options at Read, Limits and PreviewRows. Errors as of Source; what ends before the first row gives none.
func HeadOf(ctx context.Context, src spreadsheet.Source, o Options) (_ *Head, err error) {
	defer spreadsheet.Recovered(src.Path(), &err)
	how := scan.Options{Sheet: o.Read.Sheet, HeaderRow: int(o.Read.HeaderRow), Text: scan.TextOf(o.Read), Limits: o.Limits}
	begun, err := beginningOf(ctx, src, how, o)
	if err != nil {
		return nil, err
	}
	how.HeaderRow = max(how.HeaderRow, begun.HeaderRow)
	file, err := scan.Open(ctx, src, how)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	h := &Head{RowCount: -1}
	if h.Preview, err = profile.PreviewOf(ctx, file, o.PreviewRows); err != nil {
		return nil, err
	}
	if p := file.Parquet(); p != nil {
		h.RowCount = p.Rows()
		for i, c := range p.Columns() {
			h.Bounds = append(h.Bounds, boundsOf(p.Bounds(i), c.Kind))
		}
	}
	h.Possible = begun.Sheets
	return h, ctx.Err()
}

func beginningOf(ctx context.Context, src spreadsheet.Source, how scan.Options, o Options) (reading.Beginning, error) {
	file, err := scan.Open(ctx, src, how)
	if err != nil {
		return reading.Beginning{}, err
	}
	defer func() { _ = file.Close() }()
	return reading.Begin(ctx, file.File, o.Read)
}

// cutTexts is from which length on a text among the bounds may be the beginning of one only: some programs cut them there.
const cutTexts = 60

func boundsOf(b parquetfile.Bounds, kind cells.Kind) Bounds {
	out := Bounds{Nulls: b.Nulls}
	if !b.Known || len(b.MinText) >= cutTexts || len(b.MaxText) >= cutTexts {
		return out
	}
	value := func(c cells.Cell, text string) any {
		switch kind {
		case cells.Number:
			return c.Num()
		case cells.Bool:
			return c.Bits != 0
		case cells.Date, cells.DateTime, cells.Time:
			return timeText(c, kind)
		}
		return text
	}
	out.Min, out.Max = value(b.Min, b.MinText), value(b.Max, b.MaxText)
	return out
}

// timeText is a day or a time as the documents write it.
func timeText(c cells.Cell, kind cells.Kind) string {
	v := reading.Value{Kind: reading.DateTime, Num: float64(c.Millis())}
	switch kind {
	case cells.Date:
		v.Kind = reading.Date
	case cells.Time:
		v.Kind = reading.Time
	}
	return v.TimeText()
}
