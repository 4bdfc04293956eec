package parquetfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
)

// These files are as programs have written them that did not keep to the format. Other readers make up for it.

// TestNumbersOfFewBitsAreOfThose: bits above those of the column are of no account.
func TestNumbersOfFewBitsAreOfThose(t *testing.T) {
	for _, c := range []struct {
		converted int
		stored    int32
		want      int64
	}{
		{11, -1, 255}, {12, -1, 65_535}, {13, -1, math.MaxUint32}, {15, 255, -1}, {15, math.MinInt32, 0}, {16, 65_535, -1}, {17, -1, -1}, {-1, -1, -1},
		{11, 200, 200}, {12, 60_000, 60_000}, {15, -100, -100}, {16, -30_000, -30_000},
	} {
		column, ok := newColumn(element{name: "n", physical: physicalInt32, converted: c.converted})
		require.True(t, ok)
		stored := uint64(uint32(c.stored))
		require.InDelta(t, float64(c.want), math.Float64frombits(column.word(stored)), 0, "%+v", c)
		full, form := column.inFull()
		require.Equal(t, Integers, form)
		require.Equal(t, c.want, int64(full.word(stored)), "%+v", c)
	}
}

// TestRecordsWithoutFields: they have no data, so that what stands behind them is not where it would be.
func TestRecordsWithoutFields(t *testing.T) {
	number := element{name: "n", physical: physicalInt64, converted: -1}
	record := element{name: "r", children: 1, physical: -1, converted: -1}
	empty := element{name: "e", physical: -1, converted: -1}
	f := &File{footer: &footer{elements: []element{{children: 4}, number, record, empty, empty, number}}}
	leaves, err := f.schema()
	require.NoError(t, err)
	require.Equal(t, 2, leaves)
	require.Equal(t, []int{0, 1}, f.leaves)
	require.Equal(t, []string{"r", "e"}, f.LeftOut())
}

// TestAFileThatCountsNoRows: its row groups say how many there are.
func TestAFileThatCountsNoRows(t *testing.T) {
	type row struct {
		A int64 `parquet:"a"`
	}
	rows := make([]row, 47)
	for i := range rows {
		rows[i].A = int64(i)
	}
	data := write(t, rows, 30)
	footer := len(data) - 8 - int(binary.LittleEndian.Uint32(data[len(data)-8:]))
	at := bytes.Index(data[footer:], []byte{0x16, 2 * 47}) // an i64, the next field: the number of rows
	require.Positive(t, at)
	data[footer+at+1] = 0
	got, f, err := readRows(t, data)
	require.NoError(t, err)
	require.EqualValues(t, 47, f.Rows())
	require.Len(t, got, 47)
	require.Equal(t, []any{46.0}, got[46])

	data[footer+at+1] = 2 * 46 // another number is a contradiction
	_, _, err = readRows(t, data)
	require.ErrorIs(t, err, errMetadata)
}

// TestPagesThatAreCalledNotPacked: Arrow before 3.0 packed all pages of the second version and said of none that it was.
func TestPagesThatAreCalledNotPacked(t *testing.T) {
	type row struct {
		A *string `parquet:"a,optional"`
	}
	rows := make([]row, 100)
	for i := range rows {
		if text := fmt.Sprint("text ", i%7); i%3 > 0 {
			rows[i].A = &text
		}
	}
	for creator, read := range map[string]bool{"parquet-cpp": true, "parquet-cpp-arrow": false, "parquet-mr": false} {
		data := write(t, rows, 100, parquet.Compression(&parquet.Snappy), parquet.DataPageVersion(2), parquet.CreatedBy(creator, "1.5.1", "x"))
		h, length, err := readHeader(data[4:])
		require.NoError(t, err)
		require.Equal(t, pageDataV2, h.kind)
		changed := false
		for i := 4; i < 4+length && !changed; i++ { // the flag is the one byte that makes the difference
			was := data[i]
			data[i]++ // from true to false, as Thrift writes them
			other, n, err := readHeader(data[4:])
			h.stored = true
			if changed = err == nil && n == length && other == h; !changed {
				data[i] = was
			}
		}
		require.True(t, changed)
		got, _, err := readRows(t, data)
		if !read {
			require.Error(t, err, creator)
			continue
		}
		require.NoError(t, err)
		require.Len(t, got, len(rows))
		require.Equal(t, []any{nil}, got[0])
		require.Equal(t, []any{"text 1"}, got[1])
	}
}
