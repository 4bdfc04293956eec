package parquetfile

import (
	"bytes"
	"encoding/binary"
	"math"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// allocated is how many bytes a function allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func footerFile(footer []byte) []byte {
	data := append([]byte("PAR1"), footer...)
	data = binary.LittleEndian.AppendUint32(data, uint32(len(footer)))
	return append(data, "PAR1"...)
}

// TestPromisesAreNotAllocated: what is promised and not there costs nothing.
func TestPromisesAreNotAllocated(t *testing.T) {
	many := binary.AppendUvarint(nil, math.MaxInt32)
	for name, footer := range map[string][]byte{
		"a list":             append([]byte{0x29, 0xFC}, many...),
		"a text":             append([]byte{0x68}, many...),
		"an unknown list":    append([]byte{0x79, 0xFC}, many...),
		"a map":              append(append([]byte{0x7B}, many...), 0x88),
		"structures forever": bytes.Repeat([]byte{0x7C}, 1000),
		"a number of chunks": append([]byte{0x49, 0x1C, 0x19, 0xFC}, many...),
	} {
		t.Run(name, func(t *testing.T) {
			data := footerFile(footer)
			var err error
			require.Less(t, allocated(func() { _, err = Open(bytes.NewReader(data), int64(len(data))) }), uint64(1<<20))
			require.True(t, IsDamage(err), err)
		})
	}
}

func TestPagesThatPromiseTooMuch(t *testing.T) {
	for name, c := range map[string]struct {
		h    pageHeader
		want error
	}{
		"large":           {pageHeader{plain: maxPageBytes + 1}, errTooLarge},
		"large, packed":   {pageHeader{packed: maxPageBytes + 1}, errTooLarge},
		"many values":     {pageHeader{values: maxPageValues + 1}, errTooLarge},
		"negative":        {pageHeader{plain: -1}, errPage},
		"levels too long": {pageHeader{kind: pageDataV2, plain: 10, packed: 10, definitions: 11}, errPage},
	} {
		require.ErrorIs(t, c.h.check(), c.want, name)
	}
	_, err := delta(make([]int64, 3), []byte{0x80, 0x01, 4, 0xFF, 0xFF, 0xFF, 0xFF, 7, 0})
	require.ErrorIs(t, err, errPage, "more values than the page has")
	require.ErrorIs(t, hybrid(make([]uint32, 100), []byte{3, 1}, 8), errPage)
	require.ErrorIs(t, hybrid(make([]uint32, 1), []byte{0, 0, 0, 0}, 1), errPage, "runs of nothing")
	require.ErrorIs(t, hybrid(make([]uint32, 4), []byte{8, 2}, 1), errPage, "a run of a number with more bits than there are")
	dst := make([]byte, 10)
	for _, src := range [][]byte{{0x0F}, {0x10, 'a', 5, 0}, {0x1F, 'a', 1, 0, 255, 255}, {0x10, 'a', 0, 0}, {0x20, 'a'}} {
		require.ErrorIs(t, lz4Block(dst, src), errPage)
	}
	require.NoError(t, lz4Block(dst, []byte{0x14, 'a', 1, 0, 0x10, 'b'}))
	require.Equal(t, "aaaaaaaaab", string(dst))
}

// TestPrefixesThatExplode: each text of a page repeats the one before it and adds a byte.
func TestPrefixesThatExplode(t *testing.T) {
	const n = 20_000
	// The prefixes are 0, 1, 2 …, all differences being 1, and each suffix is a byte.
	numbers := func(first, step int64) []byte {
		out := binary.AppendUvarint([]byte{0x80, 0x01, 4}, n)
		out = binary.AppendVarint(out, first)
		for range n/128 + 1 {
			out = append(binary.AppendVarint(out, step), 0, 0, 0, 0)
		}
		return out
	}
	data := append(numbers(0, 1), numbers(1, 0)...)
	data = append(data, bytes.Repeat([]byte("x"), n)...)
	column, ok := newColumn(element{physical: physicalBytes, converted: 0})
	require.True(t, ok)
	var budget atomic.Int64
	budget.Store(maxMemory)
	p := pages{column: &column, budget: &budget, buffers: &buffers{}}
	require.ErrorIs(t, p.values(&p.current, encodingDeltaBytes, data, n), errTooLarge)
}

// TestWhatIsOpenAtOneTimeIsBounded: the budget is for all columns together.
func TestWhatIsOpenAtOneTimeIsBounded(t *testing.T) {
	type row struct {
		A, B string
	}
	text := string(bytes.Repeat([]byte("long text "), 1<<16))
	data := write(t, []row{{text, text}}, 1)
	f, err := Open(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	r := f.NewReader(0)
	r.budget.Store(1 << 20)
	var stop *RowError
	require.False(t, r.Next(t.Context(), &cells.Batch{}))
	require.ErrorAs(t, r.Err(), &stop)
	require.True(t, IsTooLarge(stop))
	require.EqualValues(t, 1, stop.Row)
}
