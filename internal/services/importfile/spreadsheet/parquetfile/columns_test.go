package parquetfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strconv"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// fullValue is a value in full as Go has it.
func fullValue(form Form, p *Page, word uint64) any {
	switch form {
	case Texts:
		return string(p.Text(word))
	case Reals:
		return math.Float64frombits(word)
	case Booleans:
		return word != 0
	}
	return int64(word)
}

// asCell is what a Reader makes of a value that is there in full.
func asCell(c *Column, v any) any {
	instant := func(millis int64) any {
		if millis < firstMoment || millis > lastMoment {
			return "date out of range"
		}
		return time.Unix(floorDiv(millis, 1000), 0).UTC()
	}
	switch v := v.(type) {
	case string:
		if v == "" {
			return nil
		}
	case float64:
		switch {
		case math.IsNaN(v):
			return nil
		case math.IsInf(v, 0):
			return "infinity"
		}
	case int64:
		perMilli := [...]int64{0, 1, 1000, 1_000_000}[min(max(c.logical.unit, 0), 3)]
		switch form := c.Form(); {
		case form == Days:
			return instant(v * millisPerDay)
		case form == Micros:
			return instant(floorDiv(v, 1000))
		case c.Kind == cells.Time:
			if v = floorDiv(v, perMilli); v < 0 || v >= millisPerDay {
				return "time out of range"
			}
			return time.Duration(v/1000) * time.Second
		case c.whole == unsigned && uint64(v) > exact:
			return strconv.FormatUint(uint64(v), 10)
		case c.whole == signed && (v < -exact || v > exact):
			return strconv.FormatInt(v, 10)
		}
		return float64(v)
	}
	return v
}

// columnOf reads a column from its first row to its last.
func columnOf(t testing.TB, r *ColumnReader, column int) ([]any, error) {
	form := r.file.columns[column].Form()
	var out []any
	err := r.Each(t.Context(), column, func(p *Page) error {
		require.EqualValues(t, len(out), p.From)
		out = append(out, valuesOf(t, form, p)...)
		return nil
	})
	return out, err
}

// valuesOf are a page's values by row; nil where there is none.
func valuesOf(t testing.TB, form Form, p *Page) []any {
	out := make([]any, p.Rows)
	next := 0
	for i := range out {
		if p.Present == nil || p.Present[i] {
			out[i] = fullValue(form, p, p.Words[next])
			next++
		}
	}
	require.Len(t, p.Words, next)
	if p.Entries != nil {
		require.Len(t, p.Entries, next)
	}
	return out
}

// requireSameColumns sees that a file's columns by themselves hold what its rows hold, from whichever row they are read.
func requireSameColumns(t testing.TB, f *File, rows [][]any, err error) {
	r := f.NewColumnReader(maxMemory)
	for column := range f.columns {
		c := &f.columns[column]
		all, columnErr := columnOf(t, r, column)
		if err == nil {
			require.NoError(t, columnErr, "column %q by itself", c.Name)
			require.Len(t, all, len(rows), "column %q by itself", c.Name)
		}
		for i := range min(len(all), len(rows)) {
			want := rows[i][column]
			if digits, ok := want.(string); ok && c.whole != notWhole && c.logical.id == logicalDecimal {
				// It is the number next to it by itself.
				want, _ = strconv.ParseFloat(digits, 64)
			}
			if got := asCell(c, all[i]); !reflect.DeepEqual(got, want) {
				require.Equal(t, want, got, "row %d of column %q by itself", i+1, c.Name)
			}
		}
		places := []int{len(all) - 1, 0, len(all) / 3, len(all) / 2}
		if len(all) < 100 { // where small files are read by the thousand
			places = places[:min(1, len(all))]
		}
		for _, from := range places {
			const n = 3
			p, atErr := r.At(t.Context(), column, int64(from), n)
			if atErr != nil {
				require.Error(t, err, "column %q from row %d on: %v", c.Name, from, atErr)
				continue
			}
			some := valuesOf(t, c.Form(), p)
			at := from - int(p.From)
			require.GreaterOrEqual(t, at, 0)
			require.Greater(t, len(some), at)
			require.LessOrEqual(t, len(some), at+n)
			if err == nil && !sameValues(all[p.From:int(p.From)+len(some)], some) {
				require.Equal(t, all[p.From:int(p.From)+len(some)], some, "column %q from row %d on", c.Name, from)
			}
		}
	}
}

// sameValues takes numbers that are none for alike.
func sameValues(a, b []any) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

