package datatable

import "fabricportal/internal/services/results/dataset"

// Only replaces all that the rows are chosen by with one filter.
func (p *Panel) Only(f dataset.Filter) {
	p.query.Search = ""
	if p.search.Text != "" {
		p.search.SetText("")
	}
	p.query.Filters = []dataset.Filter{f}
	p.ask(0)
}
