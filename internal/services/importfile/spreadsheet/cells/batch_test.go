package cells

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestABatchKeepsWhatIsPutIntoIt(t *testing.T) {
	var b Batch
	for range 2 { // the second time with the memory of the first
		b.Reset()
		b.StartRow(3, true)
		b.Text(2, []byte("c"))
		b.Number(0, 1)
		b.Number(0, 2) // the later one counts
		b.Formula(0)
		b.Formula(4) // without a value
		b.Text(5, nil)
		require.True(t, b.EndRow())
		b.StartRow(4, false)
		require.False(t, b.EndRow(), "a row without cells is none")
		b.StartRow(5, false)
		b.Bool(0, true)
		b.Error(2, []byte("#N/A"))
		b.DropRow()
		b.StartRow(6, false)
		b.Moment(0, 86_400_000)
		b.Moment(1, -1000)
		b.Clock(2, 5000)
		b.Shared(3, 7)
		require.True(t, b.EndRow())

		require.Equal(t, []Row{{3, true}, {6, false}}, b.Rows)
		require.Equal(t, [][]Cell{
			{{Bits: FromNum(2), Kind: Number, Formula: true}, {Bits: 86_400_000, Row: 1, Kind: Date}},
			{{Bits: b.Columns[1][0].Bits, Row: 1, Kind: DateTime}},
			{{Bits: 1, Kind: Text}, {Bits: 5000, Row: 1, Kind: Time}},
			{{Bits: 7, Row: 1, Kind: Shared}},
			{{Kind: Empty, Formula: true}},
		}, b.Columns[:5])
		require.EqualValues(t, -1000, b.Columns[1][0].Millis())
		require.Equal(t, 2.0, b.Columns[0][0].Num())
		require.Equal(t, "c", string(b.At(b.Columns[2][0])))
		require.False(t, b.Full())
	}
}

func TestABatchIsFullByRowsCellsAndBytes(t *testing.T) {
	for name, put := range map[string]func(b *Batch){
		"rows":  func(b *Batch) { b.Number(0, 1) },
		"cells": func(b *Batch) { b.put(len(b.Rows)%7, Bool, 1); fillWide(b) },
		"bytes": func(b *Batch) { b.Text(0, []byte(strings.Repeat("x", 100_000))) },
	} {
		var b Batch
		rows := 0
		for ; !b.Full(); rows++ {
			b.StartRow(rows+1, false)
			put(&b)
			b.EndRow()
		}
		require.LessOrEqual(t, rows, MaxRows, name)
		require.Equal(t, name == "rows", rows == MaxRows, name)
		b.Reset()
		require.False(t, b.Full(), name)
	}
}

// TestARowThatIsTakenBackLeavesNothing: a reader whose batch is full without a row would take it for the end of the file.
func TestARowThatIsTakenBackLeavesNothing(t *testing.T) {
	var b Batch
	b.StartRow(1, false)
	b.Text(0, []byte("first"))
	b.EndRow()
	b.StartRow(2, false)
	b.Text(0, []byte(strings.Repeat("x", 2*maxBytes)))
	require.True(t, b.Full())
	b.DropRow()
	require.False(t, b.Full())
	require.Equal(t, "first", string(b.Bytes))
	b.Own(&b.Columns[0][0], []byte("second"))
	require.Equal(t, "second", string(b.At(b.Columns[0][0])))
}

func fillWide(b *Batch) {
	for column := range 1000 {
		b.Bool(column+10, true)
	}
}

func TestTextsOfAllLengths(t *testing.T) {
	var texts Texts
	var want []string
	for i := range 3000 {
		text := strings.Repeat(fmt.Sprint(i), i%200)
		if i%1000 == 7 {
			text = strings.Repeat("x", 3*pieceBytes+i)
		}
		want = append(want, text)
		texts.Add([]byte(text))
	}
	require.Equal(t, len(want), texts.Len())
	for i, text := range want {
		require.Equal(t, text, string(texts.At(uint32(i))))
	}
}
