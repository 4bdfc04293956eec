package monitor

import (
	"context"

	"fyne.io/fyne/v2"
	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/kpiview"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/runs"
)

// outcome is what a run that succeeded leads to: its figures, the results, and the way back.
type outcome struct {
	*fyne.Container
	shell   *shell.Shell
	reading *tasks.Slot
	text    *controls.Text
	undo    *controls.Button
	of      uuid.UUID // the run whose figures are shown or read
	size    int       // of the document that they were read from
	run     runs.Run
}

func newOutcome(sh *shell.Shell) *outcome {
	o := &outcome{shell: sh, reading: sh.Runner.NewSlot(), text: controls.NewText("").Fitted(controls.Cut)}
	o.undo = controls.NewQuiet("monitor.undo", words.T("Undo…"), func() { sh.Undo(o.run) })
	see := controls.NewPrimary("monitor.results", words.T("See results"), func() { sh.GoTo(shell.Results) })
	o.Container = controls.Line(style.Small, o.text, controls.Fill(), o.undo, see)
	o.Hide()
	return o
}

// show draws what a run came to; nothing for one that has not succeeded.
func (o *outcome) show(r runs.Run) {
	o.run = r
	controls.Toggle(o.Container, r.Status == runs.Succeeded)
	controls.Toggle(o.undo, o.shell.Undo != nil && !o.shell.Restore(r)) // a restore is undone on Results, where it says what it replaced
	if r.Status != runs.Succeeded || o.of == r.ID && o.size == len(r.KPIs) {
		return
	}
	o.of, o.size = r.ID, len(r.KPIs)
	o.text.Set("")
	if r.KPIs == nil {
		return
	}
	tasks.Start(o.reading, func(context.Context, func(int64, int64)) (string, error) { // the document may be large
		read := contract.Decode[contract.KPIs]
		if len(r.KPIs) <= contract.MaxTotals {
			read = contract.DecodeTotals
		}
		k, err := read("kpis.json of run "+r.ID.String(), r.KPIs)
		if err != nil {
			return "", err
		}
		f := kpiview.Figures(&k)
		return words.T("Revenue {{.Revenue}} · {{.Orders}}", "Revenue", f[0].Value, "Orders", words.N(k.Orders, "{{.N}} order", "{{.N}} orders")), nil
	}, nil, func(text string, err error) {
		if err == nil { // what can't be read is said in the Archive, where the figures are shown in full
			o.text.Set(text)
		}
	})
}
