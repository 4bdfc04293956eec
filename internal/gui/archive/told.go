package archive

import (
	"context"
	"maps"
	"time"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/kpiview"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/readoptions"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/plaintext"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/runs"
)

// told is what a run's figures say. It is read out of their document away from the window's goroutine: a document may be
// large, and a list has many.
type told struct {
	size    int    // of the document that it was read from
	known   bool   // there are figures
	unread  string // why there are none, though there is a document
	figures [4]kpiview.Figure
	missing string // from the sums, in words
	state   controls.State
	lacks   bool   // something is missing from the sums, or stands beside them
	read    string // how the file was read
	values  [4]*float64
	texts   [4]string // the values in the words of a trend

	computed string // the day (YYYY-MM-DD) on which they were computed
}

// figuresOf are the figures of a run; nil where there are none.
func figuresOf(r runs.Run) (*contract.KPIs, error) {
	if r.KPIs == nil {
		return nil, nil
	}
	read := contract.Decode[contract.KPIs]
	if len(r.KPIs) <= contract.MaxTotals { // of a run that is shown as the list has it
		read = contract.DecodeTotals
	}
	k, err := read("kpis.json of run "+r.ID.String(), r.KPIs)
	if err != nil {
		return nil, err
	}
	return &k, nil
}

func toldOf(r runs.Run) told {
	t := told{size: len(r.KPIs)}
	k, err := figuresOf(r)
	if err != nil {
		t.unread = words.Writer().Sentence(err)
	}
	t.figures, t.missing, t.state = kpiview.Figures(k), kpiview.MissingFrom(k), kpiview.MissingState(k)
	if k == nil {
		return t
	}
	t.known, t.lacks, t.read = true, t.state == controls.StateWarn, lettering.Text(readoptions.Said(k.ReadOptions))
	t.computed = k.ComputedAt.UTC().Format(time.DateOnly)
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

// listing is runs as they are listed, with what is known of their figures.
type listing struct {
	runs []runs.Run
	more bool
	told map[uuid.UUID]told
	// restores tells which of them are restores: those compute nothing.
	restores  func(runs.Run) bool
	beside    runs.Beside
	published feeds.Published
}

// knows says whether a run's figures were read.
func (l listing) knows(r runs.Run) bool {
	t, ok := l.told[r.ID]
	return ok && t.size == len(r.KPIs)
}

// list draws runs, at once with the figures that are known. The others are read elsewhere; what comes meanwhile is drawn, too.
func (s *Screen) list(list []runs.Run, beside runs.Beside, more bool) {
	l := listing{list, more, make(map[uuid.UUID]told, len(list)), s.shell.Restore, beside, s.latest.Published}
	for _, r := range list {
		if s.listed.knows(r) || r.KPIs == nil {
			l.told[r.ID] = s.listed.told[r.ID]
		}
	}
	s.draw(l)
	s.readFigures()
}

// readFigures reads the figures of the listed runs that are not known.
func (s *Screen) readFigures() {
	var missing []runs.Run
	for _, r := range s.listed.runs {
		if !s.listed.knows(r) {
			missing = append(missing, r)
		}
	}
	if len(missing) == 0 || s.wording.Busy() {
		return
	}
	tasks.Start(s.wording, func(ctx context.Context, _ func(int64, int64)) (map[uuid.UUID]told, error) {
		found, began := map[uuid.UUID]told{}, time.Now()
		for _, r := range missing {
			found[r.ID] = toldOf(r)
			if ctx.Err() != nil || time.Since(began) > drawEvery { // those that are read are shown
				break
			}
		}
		return found, ctx.Err()
	}, nil, func(found map[uuid.UUID]told, err error) {
		if err != nil { // a fault of the program, which the log has
			s.stale.Set(controls.StateWarn, s.shell.Error(err))
			return
		}
		l := s.listed
		l.told = maps.Clone(l.told)
		for _, r := range l.runs {
			if t, ok := found[r.ID]; ok && !l.knows(r) {
				l.told[r.ID] = t
			}
		}
		s.draw(l)
		s.readFigures()
	})
}

// drawEvery is after how long figures that were read are drawn, while there are more to read.
const drawEvery = 500 * time.Millisecond

// spelled is how the names of files are written that look like another one of these runs: they are different files.
func (l listing) spelled() map[string]string {
	names := make([]string, len(l.runs))
	for i, r := range l.runs {
		names[i] = r.InputFile
	}
	return plaintext.Alike(names)
}

// rows words the runs for the table.
func (l listing) rows(now time.Time) []runRow {
	rows := make([]runRow, 0, len(l.runs))
	// A restore copies what a run computed: what runs take says nothing of it, nor it of them, whichever pipeline does both.
	kinds := map[bool][]runs.Run{}
	for _, r := range l.runs {
		kinds[l.restore(r)] = append(kinds[l.restore(r)], r)
	}
	type kind struct {
		item    string
		restore bool
	}
	lasts := map[kind]comparison.Durations{}
	spelled := l.spelled()
	for _, p := range l.places() {
		r := p.run
		of := kind{r.PipelineItemID, l.restore(r)}
		if _, ok := lasts[of]; !ok {
			lasts[of] = comparison.NewDurations(kinds[of.restore], of.item)
		}
		row := rowOf(r, of.restore, l.told[r.ID], now)
		if as, ok := spelled[r.InputFile]; ok {
			row.file = lettering.Line(as)
		}
		row.nested, row.published, row.note = p.nested, l.isPublished(r), noted(l.beside.Notes[r.ID])
		if row.published && r.Published() && r.Status == runs.Succeeded {
			row.status = words.T("Published")
		}
		if from := l.source(r); !p.nested && from.ID != uuid.Nil { // which run it is of stands elsewhere, or on another page
			row.file = lettering.Line(words.T("restore of {{.Run}}", "Run", namedRun(from, now)))
		}
		if took, ok := r.Took(); ok && r.Status == runs.Succeeded {
			row.unusual = lasts[of].Judge(took)
		}
		rows = append(rows, row)
	}
	return rows
}

func (s *Screen) draw(l listing) {
	s.listed = l
	s.table.Set(l.rows(s.shell.Now()))
	s.trend.set(l, s.shell.Now())
	s.drawCount()
	s.drawPublished(s.shell.Now())
	s.update()
	controls.Toggle(s.more, l.more)
	s.more.Enabled(true)
	// A run that was still going on when it was chosen may have ended since.
	if d := s.side.detail; d != nil {
		for _, r := range l.runs {
			if r.ID == d.Run.ID && (l.beside.Notes[r.ID].Total() > s.side.noted() || r.Status != d.Run.Status || r.HasKPIs() != d.Run.HasKPIs()) {
				s.read(r.ID)
			}
		}
	}
}

// drawCount says how many runs are listed, and by which saved filter.
func (s *Screen) drawCount() {
	l := s.listed
	said := words.N(int64(len(l.runs)), "{{.N}} run", "{{.N}} runs")
	beside := 0
	for _, p := range l.places() {
		if _, other := l.beside.Others[p.run.ID]; p.nested && other {
			beside++
		}
	}
	if beside > 0 { // they are shown with their run, though the filter would not find them
		said = format.Sentences(said, words.N(int64(beside), "and {{.N}} restore of them", "and {{.N}} restores of them"))
	}
	if at := s.filter.saved.place(s.filter.filter); at >= 0 && !s.filter.filter.All() {
		said += " · " + lettering.Label(s.filter.saved.list[at].name)
	}
	s.count.Set(said)
}
