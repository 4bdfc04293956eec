package changes

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fabricportal/contract"
	"fabricportal/internal/services/results/dataset"
)

// made is a table in memory.
type made struct {
	columns []dataset.Column
	cells   [][]dataset.Cell
	window  int // rows that a window has at most; 0 is any
	stop    func(from int) error
}

func (m *made) Columns() []dataset.Column { return m.columns }
func (m *made) Rows() int                 { return len(m.cells) }
func (m *made) Window(_ context.Context, from, n int, _ []int) (dataset.Rows, error) {
	if m.stop != nil {
		if err := m.stop(from); err != nil {
			return dataset.Rows{}, err
		}
	}
	if m.window > 0 {
		n = min(n, m.window)
	}
	out := dataset.Rows{From: from}
	for _, row := range m.cells[from:min(from+n, len(m.cells))] {
		out.Cells = append(out.Cells, slices.Clone(row))
	}
	return out, nil
}

// of makes a table of texts; "" is no value.
func of(columns string, rows ...string) *made {
	kinds := map[string]dataset.Kind{"revenue": dataset.Decimal, "quantity": dataset.Integer, "order_date": dataset.Date, "moment": dataset.DateTime}
	m := &made{}
	for name := range strings.SplitSeq(columns, ",") {
		m.columns = append(m.columns, dataset.Column{Name: name, Kind: kinds[name]})
	}
	for _, r := range rows {
		var cells []dataset.Cell
		for text := range strings.SplitSeq(r, ",") {
			cells = append(cells, dataset.Cell{Text: text, Null: text == ""})
		}
		m.cells = append(m.cells, cells)
	}
	return m
}

func compared(t require.TestingT, before, after Table, most int) *Result {
	r, err := Rows(context.Background(), before, after, Options{most: most})
	require.NoError(t, err)
	return r
}

func all(t require.TestingT, r *Result, k Kind) []Order {
	list, err := r.List(k, 0, math.MaxInt32)
	require.NoError(t, err)
	return list
}

func TestWhatBecameOfEachOrder(t *testing.T) {
	before := of("order_id,order_date,revenue,region,note",
		"A1,2025-01-01,1000,North,x", "A2,2025-01-01,150,South,x", "A3,2025-02-01,50,South,", "so-9,2025-02-01,7.5,,x", "A5,,0,North,x")
	after := of("region,order_id,order_date,revenue,added",
		"North,A1,2025-01-01,1000,1", "East,A2,2025-01-01,162.34,2", "North,A4,2025-02-02,300,3", ",SO-9,2025-02-01,7.5,4", "North,A5,,0,5")
	r := compared(t, before, after, 0)
	defer r.Close()
	require.Equal(t, []Step{
		{StepBefore, 120750, 5, 5}, {StepAdded, 30750, 2, 2}, {StepRemoved, -5750, 2, 2}, {StepChanged, 1234, 1, 1}, {StepAfter, 146984, 5, 5},
	}, r.Bridge())
	require.Equal(t, Part{Orders: 2, Rows: 2, Revenue: 100000}, r.Same)
	require.Equal(t, []string{"note"}, r.Sides[Before].Only)
	require.Equal(t, []string{"added"}, r.Sides[After].Only)
	require.Equal(t, []Order{{ID: "A2", Rows: [2]int64{1, 1}, Revenue: [2]float64{150, 162.34}, Changes: []CellChange{
		{"region", [2]dataset.Cell{{Text: "South"}, {Text: "East"}}}, {"revenue", [2]dataset.Cell{{Text: "150"}, {Text: "162.34"}}},
	}}}, all(t, r, Changed))
	added := all(t, r, Added)
	require.Equal(t, []string{"A4", "SO-9"}, []string{added[0].ID, added[1].ID})
	require.Equal(t, []dataset.Cell{{Text: "North"}, {Text: "A4"}, {Text: "2025-02-02"}, {Text: "300"}, {Text: "3"}}, added[0].Cells)
	require.Equal(t, OtherCase{Orders: 1, Revenue: [2]Cents{750, 750}, Examples: [][2]string{{"so-9", "SO-9"}}}, r.OtherCase)

	require.Equal(t, "region", r.Breakdowns[0].Column)
	require.Equal(t, []Group{
		{"North", [2]Cents{100000, 130000}, [2]int64{2, 3}}, {"South", [2]Cents{20000, 0}, [2]int64{2, 0}},
		{"East", [2]Cents{0, 16234}, [2]int64{0, 1}}, {"", [2]Cents{750, 750}, [2]int64{1, 1}},
	}, r.Breakdowns[0].Groups)
	require.Equal(t, []string{ByMonth, ByDay}, []string{r.Breakdowns[1].Column, r.Breakdowns[2].Column})
	require.Equal(t, Group{"2025-02", [2]Cents{5750, 30750}, [2]int64{2, 2}}, r.Breakdowns[1].Groups[0])
	top, others, rest := r.Breakdowns[0].Top(1)
	require.Len(t, top, 1)
	require.Equal(t, 3, others)
	require.Equal(t, Group{"", [2]Cents{20750, 16984}, [2]int64{3, 2}}, rest)
	share, ok := r.Breakdowns[0].Share(top[0].Change())
	require.True(t, ok)
	require.InDelta(t, 300/262.34, share, 1e-12)

	require.Empty(t, r.Mismatches([2]*contract.KPIs{{TotalRevenue: 1207.5, Orders: 5}, nil}))
	require.Equal(t, []Mismatch{{After, 146984, 146985, 5, 5}}, r.Mismatches([2]*contract.KPIs{nil, {TotalRevenue: 1469.85, Orders: 5}}))
}

