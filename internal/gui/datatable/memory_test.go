package datatable

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"fabricportal/internal/services/results/dataset"
)

// made is a table of rows that are made when they are asked for: row i has the id i and the channel i mod 3.
type made struct {
	rows int
	mu   sync.Mutex
	read []int // the rows that each Window asked for
	asks []dataset.Query
	hold chan struct{} // Look waits for it, where set
	shut bool
}

var channels = []string{"Web", "Store", "Phone"}

func (m *made) Columns() []dataset.Column {
	return []dataset.Column{{Name: "order_id"}, {Name: "order_date", Kind: dataset.Date}, {Name: "channel"}, {Name: "revenue", Kind: dataset.Decimal}}
}
func (m *made) Rows() int { return m.rows }
func (m *made) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.shut = true
	return nil
}

func (m *made) Distinct(context.Context, int, int) ([]dataset.Count, int, error) {
	return []dataset.Count{{Text: "Web", Rows: 4}, {Text: "Store", Rows: 3}}, 2, nil
}

func (m *made) Look(ctx context.Context, q dataset.Query, _ dataset.Progress) (View, error) {
	m.mu.Lock()
	m.asks = append(m.asks, q)
	hold := m.hold
	m.mu.Unlock()
	if hold != nil && q.Search != "" {
		<-hold
	}
	v := &madeView{m: m, down: len(q.Sort) > 0 && q.Sort[0].Descending, step: 1}
	for _, f := range q.Filters {
		if f.Column == 2 {
			v.step, v.from = 3, slices.Index(channels, append(f.Texts, f.Text)[0])
		}
	}
	v.n = (m.rows - v.from + v.step - 1) / v.step
	return v, nil
}

func (m *made) asked() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.asks)
}

// madeView is every step-th row from a first one on.
type madeView struct {
	m    *made
	n    int
	from int
	step int
	down bool
}

func (v *madeView) Columns() []dataset.Column { return v.m.Columns() }
func (v *madeView) Rows() int                 { return v.n }

func (v *madeView) Window(ctx context.Context, from, n int, columns []int) (dataset.Rows, error) {
	v.m.mu.Lock()
	v.m.read = append(v.m.read, n)
	v.m.mu.Unlock()
	out := dataset.Rows{From: from, Columns: []int{0, 1, 2, 3}}
	for i := from; i < min(from+n, v.n); i++ {
		id := v.from + i*v.step
		if v.down {
			id = v.m.rows - 1 - id
		}
		out.Cells = append(out.Cells, []dataset.Cell{{Text: fmt.Sprintf("O-%07d", id)}, {Text: "2025-01-31"}, {Text: channels[id%3]}, {Text: fmt.Sprintf("%d.50", 1000+id)}})
	}
	return out, nil
}

func (v *madeView) Shown(ctx context.Context, from, n int, columns []int) (dataset.Rows, error) {
	return v.Window(ctx, from, n, columns)
}

func (v *madeView) TSV(ctx context.Context, from, n int, columns []int, header bool) (string, error) {
	rows, err := v.Window(ctx, from, n, nil)
	var b strings.Builder
	if header {
		for i, c := range columns {
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(v.Columns()[c].Name)
		}
		b.WriteByte('\n')
	}
	for _, r := range rows.Cells {
		for i, c := range columns {
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(r[c].Text)
		}
		b.WriteByte('\n')
	}
	return b.String(), err
}
