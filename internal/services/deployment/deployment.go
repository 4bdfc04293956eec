// Package deployment puts what runs in Fabric into a workspace: notebooks, pipelines and the lakehouse's folders. It first
// says what it would do, item by item, and does it then; run again it finds nothing left to do. What people have edited in Fabric
// it leaves alone, unless it is told otherwise.
package deployment

import (
	"context"
	"io/fs"

	"fabricportal/internal/services/fabric/items"
)

// Items are the workspace's items.
type Items interface {
	List(ctx context.Context, kind string) ([]items.Item, error)
	Definition(ctx context.Context, id, format string) (items.Definition, error)
	Create(ctx context.Context, i items.Item, d items.Definition) (items.Item, error)
	Redefine(ctx context.Context, id string, d items.Definition) error
	Describe(ctx context.Context, id, description string) error
}

// Folders are those of a lakehouse.
type Folders interface {
	HasFolder(ctx context.Context, path string) (bool, error)
	MakeFolder(ctx context.Context, path string) error
}

// Deployer deploys item folders (NAME.Notebook/, NAME.DataPipeline/) to one workspace.
type Deployer struct {
	WorkspaceID string
	Source      fs.FS
	Items       Items
	// Folders are those of the lakehouse with this id.
	Folders func(lakehouseID string) Folders
}

// State is what is to be said of an item before anything is done.
type State string

// The states.
const (
	New       State = "new"       // it is not there yet
	Unchanged State = "unchanged" // it is as it should be
	Outdated  State = "outdated"  // it is as this program left it, which no longer is as it should be
	Edited    State = "edited"    // somebody else has changed it, or made it
)

// Step is one item, and what is to be done with it.
type Step struct {
	Kind        string // items.Notebook or items.Pipeline
	Name        string
	ID          string // "" while it is new
	State       State
	Differences []string // what is otherwise in Fabric, a line each, fit to be shown; none for what is new or unchanged
	Done        Done

	source source
	found  items.Item
	mark   mark
	reads  string // the digest of what was found
}

// Done is what became of a step.
type Done string

// What can become of a step.
const (
	Nothing Done = ""        // yet, or because nothing was to be done
	Created Done = "created" //
	Updated Done = "updated" //
	Left    Done = "left"    // as people have edited it
)

// Folder is a folder of the lakehouse.
type Folder struct {
	Path  string
	State State // New or Unchanged
	Done  Done  // Created, or Nothing
}

// Plan is what a deployment would do, and after it what it did.
type Plan struct {
	WorkspaceID string
	Lakehouse   items.Item
	Folders     []Folder
	Steps       []Step // notebooks first: pipelines name them
}

// The folders that the program and the notebooks use (docs/specification.md §1).
var folders = []string{"Files/import", "Files/results"}

// Names of the items, by which the configuration names their pipelines.
const (
	ingest  = "sales_ingest"
	restore = "restore_run"
)

// PipelineIDs are the ids of the two pipelines; "" for one that is not there yet.
func (p *Plan) PipelineIDs() (ingestID, restoreID string) {
	for _, s := range p.Steps {
		switch {
		case s.Kind == items.Pipeline && s.Name == ingest:
			ingestID = s.ID
		case s.Kind == items.Pipeline && s.Name == restore:
			restoreID = s.ID
		}
	}
	return ingestID, restoreID
}

// TOML is what portal.toml says of this deployment under [fabric].
func (p *Plan) TOML() string {
	ingestID, restoreID := p.PipelineIDs()
	return "[fabric]\nworkspace_id = \"" + p.WorkspaceID + "\"\nlakehouse_id = \"" + p.Lakehouse.ID +
		"\"\npipeline_id = \"" + ingestID + "\"\nrestore_pipeline_id = \"" + restoreID + "\"\n"
}

// Pending tells whether a deployment would do anything; with force also to what people have edited.
func (p *Plan) Pending(force bool) bool {
	for _, f := range p.Folders {
		if f.State == New {
			return true
		}
	}
	for _, s := range p.Steps {
		if s.State == New || s.State == Outdated || s.State == Edited && force {
			return true
		}
	}
	return false
}

// ids are those that stand in the place of logical ids.
func (p *Plan) ids() map[string]string {
	ids := map[string]string{zeroGUID: p.WorkspaceID, lakehouseLogical: p.Lakehouse.ID}
	for _, s := range p.Steps {
		if s.ID != "" {
			ids[s.source.logicalID] = s.ID
		}
	}
	return ids
}

// bound is a step's content for this workspace and lakehouse.
func (p *Plan) bound(s Step) (document, error) { return s.source.bound(p.ids(), p.Lakehouse) }
