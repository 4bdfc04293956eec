package deployment

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"fabricportal/internal/plaintext"
	"fabricportal/internal/services/fabric/items"
)

// TargetError says that it is not clear to what should be deployed.
type TargetError struct{ Sentence string }

func (e *TargetError) Error() string { return e.Sentence }

// Plan looks at the workspace and says what a deployment would do. The lakehouse is named by its id or name; with "" it is the only one.
// Errors: *TargetError, *troubles.Trouble, *items.UnreachableError, or the context's.
func (d *Deployer) Plan(ctx context.Context, lakehouse string) (*Plan, error) {
	sources, err := readSources(d.Source)
	if err != nil {
		return nil, err
	}
	all, err := d.Items.List(ctx, "")
	if err != nil {
		return nil, err
	}
	p := &Plan{WorkspaceID: strings.ToLower(d.WorkspaceID)}
	if p.Lakehouse, err = chooseLakehouse(all, lakehouse); err != nil {
		return nil, err
	}
	for _, s := range sources {
		step := Step{Kind: s.kind, Name: s.name, State: New, source: s}
		for _, i := range all {
			if i.Kind != s.kind || !strings.EqualFold(i.Name, s.name) {
				continue
			}
			if step.ID != "" {
				return nil, &TargetError{fmt.Sprintf("the workspace has two items %s of the kind %s, and it can't be told which one is meant: rename one of them", s.name, s.kind)}
			}
			step.ID, step.found = i.ID, i
			_, step.mark = splitMark(i.Description)
		}
		p.Steps = append(p.Steps, step)
	}
	if err := d.look(ctx, p); err != nil {
		return nil, err
	}
	for _, path := range folders {
		f := Folder{Path: path, State: Unchanged}
		has, err := d.Folders(p.Lakehouse.ID).HasFolder(ctx, path)
		if err != nil {
			return nil, err
		}
		if !has {
			f.State = New
		}
		p.Folders = append(p.Folders, f)
	}
	return p, nil
}

// look compares what is there with what it should be. All items are asked for at once, as Fabric may take half a minute for each.
func (d *Deployer) look(ctx context.Context, p *Plan) error {
	type reading struct {
		essence essence
		err     error
	}
	read := make([]reading, len(p.Steps))
	var group sync.WaitGroup
	for i := range p.Steps {
		if s := p.Steps[i]; s.ID != "" {
			group.Go(func() { read[i].essence, read[i].err = d.read(ctx, s.Kind, s.ID) })
		}
	}
	group.Wait()
	for i := range p.Steps {
		s, found := &p.Steps[i], read[i]
		if found.err != nil {
			return fmt.Errorf("looking at %s: %w", what(*s), found.err)
		}
		if s.ID == "" {
			continue
		}
		bound, err := p.bound(*s)
		if err != nil {
			return err
		}
		wanted := essenceOf(s.Kind, bound)
		s.State, s.reads = judge(found.essence, wanted, s.mark), digest(found.essence)
		if s.State != Unchanged {
			s.Differences = differences(found.essence, wanted)
		}
	}
	return nil
}

// read is the essence of an item's content as Fabric has it; empty for one that has none yet, or none that can be read.
func (d *Deployer) read(ctx context.Context, kind, id string) (essence, error) {
	form := contents[kind]
	definition, err := d.Items.Definition(ctx, id, form.format)
	if err != nil {
		return nil, err
	}
	for _, part := range definition.Parts {
		if part.Path == form.path {
			if content, err := readDocument(part.Content); err == nil {
				return essenceOf(kind, content), nil
			}
		}
	}
	return essenceOf(kind, nil), nil // what can't be read was not written by this program
}

// chooseLakehouse finds the lakehouse that was named.
func chooseLakehouse(all []items.Item, named string) (items.Item, error) {
	var houses []items.Item
	var names []string
	other := ""
	for _, i := range all {
		same := strings.EqualFold(i.ID, named) || strings.EqualFold(i.Name, named)
		switch {
		case i.Kind == items.Lakehouse && (named == "" || same):
			houses = append(houses, i)
		case i.Kind != items.Lakehouse && same:
			other = i.Kind
		}
		if i.Kind == items.Lakehouse {
			names = append(names, plaintext.Line(i.Name, maxText))
		}
	}
	known := "it has none: make one in Fabric first"
	if len(names) > 0 {
		known = "it has " + strings.Join(names, ", ")
	}
	shown := plaintext.Line(named, maxText)
	switch {
	case len(houses) == 1:
		return houses[0], nil
	case named == "" && len(houses) == 0:
		return items.Item{}, &TargetError{"the workspace has no lakehouse: make one in Fabric first"}
	case len(houses) > 1:
		return items.Item{}, &TargetError{fmt.Sprintf("%d lakehouses of the workspace could be meant (%s): name one with --lakehouse by its id", len(houses), known)}
	case other != "":
		return items.Item{}, &TargetError{fmt.Sprintf("%s is a %s and no lakehouse of the workspace (%s): name a lakehouse with --lakehouse", shown, plaintext.Line(other, maxText), known)}
	}
	return items.Item{}, &TargetError{fmt.Sprintf("the workspace has no lakehouse %s (%s): name it with --lakehouse by its name or id", shown, known)}
}

// what names a step in a sentence.
func what(s Step) string {
	if s.Kind == items.Notebook {
		return "the notebook " + s.Name
	}
	return "the pipeline " + s.Name
}
