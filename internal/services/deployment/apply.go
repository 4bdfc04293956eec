package deployment

import (
	"context"
	"fmt"
	"strings"

	"fabricportal/internal/services/fabric/items"
)

// HalfwayError says that a deployment failed after something was done, or may have been. Running it again goes on from there.
type HalfwayError struct {
	Done  []string // what was done before, such as: the notebook sales_ingest was created
	Doing string   // what failed, such as: creating the pipeline sales_ingest
	Err   error
}

func (e *HalfwayError) Error() string {
	done := "nothing was changed before"
	if len(e.Done) > 0 {
		done = "done before: " + strings.Join(e.Done, ", ")
	}
	return fmt.Sprintf("%s failed: %v (%s). Run the same command again: it goes on where this one has stopped", e.Doing, e.Err, done)
}

func (e *HalfwayError) Unwrap() error { return e.Err }

// LeftError says that items were left as people have edited them; all others are as they should be.
type LeftError struct{ Items []string }

func (e *LeftError) Error() string {
	return "left as others have changed it in Fabric: " + strings.Join(e.Items, ", ") + ". Look at the differences with --dry-run; with --force they are overwritten"
}

// work is a deployment under way.
type work struct {
	*Deployer
	plan *Plan
	said func(string)
	done []string
}

// Apply does what a plan says and notes in it what was done. What people have edited is overwritten with force only; else it is left
// and, at the end, told as *LeftError. said is told each thing that was done. Errors: *HalfwayError, *LeftError.
func (d *Deployer) Apply(ctx context.Context, p *Plan, force bool, said func(string)) error {
	w := &work{Deployer: d, plan: p, said: said}
	for i := range p.Folders {
		f := &p.Folders[i]
		if f.State != New || f.Done != Nothing {
			continue
		}
		if err := d.Folders(p.Lakehouse.ID).MakeFolder(ctx, f.Path); err != nil {
			return w.failed("making the folder "+f.Path, err)
		}
		f.Done = Created
		w.tell("the folder " + f.Path + " was made")
	}
	var left []string
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.State == Edited && !force {
			s.Done = Left
			left = append(left, what(*s))
			continue
		}
		if err := w.step(ctx, s); err != nil {
			return err
		}
	}
	if len(left) > 0 {
		return &LeftError{left}
	}
	return nil
}

func (w *work) failed(doing string, err error) error { return &HalfwayError{w.done, doing, err} }

func (w *work) tell(done string) {
	w.done = append(w.done, done)
	w.said(done)
}

// step brings one item to what it should be. The mark in its description is written before and after, so that a deployment that ends at
// any point leaves behind what the next one needs to go on.
func (w *work) step(ctx context.Context, s *Step) error {
	bound, err := w.plan.bound(*s)
	if err != nil {
		return err
	}
	wanted := essenceOf(s.Kind, bound)
	definition, err := s.source.definition(bound)
	if err != nil {
		return err
	}
	begun := mark{wanted: digest(wanted), found: s.mark.found, pending: true}
	switch s.State {
	case Unchanged:
		return w.confirm(ctx, s, mark{wanted: digest(wanted), found: s.reads})
	case New:
		made, err := w.Items.Create(ctx, items.Item{Kind: s.Kind, Name: s.Name, Description: begun.put(s.source.about)}, definition)
		if err != nil {
			return w.failed("creating "+what(*s), err)
		}
		s.ID, s.found, s.mark, s.Done = made.ID, made, begun, Created
		w.tell(what(*s) + " was created")
	case Outdated, Edited:
		begun.found = s.reads // what is overwritten here was looked at
		if err := w.describe(ctx, s, begun); err != nil {
			return err
		}
		if err := w.Items.Redefine(ctx, s.ID, definition); err != nil {
			return w.failed("updating "+what(*s), err)
		}
		s.Done = Updated
		w.tell(what(*s) + " was updated")
	}
	found, err := w.read(ctx, s.Kind, s.ID)
	if err != nil {
		return w.failed("reading back "+what(*s), err)
	}
	return w.confirm(ctx, s, mark{wanted: digest(wanted), found: digest(found)})
}

// confirm notes that an item is as this program has put it there.
func (w *work) confirm(ctx context.Context, s *Step, m mark) error {
	if s.mark == m {
		return nil
	}
	return w.describe(ctx, s, m)
}

func (w *work) describe(ctx context.Context, s *Step, m mark) error {
	text, _ := splitMark(s.found.Description)
	description := m.put(text)
	if err := w.Items.Describe(ctx, s.ID, description); err != nil {
		return w.failed("noting in the description of "+what(*s)+" what was deployed", err)
	}
	s.found.Description, s.mark = description, m
	return nil
}
