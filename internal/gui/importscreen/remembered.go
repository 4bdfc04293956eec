package importscreen

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/importfile/analysis"
)

// looked is what a look at a file gave: what was found here, or what a notebook had found in this very content before.
type looked struct {
	shell.Analysis
	profiled *contract.ImportProfile
	head     *shell.Head // of a large file, of which nobody has asked for more
}

// remembered is what a notebook has found in a file of the lakehouse, where that tells as much as a first look here; nil where the file is to be
// read here. It may be called from any goroutine.
func (s *Screen) remembered(ctx context.Context, c choice) *contract.ImportProfile {
	if c.source != lakehouse || c.here || !c.recall || !c.options.Plain() || c.remote.Folder {
		return nil
	}
	p, err := s.actions.Profiled(ctx, c.remote)
	if err != nil { // the file itself tells more
		return nil
	}
	if p != nil && p.RunID != nil && !c.headOnly() { // so it does where it is read in a moment
		return nil
	}
	return p
}

// readHere reads the chosen file on this computer, whatever a notebook found in it.
func (s *Screen) readHere() {
	if s.chosen.none() {
		return
	}
	s.chosen.profiled, s.chosen.head, s.chosen.here = nil, nil, true
	s.analyze()
}

// readSheet looks at the beginning of another sheet of the chosen file.
func (s *Screen) readSheet(name string) {
	s.chosen.options.Sheet, s.chosen.head = name, nil
	s.analyze()
}

// rememberedPage shows what a notebook found in a file, until it is read here.
type rememberedPage struct {
	content *fyne.Container
	said    *controls.Banner
	summary *controls.Text
	worst   *fyne.Container
	rows    *datatable.Grid
	shown   *contract.ImportProfile
}

func newRememberedPage(read func()) *rememberedPage {
	r := &rememberedPage{summary: controls.NewText("").Fitted(controls.Wrap), worst: controls.Column(style.Small), rows: datatable.NewGrid("import.remembered", nil)}
	r.said = controls.NewBanner(controls.NewButton("import.read.here", words.T("Read it here"), read))
	r.content = controls.Border(controls.Pad(0, 12, 0, 0, controls.Column(12, r.said.Container, r.summary, r.worst)), nil, nil, nil, r.rows.Container)
	r.content.Hide()
	return r
}

// show draws what was remembered of the chosen file; nothing where it was read here.
func (r *rememberedPage) show(c choice, busy bool, now time.Time, sentence func(error) string) {
	p := c.profiled
	in := p != nil && c.analysis == nil && !busy
	controls.Toggle(r.content, in)
	if !in || p == r.shown {
		return
	}
	r.shown = p
	r.said.Set(controls.StateNeutral, words.T("The notebook looked at this very content {{.When}}; this is what it found. The KPIs it will give, the cleaning and your own rules need a look from here.",
		"When", words.When(p.GeneratedAt.Time, now)))
	r.summary.Set(Summary(p, now))
	r.worst.RemoveAll()
	for _, row := range findings(&shell.Analysis{Result: analysis.Result{Profile: p}}, sentence) {
		if row.state == controls.StateBad || row.state == controls.StateWarn {
			said := controls.Column(2, controls.NewText(row.message).Fitted(controls.Wrap), controls.NewCaption(row.where).Fitted(controls.Cut))
			r.worst.Add(controls.Border(nil, nil, controls.Pad(3, 0, 0, 10, controls.NewMark(row.state.Shape, row.state.Color)), nil, said))
		}
		if len(r.worst.Objects) == mostNamed {
			break
		}
	}
	controls.Toggle(r.worst, len(r.worst.Objects) > 0)
	r.rows.Set(rememberedRows(p))
}

// rememberedRows are the first rows of the file, as the profile has them.
func rememberedRows(p *contract.ImportProfile) datatable.Data {
	d := datatable.Data{Rows: cellTexts(p.SampleRows)}
	for _, c := range p.Columns {
		d.Columns = append(d.Columns, c.Name)
		d.Right = append(d.Right, c.Type == "integer" || c.Type == "decimal")
	}
	return d
}
