package setup

import (
	"context"
	"time"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
)

// testTime bounds a test of all parts.
const testTime = 2 * time.Minute

// startTest saves and tries each part.
func (w *Window) startTest() {
	var found []Check
	w.checks.RemoveAll()
	w.save(words.T("Testing the database, Fabric and the files"), func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, testTime)
		defer cancel()
		var err error
		found, err = w.opts.Actions.Test(ctx)
		return err
	}, func() { w.showChecks(found) })
}

func (w *Window) showChecks(found []Check) {
	bad := 0
	for _, c := range found {
		state := controls.StateDone
		switch {
		case !c.OK:
			state = controls.StateBad
			bad++
		case c.Warning:
			state = controls.StateWarn
		}
		said := controls.NewBanner()
		said.Set(state, words.T(c.Name)+": "+c.Message)
		w.checks.Add(said.Container)
	}
	last := len(w.marks) - 1
	if bad == 0 {
		w.marks[last].Set(controls.Check, style.Good)
		w.said.Set(controls.StateDone, words.T("Everything answers. The portal can be opened."))
		return
	}
	w.marks[last].Set(controls.Cross, style.Bad)
	w.said.Set(controls.StateWarn, words.N(int64(bad), "{{.N}} test failed. The portal can be opened all the same.", "{{.N}} tests failed. The portal can be opened all the same."))
}
