package archive

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/kpiview"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/readoptions"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/runs"
)

// told is what a run's figures say. It is read out of their document away from the window's goroutine: a document may be
// large, and a list has many.
type told struct {
	size    int  // of the document that it was read from
	known   bool // there are figures
	figures [4]kpiview.Figure
	missing string // from the sums, in words
	state   controls.State
	lacks   bool   // something is missing from the sums
	read    string // how the file was read
	values  [4]*float64
	texts   [4]string // the values in the words of a trend
}

func kpisOf(r runs.Run) *contract.KPIs {
	if r.KPIs == nil {
		return nil
	}
	k, err := contract.Decode[contract.KPIs]("kpis", r.KPIs)
	if err != nil {
		return nil
	}
	return &k
}

func toldOf(r runs.Run) told {
	t := told{size: len(r.KPIs)}
	k := kpisOf(r)
	t.figures, t.missing, t.state = kpiview.Figures(k), kpiview.MissingFrom(k), kpiview.MissingState(k)
	if k == nil {
		return t
	}
	t.known, t.lacks, t.read = true, len(k.Missing.Causes()) > 0, lettering.Text(readoptions.Said(k.ReadOptions))
	t.values[0], t.texts[0] = &k.TotalRevenue, words.Amount(k.TotalRevenue)
	t.values[1], t.texts[1] = new(float64(k.Orders)), words.N(k.Orders, "{{.N}} order", "{{.N}} orders")
	if k.AOV != nil {
		t.values[2], t.texts[2] = k.AOV, words.Amount(*k.AOV)
	}
	if rate, ok := k.Conversion.Rate(); ok {
		t.values[3], t.texts[3] = new(rate*100), words.Percent(rate, 2)
	}
	return t
}

// listing is runs as they are listed, ready to be drawn.
type listing struct {
	runs   []runs.Run
	more   bool
	told   map[uuid.UUID]told
	rows   []runRow
	trends [trendFigures][]point
}

// word words runs; known is what was read of them before.
func word(list []runs.Run, known map[uuid.UUID]told, now time.Time) listing {
	l := listing{runs: list, told: make(map[uuid.UUID]told, len(list)), rows: make([]runRow, 0, len(list))}
	lasts := map[string]comparison.Durations{}
	for _, r := range list {
		t, ok := known[r.ID]
		if !ok || t.size != len(r.KPIs) {
			t = toldOf(r)
		}
		l.told[r.ID] = t
		if _, ok := lasts[r.PipelineItemID]; !ok {
			lasts[r.PipelineItemID] = comparison.NewDurations(list, r.PipelineItemID)
		}
		row := rowOf(r, t, now)
		if took, ok := r.Took(); ok && r.Status == runs.Succeeded {
			row.unusual = lasts[r.PipelineItemID].Judge(took)
		}
		l.rows = append(l.rows, row)
	}
	for figure := range l.trends {
		l.trends[figure] = trendOf(list, l.told, figure, now)
	}
	return l
}

// list words runs and draws them in the table and the trend. What comes while others are being worded is worded next.
func (s *Screen) list(list []runs.Run, more bool) {
	s.next = &listing{runs: list, more: more}
	s.wordNext()
}

func (s *Screen) wordNext() {
	if s.next == nil || s.wording.Busy() {
		return
	}
	next, known, now := *s.next, s.listed.told, s.shell.Now()
	s.next = nil
	tasks.Start(s.wording, func(context.Context, func(int64, int64)) (listing, error) {
		return word(next.runs, known, now), nil
	}, nil, func(l listing, err error) {
		if err != nil { // a fault of the program, which the log has
			s.stale.Set(controls.StateWarn, s.shell.Error(err))
			return
		}
		l.more = next.more
		s.draw(l)
		s.wordNext()
	})
}

func (s *Screen) draw(l listing) {
	s.listed = l
	s.table.Set(l.rows)
	s.trend.set(l.trends)
	s.count.Set(words.N(int64(len(l.rows)), "{{.N}} run", "{{.N}} runs"))
	controls.Toggle(s.more, l.more)
	s.more.Enabled(true)
	// A run that was still going on when it was chosen may have ended since.
	if d := s.side.detail; d != nil {
		for _, r := range l.runs {
			if r.ID == d.Run.ID && (r.Status != d.Run.Status || (r.KPIs == nil) != (d.Run.KPIs == nil)) {
				s.read(r.ID)
			}
		}
	}
}

// runOf is a run that is listed.
func (s *Screen) runOf(id uuid.UUID) (runs.Run, bool) {
	i := slices.IndexFunc(s.listed.runs, func(r runs.Run) bool { return r.ID == id })
	if i < 0 {
		return runs.Run{}, false
	}
	return s.listed.runs[i], true
}
