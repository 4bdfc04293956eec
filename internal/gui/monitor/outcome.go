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

// outcome is what a run that has ended leads to: its figures, the results, and the way back; of one that failed, the file.
type outcome struct {
	*fyne.Container
	shell   *shell.Shell
	reading *tasks.Slot
	text    *controls.Text
	undo    *controls.Button
	see     *controls.Button
	file    *controls.Button // to where it is mended and run again
	of      uuid.UUID        // the run whose figures are shown or read
	size    int              // of the document that they were read from
	run     runs.Run
}

func newOutcome(sh *shell.Shell) *outcome {
	o := &outcome{shell: sh, reading: sh.Runner.NewSlot(), text: controls.NewText("").Fitted(controls.Cut)}
	o.undo = controls.NewQuiet("monitor.undo", words.T("Undo…"), func() { sh.Undo(o.run) })
	o.see = controls.NewPrimary("monitor.results", words.T("See results"), func() { sh.GoTo(shell.Results) })
	o.file = controls.NewPrimary("monitor.import", words.T("Go to Import"), func() { sh.GoTo(shell.Import) })
	o.Container = controls.Line(style.Small, o.text, controls.Fill(), o.undo, o.see, o.file)
	o.Hide()
	return o
}

// show draws what a run came to; nothing for one that has not ended, or was cancelled.
func (o *outcome) show(r runs.Run) {
	o.run = r
	good, restore := r.Status == runs.Succeeded, o.shell.Restore(r)
	failed := r.Status == runs.Failed && !r.Cancelled() && !restore
	controls.Toggle(o.undo, good && o.shell.Undo != nil && !restore) // a restore is undone on Results, where it says what it replaced
	controls.Toggle(o.see, good)
	controls.Toggle(o.file, failed)
	controls.Toggle(o.Container, good || failed)
	if !good {
		o.text.Set("")
		o.of = uuid.Nil
	}
	if !good || o.of == r.ID && o.size == len(r.KPIs) {
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
