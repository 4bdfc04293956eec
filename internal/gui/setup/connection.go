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
		if !c.OK {
			state = controls.StateBad
			bad++
		}
		said := controls.NewBanner()
		said.Set(state, words.T("{{.Check}}: {{.Found}}", "Check", checkName(c.Name), "Found", c.Message))
		w.checks.Add(said.Container)
	}
	last := len(w.marks) - 1
	if bad == 0 {
		w.marks[last].Set(controls.Check, style.Good)
		w.said.Set(controls.StateDone, words.T("Everything answers. The portal can be opened."))
		return
	}
	w.marks[last].Set(controls.Cross, style.Bad)
	w.said.Set(controls.StateWarn, words.N("{{.N}} tests failed. You can open the portal all the same.", int64(bad)))
}

// checkName is the name of a check of doctor in the user's language; one that is not known stays as it is.
func checkName(name string) string {
	switch name {
	case "configuration":
		return words.T("Configuration")
	case "client secret":
		return words.T("Client secret")
	case "database password":
		return words.T("Database password")
	case "database":
		return words.T("Database")
	case "tables and rights":
		return words.T("Tables and rights")
	case "wake-ups between desktops":
		return words.T("Changes from other PCs")
	case "sign-in to Fabric":
		return words.T("Sign-in to Fabric")
	case "pipeline":
		return words.T("Pipeline")
	case "restore pipeline":
		return words.T("Restore pipeline")
	case "lakehouse files":
		return words.T("Files in the lakehouse")
	case "published results":
		return words.T("Published results")
	}
	return name
}
