package parquetfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
)

// A column that needs more memory than it is given is refused, before that is taken.
func TestAColumnReaderKeepsToItsMemory(t *testing.T) {
	type row struct {
		A string `parquet:"a,dict"`
		B string `parquet:"b,delta"`
	}
	rows := make([]row, 64)
	for i := range rows {
		rows[i] = row{strings.Repeat("a", 1<<18) + fmt.Sprint(i), strings.Repeat("b", 1<<18)}
	}
	data := write(t, rows, len(rows), parquet.Compression(&parquet.Snappy))
	f, err := Open(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	read := func(memory int64, column int) (err error) {
		r := f.NewColumnReader(memory)
		taken := allocated(func() { err = r.Each(t.Context(), column, func(*Page) error { return nil }) })
		require.Less(t, taken, uint64(6*memory), "what grows is copied")
		return err
	}
	require.True(t, IsTooLarge(read(8<<20, 0)), "a dictionary of 16 MB")
	require.NoError(t, read(64<<20, 0))
	require.NoError(t, read(64<<20, 1))
	_, err = f.NewColumnReader(8<<20).At(t.Context(), 0, 63, 1)
	require.True(t, IsTooLarge(err))
}

// Who reads on in a long page gets the same as who begins anew, and it is unpacked once.
func TestReadingOnInALongPage(t *testing.T) {
	type row struct {
		A *string `parquet:"a,optional"`
		N int64   `parquet:"n"`
	}
	rows := make([]row, 20_000)
	for i := range rows {
		if i%3 > 0 {
			s := fmt.Sprintf("text %d", i)
			rows[i].A = &s
		}
		rows[i].N = int64(i)
	}
	data := write(t, rows, len(rows), parquet.Compression(&parquet.Snappy), parquet.PageBufferSize(1<<20))
	src := &countingReader{data: data}
	f, err := Open(src, int64(len(data)))
	require.NoError(t, err)
	f.longBytes, f.longValues = 1<<14, 1<<10
	for column := range 2 {
		all, err := columnOf(t, f.NewColumnReader(maxMemory), column)
		require.NoError(t, err)
		r := f.NewColumnReader(maxMemory)
		src.read = 0
		for from := int64(0); from < f.Rows(); {
			p, err := r.At(t.Context(), column, from, 4096)
			require.NoError(t, err)
			require.LessOrEqual(t, p.From, from)
			require.Greater(t, p.From+int64(p.Rows), from)
			require.Equal(t, all[p.From:p.From+int64(p.Rows)], valuesOf(t, f.columns[column].Form(), p))
			if from = p.From + int64(p.Rows); from > 10_000 && from < 14_000 {
				from += 1000 // what is left out is passed over
			}
		}
		require.Less(t, src.read, int64(4*len(data)))
		p, err := r.At(t.Context(), column, 5, 1)
		require.NoError(t, err, "back again")
		require.Equal(t, all[5], valuesOf(t, f.columns[column].Form(), p)[5-p.From])
		r.Release()
	}
}

// The places of pages are forgotten where they are too many, and found again.
func TestPlacesAreForgotten(t *testing.T) {
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
	r := f.NewColumnReader(maxMemory)
	for i, at := range []int64{5_000, 15_000, 3, 6_000, 14_999, 19_999, 0} {
		if i == 1 {
			r.marked = mostPlaces
		}
		p, err := r.At(t.Context(), 0, at, 1)
		require.NoError(t, err)
		require.Equal(t, []any{at}, valuesOf(t, Integers, p)[at-p.From:])
	}
	require.Less(t, r.marked, 100)
}

// A byte of the footer can stand for a hundred here.
func TestAFooterOfManyEmptyThings(t *testing.T) {
	many := append(binary.AppendUvarint(nil, 8<<20), make([]byte, 8<<20)...)
	for name, footer := range map[string][]byte{
		"elements": append([]byte{0x29, 0xFC}, many...),
		"groups":   append([]byte{0x49, 0xFC}, many...),
		"chunks":   append([]byte{0x49, 0x1C, 0x19, 0xFC}, many...),
	} {
		t.Run(name, func(t *testing.T) {
			data := footerFile(footer)
			var err error
			require.Less(t, allocated(func() { _, err = Open(bytes.NewReader(data), int64(len(data))) }), uint64(200<<20))
			require.True(t, IsDamage(err), err)
		})
	}
}
