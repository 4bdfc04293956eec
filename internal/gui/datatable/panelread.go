package datatable

import (
	"context"
	"time"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/dataset"
)

// read fetches the rows in sight that are not here. Rows that are scrolled past are not read.
func (p *Panel) read() {
	if p.view == nil {
		return
	}
	from, to := p.grid.inSight()
	first, last, any := p.cache.missing(from, to)
	p.tell()
	if !any || to <= from {
		return
	}
	view, kept, wait := p.view, p.cache, p.settling()
	columns := needed(p.away(), view.Columns(), p.hidden)
	tasks.Start(p.reading, func(ctx context.Context, _ func(int64, int64)) (dataset.Rows, error) {
		if err := after(ctx, wait); err != nil {
			return dataset.Rows{}, err
		}
		return view.Shown(ctx, first*pageRows, (last-first+1)*pageRows, columns)
	}, nil, func(rows dataset.Rows, err error) {
		if err != nil {
			if p.asking.Busy() { // another table may be there already
				return
			}
			p.failing = true
			p.state.Set(controls.StateBad, p.shell.Error(err))
			return
		}
		if p.failing { // what it said is over
			p.failing = false
			p.state.Set(controls.StateBad, "")
		}
		kept.put(spread(rows, len(view.Columns())), view.Rows())
		if p.distant.widens {
			p.distant.widens = false
			p.update()
			return
		}
		p.grid.redraw()
		p.tell()
		if len(rows.Cells) > pageRows { // of wide tables not all pages that were asked for came
			p.read()
		}
	})
}

// tell says which rows are in sight, of how many.
func (p *Panel) tell() {
	if p.view == nil {
		p.status.Set("")
		return
	}
	n := int64(p.view.Rows())
	_, first := p.view.(few) // also while the whole table is being opened
	var text string
	switch {
	case p.growing && p.total > n:
		text = words.T("{{.Read}} of about {{.All}} rows are read", "Read", words.Count(n), "All", words.Count(p.total))
	case p.growing:
		text = words.N(n, "{{.N}} row is read", "{{.N}} rows are read")
	case first && p.total > 0:
		text = words.N(p.total, "The first {{.First}} of {{.N}} row", "The first {{.First}} of {{.N}} rows", "First", words.Count(n))
	case first:
		text = words.N(n, "The first {{.N}} row", "The first {{.N}} rows")
	default:
		from, to := p.grid.inSight()
		text = words.N(n, "{{.N}} row", "{{.N}} rows")
		if n > 0 && to > from {
			text = words.N(n, "{{.From}} to {{.To}} of {{.N}} row", "{{.From}} to {{.To}} of {{.N}} rows",
				"From", words.Count(int64(from+1)), "To", words.Count(int64(min(to, from+p.grid.page()))))
		}
		if n < p.total {
			text += " · " + words.N(p.total, "out of {{.N}} row", "out of {{.N}} rows")
		}
		text += p.tellDistant()
	}
	if a, b := p.grid.chosen.bounds(); !p.grid.chosen.none() {
		text += " · " + words.N(int64(b-a+1), "{{.N}} row chosen", "{{.N}} rows chosen")
	}
	p.status.Set(text)
	if p.of.Chosen != nil {
		p.of.Chosen()
	}
}

// after waits, unless the context ends before.
func after(ctx context.Context, wait time.Duration) error {
	if wait <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
