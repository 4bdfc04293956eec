package columns

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// estimates is how many bytes the estimates of a column take.
func (c *Column) estimates() int {
	return len(c.numbers.distinct.register) + len(c.instants.distinct.register) + len(c.texts.distinct.register) +
		cap(c.numbers.sketch.counts)*4*len(octave{}) + len(c.instants.spans.counts.slots)*slotBytes + 8*cap(c.instants.seen.set.words) + cap(c.texts.low) + cap(c.texts.high)
}

// TestEstimatesOfManyColumnsFitTogether: whatever is in the columns of the widest table, and how much of it.
func TestEstimatesOfManyColumnsFitTogether(t *testing.T) {
	const most = 16_384
	r := rand.New(rand.NewPCG(1, 3))
	fillers := map[string]func(b *cells.Batch, row int){
		"numbers of all sizes": func(b *cells.Batch, _ int) {
			b.Number(0, math.Float64frombits(r.Uint64()&^(0x7FF<<52)|uint64(1+r.IntN(2046))<<52))
		},
		"instants": func(b *cells.Batch, _ int) { b.Moment(0, r.Int64N(9000*365*24*3600*1000)) },
		"texts":    func(b *cells.Batch, row int) { b.Text(0, []byte(fmt.Sprint(row, strings.Repeat("x", 20)))) },
	}
	for name, put := range fillers {
		var c Column
		c.Among(most)
		var b cells.Batch
		var of Rows
		dict := NewDictionary(t.Context(), nil)
		for row := range 60_000 {
			b.StartRow(row+2, false)
			put(&b, row)
			b.EndRow()
			if b.Full() {
				of.Reset(len(b.Rows))
				c.Add(&b, 0, 0, dict, &of, nil)
				c.Estimate(dict)
				b.Reset()
			}
		}
		require.LessOrEqual(t, c.Held(), c.fewHeld(), name)
		require.LessOrEqual(t, most*c.estimates(), 160<<20, name)
		n, exact := c.distinct()
		require.False(t, exact, name)
		require.InEpsilon(t, 59_400, n, 0.1, name)
	}
}

// TestASketchOfManySizesIsCoarse, and still has each number in a bucket near it.
func TestASketchOfManySizesIsCoarse(t *testing.T) {
	for _, most := range []int{4, 40, 0} {
		s := sketch{most: most}
		var values []float64
		for exponent := -1000; exponent <= 1000; exponent++ {
			for _, sign := range []float64{-1, 1} {
				v := sign * 1.37 * math.Pow(2, float64(exponent))
				values = append(values, v)
				s.add(math.Float64bits(v), 2)
			}
		}
		s.add(math.Float64bits(0), 1)
		if most == 0 {
			most = mostOctaves
		}
		require.LessOrEqual(t, len(s.counts), most)
		sorted := s.sorted(-2e301, 2e301)
		total := int64(0)
		for i, w := range sorted {
			total += w.count
			require.True(t, i == 0 || sorted[i-1].value <= w.value, "in ascending order")
		}
		require.EqualValues(t, 2*len(values)+1, total)
		// Of each sign there are 2,001: those in the middle of the upper half have the exponent 0.
		exponents := math.Exp2(float64(s.wider)) / 128 // of a bucket
		require.InDelta(t, 0, math.Log2(quantile(sorted, total, 0.75)), 2+exponents)
	}
}

// TestAnArenaOfFewTextsIsSmall: a table of thousands of columns has as many of them.
func TestAnArenaOfFewTextsIsSmall(t *testing.T) {
	var a arena
	var places []uint32
	for i := range 5000 {
		places = append(places, a.add([]byte(fmt.Sprint("text ", i)), 0))
		if i == 10 {
			require.LessOrEqual(t, a.held(), firstPiece)
		}
	}
	long := a.add([]byte(strings.Repeat("y", 3*arenaPiece)), 0)
	require.Greater(t, a.held(), 3*arenaPiece)
	for i, place := range places {
		text, _ := a.at(place)
		require.Equal(t, fmt.Sprint("text ", i), string(text))
	}
	text, _ := a.at(long)
	require.Len(t, text, 3*arenaPiece)
}

// TestLongTextsAreShownToTheirThousandthCharacter wherever the document has values.
func TestLongTextsAreShownToTheirThousandthCharacter(t *testing.T) {
	c := fill(3, Workbook, nil, func(b *cells.Batch, row int) { b.Text(0, []byte(strings.Repeat(string(rune('ä'+row)), 1500))) })
	for _, shown := range []any{c.Min, c.Max, c.MostFrequent[0].Value} {
		require.Equal(t, maxShownRunes, utf8.RuneCountInString(shown.(string)))
	}
	require.EqualValues(t, 1500, c.Lengths.Max)
	require.Equal(t, "ä", Shown([]byte("ä")))
	require.Equal(t, strings.Repeat("ä", maxExampleRunes), Clip(strings.Repeat("ä", 100)))
	require.Equal(t, "short", Clip("short"))
}

// TestQuantilesOfNumbersWhoseDistanceIsNoDouble: they lie between the numbers all the same.
func TestQuantilesOfNumbersWhoseDistanceIsNoDouble(t *testing.T) {
	ends := []weighted{{-1.7e308, 1}, {1.7e308, 1}}
	for part, want := range map[float64]float64{0.25: -0.85e308, 0.5: 0, 0.75: 0.85e308} {
		require.InDelta(t, want/1e308, quantile(ends, 2, part)/1e308, 1e-12)
	}
}
