package columns

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// fill counts so many rows of one column in batches and gives its profile.
func fill(rows int, form Form, texts *cells.Texts, put func(b *cells.Batch, row int)) contract.Column {
	column, dict := Column{Form: form}, NewDictionary(context.Background(), texts)
	var b cells.Batch
	var of Rows
	for row := 0; row < rows; {
		b.Reset()
		for ; row < rows && !b.Full(); row++ {
			b.StartRow(row+2, false)
			put(&b, row)
			b.EndRow()
		}
		of.Reset(len(b.Rows))
		column.Add(&b, 0, 0, dict, &of, nil)
	}
	return column.Profile(0, "a", "a", int64(rows), dict)
}

// near allows what a HyperLogLog of 2^14 registers does not exceed in practice: four standard errors.
func near(t *testing.T, want, got int64) {
	t.Helper()
	require.InDelta(t, want, got, 0.033*float64(want))
}

func TestManyDifferentNumbers(t *testing.T) {
	const rows = 300_000
	r := rand.New(rand.NewPCG(1, 1))
	values := make([]float64, rows)
	for i := range values {
		values[i] = math.Round(r.NormFloat64()*1e7) / 100
	}
	values[5], values[6] = 0, 0
	c := fill(rows, Workbook, nil, func(b *cells.Batch, row int) { b.Number(0, values[row]) })
	slices.Sort(values)
	distinct := int64(len(slices.Compact(slices.Clone(values))))
	require.Equal(t, "decimal", c.Type)
	require.False(t, c.DistinctExact)
	near(t, distinct, c.DistinctCount)
	require.Empty(t, c.MostFrequent)
	require.Equal(t, values[0], c.Min)
	require.Equal(t, values[rows-1], c.Max)
	require.False(t, c.Numbers.QuartilesExact)
	for _, q := range []struct{ p, got float64 }{{0.25, c.Numbers.Q1}, {0.5, c.Numbers.Median}, {0.75, c.Numbers.Q3}} {
		want := values[int(q.p*(rows-1))]
		require.InDelta(t, want, q.got, 0.004*math.Abs(want)+1, "%v", q.p)
	}
	sum, squares := 0.0, 0.0
	zeros, negatives := int64(0), int64(0)
	for _, v := range values {
		sum += v
		if v == 0 {
			zeros++
		} else if v < 0 {
			negatives++
		}
	}
	for _, v := range values {
		squares += (v - sum/rows) * (v - sum/rows)
	}
	require.InDelta(t, sum, c.Numbers.Sum, 1e-3)
	require.InEpsilon(t, math.Sqrt(squares/(rows-1)), *c.Numbers.StandardDeviation, 1e-9)
	require.Equal(t, zeros, c.Numbers.Zeros)
	require.Equal(t, negatives, c.Numbers.Negatives)
	total := int64(0)
	for i, n := range c.Histogram.Counts {
		total += n
		low := values[0] + (values[rows-1]-values[0])/20*float64(i)
		from, _ := slices.BinarySearch(values, low)
		to, _ := slices.BinarySearch(values, low+(values[rows-1]-values[0])/20)
		require.InDelta(t, to-from, n, 0.02*rows, "bin %d", i)
	}
	require.EqualValues(t, rows, total)
}

func TestManyDifferentTexts(t *testing.T) {
	const rows = 200_000
	text := func(i int) []byte { return fmt.Appendf(nil, "text %06d", i%150_000) }
	var table cells.Texts
	for i := range rows {
		table.Add(text(i)) // with texts that are there twice
	}
	shared := fill(rows, Workbook, &table, func(b *cells.Batch, row int) { b.Shared(0, uint32(row)) })
	require.EqualValues(t, 150_000, shared.DistinctCount)
	require.True(t, shared.DistinctExact, "the table's texts are told apart by their numbers")

	own := fill(rows, Workbook, nil, func(b *cells.Batch, row int) { b.Text(0, text(row)) })
	require.False(t, own.DistinctExact)
	near(t, 150_000, own.DistinctCount)

	both := fill(rows, Workbook, &table, func(b *cells.Batch, row int) {
		if row%2 == 0 {
			b.Shared(0, uint32(row))
		} else {
			b.Text(0, text(row))
		}
	})
	require.True(t, both.DistinctExact, "a text in a cell is the same as one in the table")
	require.EqualValues(t, 150_000, both.DistinctCount)
	for _, c := range []contract.Column{shared, own, both} {
		require.Equal(t, "text", c.Type)
		require.Equal(t, "text 000000", c.Min)
		require.Equal(t, "text 149999", c.Max)
		require.Equal(t, &contract.Lengths{Min: 11, Max: 11, Mean: 11}, c.Lengths)
		require.Empty(t, c.MostFrequent)
		require.NotNil(t, c.MostFrequent)
	}
}

func TestManyDifferentMoments(t *testing.T) {
	const rows, start = 200_000, int64(1_700_000_000_000)
	c := fill(rows, Workbook, nil, func(b *cells.Batch, row int) { b.Moment(0, start+int64(row)*7_000) })
	require.Equal(t, "datetime", c.Type)
	near(t, rows, c.DistinctCount)
	for i, n := range c.Histogram.Counts {
		require.InDelta(t, rows/20, n, 0.01*rows, "bin %d", i)
	}
}