func TestOrdersOfSeveralRowsAreMatchedOnlyWhereThereIsOneWay(t *testing.T) {
	before := of("order_id,quantity,revenue,product", "L1,1,10,Pen", "L1,2,20,Ink", "L2,1,5,Pen", "L2,1,5,Pen", "L3,1,1,Pen", "L3,2,2,Ink", ",9,9,Pen", "L4,1,3,Pen", "L4,1,4,Ink")
	after := of("order_id,quantity,revenue,product", "L1,2,20,Ink", "L1,3,30,Pen", "L2,1,5,Pen", "L3,3,3,Pen", "L3,4,4,Ink", ",9,9,Pen", ",1,2,Ink", "L4,1,4,Ink", "L4,1,3,Pen")
	r := compared(t, before, after, 0)
	defer r.Close()
	require.EqualValues(t, 1, r.Same.Orders, "L4 has the same rows in another order")
	changed := all(t, r, Changed)
	require.Equal(t, []string{"L1", "L2", "L3"}, func() (ids []string) {
		for _, o := range changed {
			ids = append(ids, o.ID)
		}
		slices.Sort(ids)
		return ids
	}())
	require.Equal(t, "L1", changed[0].ID)
	require.Equal(t, []CellChange{{"quantity", [2]dataset.Cell{{Text: "1"}, {Text: "3"}}}, {"revenue", [2]dataset.Cell{{Text: "10"}, {Text: "30"}}}}, changed[0].Changes)
	for _, o := range changed[1:] {
		require.Empty(t, o.Changes)
		require.Equal(t, map[string][2]int64{"L2": {1, 0}, "L3": {2, 2}}[o.ID], o.Unpaired, o.ID)
	}
	require.EqualValues(t, 2, r.UnpairedOrders)
	require.Equal(t, Side{Rows: 9, Orders: 4, Revenue: 5900, WithoutID: 1, WithoutIDRevenue: 900, Repeated: 4, RepeatedRows: 8}, r.Sides[Before])
	require.Equal(t, Side{Rows: 9, Orders: 4, Revenue: 8000, WithoutID: 2, WithoutIDRevenue: 1100, Repeated: 3, RepeatedRows: 6}, r.Sides[After])
	require.Equal(t, Step{StepWithoutID, 200, 0, 3}, r.Bridge()[4])
}

func TestValuesOfAnotherKindThatSayTheSameAreTheSame(t *testing.T) {
	before, after := of("order_id,revenue,order_date", "1,5,2025-01-01", "2,5,2025-01-02"), of("order_id,revenue,moment", " 1,5,2025-01-01 00:00:00", "2,5,2025-01-02 08:00:00")
	before.columns[0].Kind, after.columns[2].Name = dataset.Integer, "order_date"
	r := compared(t, before, after, 0)
	defer r.Close()
	require.Equal(t, []Retyped{{"order_id", [2]dataset.Kind{dataset.Integer, dataset.Text}}, {"order_date", [2]dataset.Kind{dataset.Date, dataset.DateTime}}}, r.Retyped)
	changed := all(t, r, Changed)
	require.Len(t, changed, 2, "the blank before 1 is a change, of the same order")
	for _, o := range changed {
		require.Len(t, o.Changes, 1, o.ID)
	}
}

