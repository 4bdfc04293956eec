package datatable

import (
	"time"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/dataset"
)

// Distant is a Table whose rows are not on this computer: those in sight are read where they are. Whatever is asked of all of them needs them
// here, so that a person is told first what fetching them costs.
type Distant interface {
	Away() int64    // how many bytes all rows have; 0 where they are here
	Fetched() int64 // how many of these were read for what was in sight
}

// distant is what a panel says of rows that are not here.
type distant struct {
	question *controls.Banner // whether all are fetched
	going    *controls.Banner // that they are being fetched
	stop     func()
	fetch    func() // has all rows fetched and shown; nil where they can't be
	widens   bool   // a column was shown of which nothing has come yet
}

func (d *distant) set(p *Panel) {
	d.question = controls.NewBanner(
		controls.NewQuiet(p.name+".leave", words.T("Not now"), p.giveUp),
		controls.NewButton(p.name+".fetch", words.T("Fetch it"), func() {
			d.question.Set(controls.StateNeutral, "")
			if d.fetch != nil {
				d.fetch()
			}
		}))
	d.going = controls.NewBanner(controls.NewQuiet(p.name+".fetch.stop", words.T("Cancel"), func() {
		d.going.Set(controls.StateBusy, "")
		p.giveUp()
		if d.stop != nil {
			d.stop()
		}
	}))
}

func (d *distant) hide() {
	d.question.Set(controls.StateNeutral, "")
	d.going.Set(controls.StateBusy, "")
}

// Fetching says what has all rows of a Distant table fetched and then shown.
func (p *Panel) Fetching(fetch func()) { p.distant.fetch = fetch }

// Going says that all rows are being fetched, with a way to end that.
func (p *Panel) Going(sentence string, stop func()) {
	p.distant.stop = stop
	p.distant.question.Set(controls.StateNeutral, "")
	p.state.Set(controls.StateBusy, "")
	p.distant.going.Set(controls.StateBusy, sentence)
}

// Offer asks whether all rows are fetched.
func (p *Panel) Offer(sentence string) { p.distant.question.Set(controls.StateNeutral, sentence) }

// Here tells whether the shown rows are of all, and all are on this computer.
func (p *Panel) Here() bool { return p.Whole() && p.away() == 0 }

// away is how many bytes the rows have elsewhere.
func (p *Panel) away() int64 {
	if d, ok := p.table.(Distant); ok {
		return d.Away()
	}
	return 0
}

// applied is the query that what is shown is of, or will be as soon as it is worked out.
func (p *Panel) applied() dataset.Query {
	if p.away() > 0 {
		return dataset.Query{}
	}
	return p.query
}

// asksForAll tells whether a query needs rows that are not here, and asks then whether they are fetched.
func (p *Panel) asksForAll(q dataset.Query) bool {
	bytes := p.away()
	if bytes == 0 {
		return false
	}
	if q.Plain() {
		p.distant.question.Set(controls.StateNeutral, "")
		return false
	}
	if p.distant.going.Visible() { // it is asked when they are here
		return true
	}
	var sentence string
	switch size := words.Size(bytes); {
	case q.Search != "":
		sentence = words.T("Searching needs the whole file ({{.Size}}), which is in the lakehouse: fetch it? It stays on this computer for the next time.", "Size", size)
	case len(q.Filters) > 0:
		sentence = words.T("Filtering needs the whole file ({{.Size}}), which is in the lakehouse: fetch it? It stays on this computer for the next time.", "Size", size)
	default:
		sentence = words.T("Sorting needs the whole file ({{.Size}}), which is in the lakehouse: fetch it? It stays on this computer for the next time.", "Size", size)
	}
	p.Offer(sentence)
	return true
}

// giveUp goes back to all rows in their order, which need not be here.
func (p *Panel) giveUp() {
	p.distant.question.Set(controls.StateNeutral, "")
	p.query = dataset.Query{}
	if p.search.Text != "" {
		p.search.Text = ""
		p.search.Refresh()
	}
	p.drawChips()
}

// settle is how long rows that are not here have to be in sight before they are asked for: those that are scrolled past are not.
const settle = 80 * time.Millisecond

func (p *Panel) settling() time.Duration {
	if p.away() > 0 {
		return settle
	}
	return 0
}

// tellDistant says how much was read of rows that are not here; "" of others.
func (p *Panel) tellDistant() string {
	d, ok := p.table.(Distant)
	if !ok || d.Away() == 0 {
		return ""
	}
	return " · " + words.T("in the lakehouse, {{.Read}} of {{.All}} read", "Read", words.Size(d.Fetched()), "All", words.Size(d.Away()))
}

// tellCopying says what copying so many rows reads of those that are not here.
func (p *Panel) tellCopying(n int) {
	if away, all := p.away(), p.view.Rows(); away > 0 && all > 0 {
		p.status.Set(words.N(int64(n), "Reading {{.N}} row in the lakehouse to copy it, about {{.Size}}", "Reading {{.N}} rows in the lakehouse to copy them, about {{.Size}}",
			"Size", words.Size(int64(float64(away)/float64(all)*float64(n)))))
	}
}

// needed are the columns that are read of rows elsewhere: those that are hidden are not fetched. nil, of rows that are here, is all.
func needed(away int64, columns []dataset.Column, hidden map[string]bool) []int {
	if away == 0 || len(hidden) == 0 {
		return nil
	}
	var out []int
	for i, c := range columns {
		if !hidden[c.Name] {
			out = append(out, i)
		}
	}
	return out
}

// spread puts the cells of some columns where they stand among all.
func spread(rows dataset.Rows, all int) dataset.Rows {
	if len(rows.Columns) == 0 || len(rows.Columns) == all {
		return rows
	}
	for at, cells := range rows.Cells {
		row := make([]dataset.Cell, all)
		for i, column := range rows.Columns {
			row[column] = cells[i]
		}
		rows.Cells[at] = row
	}
	rows.Columns = nil
	return rows
}

// came says that a column is shown whose cells may not be here: they are read, and then it is as wide as they ask for.
func (p *Panel) came() {
	if p.away() > 0 {
		p.cache, p.distant.widens = newCache(), true
	}
}