// TestCapIsExact counts one value below, at and above the number up to which values are counted one by one.
func TestCapIsExact(t *testing.T) {
	for _, distinct := range []int{exactValues - 1, exactValues, exactValues + 1} {
		for name, put := range map[string]func(*cells.Batch, int){
			"numbers": func(b *cells.Batch, row int) { b.Number(0, float64(row%distinct)) },
			"moments": func(b *cells.Batch, row int) { b.Moment(0, int64(row%distinct)*1000) },
			"texts":   func(b *cells.Batch, row int) { b.Text(0, fmt.Appendf(nil, "x%d", row%distinct)) },
		} {
			c := fill(distinct+10, Workbook, nil, put)
			require.Equal(t, distinct <= exactValues, c.DistinctExact, "%s %d", name, distinct)
			require.Equal(t, distinct <= exactValues, len(c.MostFrequent) == 10, "%s %d", name, distinct)
			if c.DistinctExact {
				require.EqualValues(t, distinct, c.DistinctCount)
				require.EqualValues(t, 2, c.MostFrequent[0].Count)
			}
		}
	}
}

func TestTextsWithOneHashAreTwo(t *testing.T) {
	var s texts
	_, fresh := s.addOwn([]byte("a"), 7, false)
	require.True(t, fresh)
	_, fresh = s.addOwn([]byte("b"), 7, false)
	require.True(t, fresh)
	for range 3 {
		_, fresh = s.addOwn([]byte("b"), 7, false)
		require.False(t, fresh)
	}
	n, exact := s.count()
	require.EqualValues(t, 2, n)
	require.True(t, exact)
	counts := map[string]uint32{}
	s.own.each(func(v *slot) {
		text, _ := s.arena.at(v.aux)
		counts[string(text)] = v.count
	})
	require.Equal(t, map[string]uint32{"a": 1, "b": 4}, counts)
}

// TestFiguresOfHugeNumbersAreFinite makes sure that the document can be written at all.
func TestFiguresOfHugeNumbersAreFinite(t *testing.T) {
	values := []float64{math.MaxFloat64, -math.MaxFloat64, math.MaxFloat64, math.MaxFloat64, math.SmallestNonzeroFloat64, 0}
	c := fill(len(values), Workbook, nil, func(b *cells.Batch, row int) { b.Number(0, values[row]) })
	for _, v := range []float64{c.Numbers.Sum, c.Numbers.Mean, *c.Numbers.StandardDeviation, c.Numbers.Q1, c.Numbers.Median, c.Numbers.Q3} {
		require.False(t, math.IsNaN(v) || math.IsInf(v, 0))
	}
	total := int64(0)
	for _, n := range c.Histogram.Counts {
		total += n
	}
	require.EqualValues(t, len(values), total)
}

// TestHyperLogLogIsNearTheTruth covers counts from a few to many.
func TestHyperLogLogIsNearTheTruth(t *testing.T) {
	var h hyperLogLog
	require.Zero(t, h.estimate())
	n := 0
	for _, next := range []int{1, 10, 1000, 20_000, 100_000, 1_000_000} {
		for ; n < next; n++ {
			h.add(hashWord(uint64(n)))
			h.add(hashWord(uint64(n)))
		}
		require.InDelta(t, n, h.estimate(), 0.033*float64(n)+0.5)
	}
}

// TestFiguresOfNumbersThatAreNearEachOther: however large numbers are, their deviation is that of what they differ by; and
// of numbers that cancel each other the sum is what is left.
func TestFiguresOfNumbersThatAreNearEachOther(t *testing.T) {
	figures := func(values ...float64) (sum, mean, deviation float64) {
		var c Column
		for _, v := range values {
			c.numbers.add(math.Float64bits(v))
			c.numbers.flush()
		}
		var out contract.Column
		c.numberFigures(&out)
		return out.Numbers.Sum, out.Numbers.Mean, *out.Numbers.StandardDeviation
	}
	sum, mean, deviation := figures(1e15+1, 1e15+2, 1e15+3, 1e15+4)
	require.Equal(t, []float64{4e15, 1e15, rounded(math.Sqrt(5. / 3))}, []float64{sum, mean, deviation})
	sum, _, _ = figures(1e16, 0.25, -1e16, 0.5, 1e16, -1e16)
	require.Equal(t, 0.75, sum)
	sum, mean, deviation = figures(1e308, -1e308, 1e308, 1e308)
	require.Equal(t, []float64{math.MaxFloat64, 5e307, 1e308}, []float64{sum, mean, deviation})

	// The same beyond the values that are counted one by one.
	var c Column
	n := 3 * exactValues
	for i := range n {
		c.numbers.add(math.Float64bits(1e15 + float64(i)))
		if i%1024 == 0 {
			c.numbers.flush()
		}
	}
	c.numbers.flush()
	require.True(t, c.numbers.many)
	var out contract.Column
	c.numberFigures(&out)
	require.InEpsilon(t, math.Sqrt(float64(n)*float64(n+1)/12), *out.Numbers.StandardDeviation, 1e-11)
	require.Equal(t, rounded(1e15+float64(n-1)/2), out.Numbers.Mean)
}