func TestWhatIsLeftOutOfAListIsCountedWithItsMoney(t *testing.T) {
	before, after := of("order_id,revenue"), of("order_id,revenue")
	for i := range 1000 {
		after.cells = append(after.cells, []dataset.Cell{{Text: fmt.Sprint("A", i)}, {Text: strconv.Itoa(i - 500)}})
		before.cells = append(before.cells, []dataset.Cell{{Text: fmt.Sprint("B", i)}, {Text: strconv.Itoa(i)}})
	}
	r := compared(t, before, after, 10)
	defer r.Close()
	for k, want := range []string{"A0", "B999"} {
		list := all(t, r, Kind(k))
		require.Len(t, list, 10)
		require.Equal(t, want, list[0].ID)
		if Kind(k) == Added { // equal amounts are in the file's order
			require.Equal(t, []string{"A1", "A999", "A2", "A998"}, []string{list[1].ID, list[2].ID, list[3].ID, list[4].ID})
		}
		require.EqualValues(t, 990, r.Parts[k].LeftOut)
	}
	listed := Cents(0)
	for _, o := range all(t, r, Removed) {
		listed += centsOf(o.Revenue[Before])
	}
	require.Equal(t, r.Parts[Removed].Revenue, listed+r.Parts[Removed].LeftOutRevenue)
	listed = 0
	for _, o := range all(t, r, Added) {
		listed += centsOf(o.Revenue[After])
	}
	require.Equal(t, r.Parts[Added].Revenue, listed+r.Parts[Added].LeftOutRevenue)
	part, err := r.List(Removed, 8, 10)
	require.NoError(t, err)
	require.Len(t, part, 2)
}

func TestAColumnThatIsMissingIsSaid(t *testing.T) {
	_, err := Rows(t.Context(), of("order_id,revenue", "1,2"), of("id,revenue", "1,2"), Options{})
	require.ErrorContains(t, err, "the rows of the run after have no column order_id")
	_, err = Rows(t.Context(), of("order_id,amount", "1,2"), of("order_id,revenue", "1,2"), Options{})
	require.ErrorContains(t, err, "the rows of the run before have no column revenue")
}

