package reading

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

func TestFatesInAnyOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 42))
	for _, rows := range []int{0, 1, 20_000} {
		var f fates
		want := map[int]RowFate{}
		number := 0
		for range rows {
			number += 1 + r.IntN(20)*r.IntN(2)
			switch r.IntN(4) {
			case 0:
				f.add(number, isOrder, &aligned{shift: canRealign, from: r.IntN(300), joined: 1 + r.IntN(2)})
			case 1:
				f.add(number, isOrder, &aligned{shift: canNotRealign})
			case 2:
				f.add(number, isTotal, &aligned{})
			case 3:
				f.add(number, isEnd, &aligned{})
			}
			want[number] = RowFate{}
		}
		for _, c := range []choice{{}, {count: true}, {realign: true}, {true, true}} {
			in := Fates{pieces: f.pieces, choice: c}
			counts := map[Fate]int{}
			for number := range number + 5 {
				fate := in.Of(number)
				want[number] = fate
				counts[fate.Fate]++
			}
			if rows > 1 {
				require.Equal(t, c.realign, counts[Realigned] > 0)
				require.Positive(t, counts[Shifted])
				require.Positive(t, counts[NoOrder])
			}
			for range 2000 {
				number := r.IntN(number + 5)
				require.Equal(t, want[number], in.Of(number))
			}
			require.Equal(t, rows > 0, in.Any())
		}
	}
}

// TestRowsAreRealigned: what is read of a batch whose rows are put right is what a file with quotes would have given.
func TestRowsAreRealigned(t *testing.T) {
	read := func(text string, fix func(*cells.Batch)) string {
		path := filepath.Join(t.TempDir(), "a.csv")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		file, err := spreadsheet.Open(t.Context(), path, spreadsheet.Limits{})
		require.NoError(t, err)
		defer file.Close()
		batches, err := file.Batches(t.Context())
		require.NoError(t, err)
		defer batches.Close()
		var b cells.Batch
		var out string
		for batches.Next(&b) {
			fix(&b)
			for i := range b.Rows {
				out += fmt.Sprintf("\n%d %d", b.Rows[i].Number, b.Rows[i].Fields)
				for _, c := range spreadsheet.RowOf(nil, &b, nil, i, 100) {
					out += fmt.Sprintf(" %d=%q", c.Column, c.Text)
				}
			}
		}
		require.NoError(t, batches.Err())
		return out
	}
	var f fates
	f.add(2, isOrder, &aligned{shift: canRealign, from: 1, joined: 1})
	f.add(4, isOrder, &aligned{shift: canRealign, from: 0, joined: 2})
	f.add(5, isOrder, &aligned{shift: canRealign, from: 2, joined: 1})
	f.add(6, isOrder, &aligned{shift: canRealign, from: 0, joined: 1})
	fates := Fates{pieces: f.pieces, choice: choice{realign: true}}
	shifted := "a,b,c\n1,x, y,3\n4,,6\np,q,r,5,\n7,8,9,,10\n,,8,9\n"
	require.Equal(t, read("a,b,c\n1,\"x, y\",3\n4,,6\n\"p,q,r\",5,\n7,8,\"9,\",10\n\",\",8,9\n", func(*cells.Batch) {}), read(shifted, func(b *cells.Batch) { fates.Realign(b, ',') }))
	fates.choice.realign = false
	require.Equal(t, read(shifted, func(*cells.Batch) {}), read(shifted, func(b *cells.Batch) { fates.Realign(b, ',') }))
}
