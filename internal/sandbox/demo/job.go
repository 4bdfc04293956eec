package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Place is where the demo works.
type Place struct {
	Program   string   // path of the built portal-desktop
	Env       []string // points it at the sandbox
	Samples   string   // folder with the sample files
	Lakehouse string   // the sandbox's lakehouse folder, to look at what really arrived
	Scratch   string   // folder for downloads
	Out       io.Writer
}

// The three files that the sandbox generates.
const (
	sampleFile = "sales_orders_fact.xlsx"
	nextFile   = "sales_orders_fact_next.xlsx"
	brokenFile = "sales_orders_broken.xlsx"
)

// job carries what one step found to the later ones.
type job struct {
	Place
	program
	local    kpis
	first    run
	firstKPI kpis
	second   run
}

// Run does the whole job: profile, upload, run, follow, results, a second run, restore, and a file that must fail.
// It returns an error at the first step whose outcome is not as it must be.
func Run(ctx context.Context, place Place) error {
	j := &job{Place: place, program: program{path: place.Program, env: place.Env, log: place.Out}}
	steps := []struct {
		title string
		do    func(context.Context) (string, error)
	}{
		{"Check the configuration", j.doctor},
		{"Profile " + sampleFile + " on this machine", j.profile},
		{"Compute its KPIs on this machine", j.localKPIs},
		{"Upload it", func(ctx context.Context) (string, error) { return j.upload(ctx, sampleFile) }},
		{"Run the pipeline on it", j.run},
		{"See that a second portal can't start another meanwhile", j.busy},
		{"Follow the run to its end", j.follow},
		{"Read the KPIs of the notebook", j.results},
		{"Find and download what the run left", j.artifacts},
		{"Upload and run the next month", j.runNext},
		{"Find both runs in the archive", j.archive},
		{"Restore the first run", j.restore},
		{"Run a file that must fail, and see the lock released", j.runBroken},
	}
	for i, s := range steps {
		fmt.Fprintf(place.Out, "\n%2d. %s\n", i+1, s.title)
		began := time.Now()
		found, err := s.do(ctx)
		if err != nil {
			return fmt.Errorf("step %d (%s): %w", i+1, s.title, err)
		}
		fmt.Fprintf(place.Out, "    ✓ %s (%.1f s)\n", strings.ReplaceAll(found, "\n", "\n      "), time.Since(began).Seconds())
	}
	fmt.Fprintf(place.Out, "\nAll %d steps done and checked.\n", len(steps))
	return nil
}

// require is an error with the given text unless ok.
func require(ok bool, format string, a ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, a...)
}

// all is the first of the errors.
func all(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

var errNoRun = errors.New("the program named no run")
