package archive

import (
	"slices"

	"github.com/google/uuid"

	"fabricportal/internal/services/runs"
)

// place is a run in the order of the table.
type place struct {
	run    runs.Run
	nested bool // a restore below the run that it published
}

// places are the runs in the order of the table: the latest first, and under each the restores of it, the latest first. A restore whose run is
// not in the list stands at its own time.
func (l listing) places() []place {
	listed := make(map[uuid.UUID]bool, len(l.runs))
	for _, r := range l.runs {
		listed[r.ID] = true
	}
	below := map[uuid.UUID][]runs.Run{}
	under := func(r runs.Run) bool {
		source, ok := l.beside.Sources[r.ID]
		// Who can write events could name a run as its own source, or two each other's: only what is no restore has restores.
		if _, too := l.beside.Sources[source]; !ok || too || !listed[source] {
			return false
		}
		below[source] = append(below[source], r)
		return true
	}
	tops := make([]runs.Run, 0, len(l.runs))
	for _, r := range l.runs {
		if !under(r) {
			tops = append(tops, r)
		}
	}
	for _, r := range l.beside.Others {
		under(r)
	}
	out := make([]place, 0, len(l.runs))
	for _, r := range tops {
		out = append(out, place{run: r})
		restores := below[r.ID]
		slices.SortStableFunc(restores, func(a, b runs.Run) int {
			if c := b.CreatedAt.Compare(a.CreatedAt); c != 0 {
				return c
			}
			return slices.Compare(a.ID[:], b.ID[:])
		})
		for _, r := range restores {
			out = append(out, place{r, true})
		}
	}
	return out
}

// restore tells whether a run is a restore: by its pipeline, or by what is recorded.
func (l listing) restore(r runs.Run) bool {
	_, recorded := l.beside.Sources[r.ID]
	return recorded || l.restores != nil && l.restores(r)
}

// source is the run that a restore published, as far as the list knows it; ID alone where it does not, zero where nothing says it.
func (l listing) source(r runs.Run) runs.Run {
	id, ok := l.beside.Sources[r.ID]
	if !ok {
		return runs.Run{}
	}
	if from, known := l.run(id); known {
		return from
	}
	return runs.Run{ID: id}
}

// restoresOf are the restores of a run that have ended well, the latest first.
func (l listing) restoresOf(id uuid.UUID) []runs.Run {
	var out []runs.Run
	for restore, source := range l.beside.Sources {
		if r, ok := l.run(restore); ok && source == id && r.Published() {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b runs.Run) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return out
}

// run is a run that is listed, or known beside the list.
func (l listing) run(id uuid.UUID) (runs.Run, bool) {
	if i := slices.IndexFunc(l.runs, func(r runs.Run) bool { return r.ID == id }); i >= 0 {
		return l.runs[i], true
	}
	r, ok := l.beside.Others[id]
	return r, ok
}