func TestCancelling(t *testing.T) {
	stop := errors.New("stopped")
	before, after := of("order_id,revenue"), of("order_id,revenue")
	for i := range 10_000 {
		before.cells = append(before.cells, []dataset.Cell{{Text: fmt.Sprint("A", i)}, {Text: "1"}})
	}
	before.stop = func(from int) error {
		if from > 4096 {
			return stop
		}
		return nil
	}
	_, err := Rows(t.Context(), before, after, Options{})
	require.ErrorIs(t, err, stop)
	before.stop = nil
	ctx, cancel := context.WithCancel(t.Context())
	_, err = Rows(ctx, before, after, Options{Progress: func(done, total int64) {
		require.EqualValues(t, 20_000, total)
		if done >= 10_000 { // all is read: the orders are being matched
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
}

// random draws a table of few orders, so that two of them meet.
func random(t *rapid.T, name string) *made {
	m := of("order_id,order_date,revenue,region,note")
	cell := func(texts ...string) dataset.Cell {
		text := rapid.SampledFrom(texts).Draw(t, name)
		return dataset.Cell{Text: text, Null: text == ""}
	}
	for range rapid.IntRange(0, 30).Draw(t, name+" rows") {
		m.cells = append(m.cells, []dataset.Cell{
			cell("", "A", "B", "C", "D", "E", "F", "G", "a", "b", "c", " A "), cell("", "2025-01-01", "2025-01-02", "2025-02-01"),
			cell("", "1", "-2.5", "0.005", "0.3333", "1000000.01", "12345.67", "0.0049"), cell("", "North", "South", "North "), cell("", "x", "y"),
		})
	}
	m.window = rapid.IntRange(1, 7).Draw(t, name+" window")
	return m
}

func TestAllAddsUpToTheCent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tables := [2]*made{random(t, "before"), random(t, "after")}
		r := compared(t, tables[Before], tables[After], 0)
		defer r.Close()

		// Worked out once more, in ten-thousandths and by maps.
		units := func(c dataset.Cell) int64 {
			v, _ := strconv.ParseFloat(c.Text, 64)
			return int64(math.RoundToEven(v * 10_000))
		}
		var total, withoutID [2]int64
		sums, lines := [2]map[string]int64{{}, {}}, [2]map[string][]string{{}, {}}
		regions := [2]map[string]int64{{}, {}}
		regionOrders := map[string]*[2]int64{}
		for side, m := range tables {
			for _, row := range m.cells {
				u, id := units(row[2]), strings.TrimSpace(row[0].Text)
				total[side] += u
				region := strings.TrimSpace(row[3].Text)
				regions[side][region] += u
				if regionOrders[region] == nil {
					regionOrders[region] = &[2]int64{}
				}
				if id == "" {
					withoutID[side] += u
					continue
				}
				if _, ok := sums[side][id]; !ok {
					regionOrders[region][side]++
				}
				sums[side][id] += u
				lines[side][id] = append(lines[side][id], fmt.Sprint(row))
			}
		}
		cents := func(units int64) Cents { return Cents(math.RoundToEven(float64(units) / 100)) }
		var want [3]int64
		var orders [3]int64
		same := int64(0)
		for id, sum := range sums[Before] {
			if _, ok := sums[After][id]; !ok {
				want[Removed] += sum
				orders[Removed]++
				continue
			}
			slices.Sort(lines[Before][id])
			slices.Sort(lines[After][id])
			if slices.Equal(lines[Before][id], lines[After][id]) {
				same++
				continue
			}
			want[Changed] += sums[After][id] - sum
			orders[Changed]++
		}
		for id, sum := range sums[After] {
			if _, ok := sums[Before][id]; !ok {
				want[Added] += sum
				orders[Added]++
			}
		}
		for side := range 2 {
			require.Equal(t, cents(total[side]), r.Sides[side].Revenue)
			require.Equal(t, cents(withoutID[side]), r.Sides[side].WithoutIDRevenue)
			require.EqualValues(t, len(sums[side]), r.Sides[side].Orders)
		}
		for k := range want {
			require.Equal(t, cents(want[k]), r.Parts[k].Revenue, "%d", k)
			require.Equal(t, orders[k], r.Parts[k].Orders)
			require.EqualValues(t, orders[k], r.Listed(Kind(k)))
			var listed float64
			for _, o := range all(t, r, Kind(k)) {
				sign := map[Kind]float64{Added: 1, Removed: -1, Changed: 1}[Kind(k)]
				listed += sign * o.Change()
				require.True(t, Kind(k) != Changed || len(o.Changes) > 0 || o.Unpaired != [2]int64{}, "%+v says what is different", o)
			}
			require.InDelta(t, float64(want[k])/10_000, listed, 1e-7)
		}
		require.Equal(t, same, r.Same.Orders)

		bridge := r.Bridge()
		var sum Cents
		for _, s := range bridge[:len(bridge)-1] {
			sum += s.Money
			if s.Kind == StepRounding {
				require.LessOrEqual(t, distance(s.Money), Cents(3))
			}
		}
		require.Equal(t, bridge[len(bridge)-1].Money, sum)
		require.Equal(t, bridge[0].Orders+orders[Added]-orders[Removed], bridge[len(bridge)-1].Orders)

		for _, b := range r.Breakdowns {
			sum := b.Rounding
			for i, g := range b.Groups {
				sum += g.Change()
				require.True(t, i == 0 || distance(b.Groups[i-1].Change()) >= distance(g.Change()))
				if b.Column == "region" {
					require.Equal(t, [2]Cents{cents(regions[Before][g.Key]), cents(regions[After][g.Key])}, g.Revenue, g.Key)
					require.Equal(t, *regionOrders[g.Key], g.Orders, g.Key)
				}
			}
			require.Equal(t, r.Sides[After].Revenue-r.Sides[Before].Revenue, sum)
			require.LessOrEqual(t, distance(b.Rounding), Cents(len(b.Groups)+1))
		}
	})
}

func TestColumnsShareTheMemoryForGroups(t *testing.T) {
	room := 5
	a, b := newTally("a", [2]int{}, 0, &room), newTally("b", [2]int{}, 0, &room)
	for i := range 10 {
		b.add(After, dataset.Cell{Text: strconv.Itoa(i % 2)}, 1)
		a.add(After, dataset.Cell{Text: strconv.Itoa(i)}, 1)
	}
	require.True(t, a.over)
	require.False(t, b.over)
	require.Equal(t, 3, room)
	require.Len(t, b.breakdown(10).Groups, 2)
}