// What a cell rounds a column keeps: whole numbers of any size, instants to the microsecond, empty texts.
func TestColumnsHoldEachValueInFull(t *testing.T) {
	type full struct {
		Whole    int64     `parquet:"whole,delta"`
		Short    int32     `parquet:"short"`
		Unsigned uint32    `parquet:"unsigned"`
		Micro    time.Time `parquet:"micro,timestamp(microsecond)"`
		Nano     time.Time `parquet:"nano,timestamp(nanosecond)"`
		Milli    time.Time `parquet:"milli,timestamp(millisecond)"`
		Day      int32     `parquet:"day,date"`
		Money    int64     `parquet:"money,decimal(2:18)"`
		Text     *string   `parquet:"text,optional,dict"`
		Yes      bool      `parquet:"yes"`
		Old      [12]byte  `parquet:"old"`
	}
	empty := ""
	at := time.Date(1969, 12, 31, 23, 59, 59, 123_456_789, time.UTC)
	row := full{math.MaxInt64, math.MinInt32, math.MaxUint32, at, at, at, -3, -123, &empty, true, [12]byte{}}
	data := write(t, []full{row, {}}, 1)
	f, err := Open(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	want := []any{int64(math.MaxInt64), int64(math.MinInt32), int64(math.MaxUint32), at.UnixMicro(), at.UnixMicro(), at.UnixMilli() * 1000, int64(-3), -1.23, "", true}
	for i, w := range want {
		got, err := columnOf(t, f.NewColumnReader(maxMemory), i)
		require.NoError(t, err)
		require.Len(t, got, 2)
		require.Equal(t, w, got[0], f.Columns()[i].Name)
	}
	missing, err := columnOf(t, f.NewColumnReader(maxMemory), 8)
	require.NoError(t, err)
	require.Nil(t, missing[1], "no text is not an empty one")
	require.Equal(t, uint64(1_001), int96Micros([]byte{0x9F, 0x46, 0x0F, 0, 0, 0, 0, 0, 0x8C, 0x3D, 0x25, 0}), "1,001,119 ns")
}

// A page far down costs no more than itself: those before it are passed over by their headers, and once.
func TestAPageFarDownIsFoundByHeaders(t *testing.T) {
	type row struct {
		N int64 `parquet:"n"`
	}
	rows := make([]row, 400_000)
	r := rand.New(rand.NewPCG(4, 4))
	for i := range rows {
		rows[i].N = r.Int64()
	}
	data := write(t, rows, 300_000, parquet.PageBufferSize(8_000))
	src := &countingReader{data: data}
	f, err := Open(src, int64(len(data)))
	require.NoError(t, err)
	c := f.NewColumnReader(maxMemory)
	look := func(at int64) int64 {
		src.read = 0
		p, err := c.At(t.Context(), 0, at, 10)
		require.NoError(t, err)
		require.Equal(t, rows[at].N, valuesOf(t, Integers, p)[at-p.From])
		return src.read
	}
	require.Less(t, look(299_000), int64(500_000), "of 2,400,000 bytes")
	require.Less(t, look(298_000), int64(30_000), "the way is known")
	require.Less(t, look(150_000), int64(30_000))
	require.Less(t, look(300_000), int64(30_000), "the next group begins at its place")
	_, err = c.At(t.Context(), 0, 400_000, 1)
	var none *RowError
	require.ErrorAs(t, err, &none)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.At(ctx, 0, 399_000, 1)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, c.Each(ctx, 0, func(*Page) error { return nil }), context.Canceled)
	stop := errors.New("enough")
	require.Equal(t, stop, c.Each(t.Context(), 0, func(*Page) error { return stop }))
}

type countingReader struct {
	data []byte
	read int64
}

func (c *countingReader) ReadAt(p []byte, at int64) (int, error) {
	n, err := bytes.NewReader(c.data).ReadAt(p, at)
	c.read += int64(n)
	return n, err
}

// A file with a page for each row makes a reader keep no place for each.
func TestPlacesAreKeptFarApart(t *testing.T) {
	type row struct {
		N int64 `parquet:"n"`
	}
	rows := make([]row, 20_000)
	for i := range rows {
		rows[i].N = int64(i)
	}
	data := write(t, rows, len(rows), parquet.PageBufferSize(1))
	f, err := Open(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	c := f.NewColumnReader(maxMemory)
	for _, at := range []int64{19_999, 3, 10_000, 1023, 1024, 1025} {
		p, err := c.At(t.Context(), 0, at, 1)
		require.NoError(t, err)
		require.Equal(t, []any{at}, valuesOf(t, Integers, p)[at-p.From:])
	}
	require.LessOrEqual(t, len(c.places[chunkOf{0, 0}].known), 20_000/farApart+1)
}

// However often pages are read, what they may take stays the same.
func TestReadingAgainUsesUpNothing(t *testing.T) {
	type row struct {
		A *string `parquet:"a,optional,dict"`
		N float64 `parquet:"n"`
	}
	rows := make([]row, 5_000)
	for i := range rows {
		s := fmt.Sprintf("text %d", i%900)
		rows[i] = row{&s, float64(i)}
	}
	data := write(t, rows, 2_000, parquet.Compression(&parquet.Snappy))
	f, err := Open(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	c := f.NewColumnReader(maxMemory)
	for i := range 3_000 {
		_, err := c.At(t.Context(), i%2, int64(i), 100)
		require.NoError(t, err)
	}
	require.Greater(t, c.budget.Load(), int64(maxMemory-8<<20))
	c.Release()
	p, err := c.At(t.Context(), 0, 4_999, 1)
	require.NoError(t, err)
	require.Equal(t, "text 499", valuesOf(t, Texts, p)[4_999-p.From])
}
