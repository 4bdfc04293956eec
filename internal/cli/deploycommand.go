package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"fabricportal/internal/services/deployment"
	"fabricportal/internal/services/fabric/items"
)

// Deployer puts what runs in Fabric into a workspace.
type Deployer interface {
	// Plan looks what is to be done; the lakehouse is named by id or name, "" is the configured or only one.
	Plan(ctx context.Context, lakehouse string) (*deployment.Plan, error)
	// Apply does it, and notes it in the plan.
	Apply(ctx context.Context, p *deployment.Plan, force bool, said func(string)) error
	Close()
}

type deployJSON struct {
	WorkspaceID string       `json:"workspace_id"`
	Lakehouse   itemJSON     `json:"lakehouse"`
	Folders     []folderJSON `json:"folders"`
	Items       []itemJSON   `json:"items"`
	DryRun      bool         `json:"dry_run"`
	PortalTOML  string       `json:"portal_toml,omitempty"` // once everything is there
}

type folderJSON struct {
	Path  string `json:"path"`
	State string `json:"state"` // new, unchanged
	Done  string `json:"done,omitempty"`
}

type itemJSON struct {
	Kind        string   `json:"kind"`
	Name        string   `json:"name"`
	ID          *string  `json:"id"`
	State       string   `json:"state,omitempty"` // new, unchanged, outdated, edited
	Differences []string `json:"differences,omitempty"`
	Done        string   `json:"done,omitempty"` // created, updated, left
}

func toDeployJSON(p *deployment.Plan, dryRun bool) deployJSON {
	out := deployJSON{
		WorkspaceID: p.WorkspaceID, Lakehouse: itemJSON{Kind: p.Lakehouse.Kind, Name: p.Lakehouse.Name, ID: known(p.Lakehouse.ID)},
		Folders: []folderJSON{}, Items: []itemJSON{}, DryRun: dryRun,
	}
	for _, f := range p.Folders {
		out.Folders = append(out.Folders, folderJSON{f.Path, string(f.State), string(f.Done)})
	}
	for _, s := range p.Steps {
		out.Items = append(out.Items, itemJSON{s.Kind, s.Name, known(s.ID), string(s.State), s.Differences, string(s.Done)})
	}
	if one, two := p.PipelineIDs(); one != "" && two != "" {
		out.PortalTOML = p.TOML()
	}
	return out
}

// planRows are a plan as a table: an item a row, and below it what is otherwise in Fabric.
func planRows(p *deployment.Plan, force bool) [][]string {
	var rows [][]string
	for _, f := range p.Folders {
		rows = append(rows, []string{"folder", f.Path, meaning(f.State, force)})
	}
	for _, s := range p.Steps {
		kind := "pipeline"
		if s.Kind == items.Notebook {
			kind = "notebook"
		}
		rows = append(rows, []string{kind, s.Name, meaning(s.State, force)})
		for _, difference := range s.Differences {
			rows = append(rows, []string{"", "", "– " + difference})
		}
	}
	return rows
}

func meaning(s deployment.State, force bool) string {
	switch s {
	case deployment.New:
		return "new: will be created"
	case deployment.Outdated:
		return "as this program left it: will be updated"
	case deployment.Edited:
		if force {
			return "changed by others in Fabric: will be overwritten"
		}
		return "changed by others in Fabric: will be left as it is, unless --force is given"
	default:
		return "as it should be"
	}
}

func (p Program) deployCommand(opts *options) *cobra.Command {
	var workspace, lakehouse string
	var dryRun, force bool
	cmd := &cobra.Command{
		Use:   "deploy",
		Short: "Put the notebooks, the pipelines and the folders that the portal needs into a workspace of Fabric",
		Long: "Creates or updates the notebooks and the two pipelines in a workspace, binds the notebooks to the lakehouse, makes the folders\n" +
			"in it, and prints the lines for portal.toml. Each item is compared first: run again, it changes nothing. Items that people have\n" +
			"edited in Fabric are left as they are, unless --force is given; the command then ends with exit code 1.\n\n" +
			"It signs in as fabric.client_id of portal.toml, which needs the Contributor role in the workspace; the other ids may be missing there.",
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if p.Deployer == nil {
				return usage(errors.New("this build can't deploy: use the program as it is released"))
			}
			d, err := p.Deployer(cmd.Context(), opts.config, workspace)
			if err != nil {
				return p.notClear(err)
			}
			defer d.Close()
			p.say("looking at the workspace, which may take a minute")
			plan, err := d.Plan(cmd.Context(), lakehouse)
			if err != nil {
				return p.notClear(err)
			}
			return p.deploy(cmd.Context(), opts, d, plan, dryRun, force)
		},
	}
	cmd.Flags().StringVar(&workspace, "workspace", "", "`ID` of the workspace (default: workspace_id of portal.toml)")
	cmd.Flags().StringVar(&lakehouse, "lakehouse", "", "`ID or NAME` of the lakehouse (default: lakehouse_id of portal.toml, else the only one there is)")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be done, and do nothing")
	cmd.Flags().BoolVar(&force, "force", false, "overwrite what people have edited in Fabric, too")
	return cmd
}

// notClear has a target that could not be told count as wrong usage.
func (p Program) notClear(err error) error {
	if _, ok := errors.AsType[*deployment.TargetError](err); ok {
		return usage(err)
	}
	return err
}

func (p Program) deploy(ctx context.Context, opts *options, d Deployer, plan *deployment.Plan, dryRun, force bool) error {
	if dryRun {
		return p.show(opts, toDeployJSON(plan, true), []string{"WHAT", "NAME", "IN FABRIC"}, planRows(plan, force))
	}
	for _, row := range planRows(plan, force) {
		p.say("%s", strings.TrimSpace(strings.Join(row, " ")))
	}
	pending := plan.Pending(force)
	failed := d.Apply(ctx, plan, force, func(done string) { p.say("%s", done) })
	_, left := errors.AsType[*deployment.LeftError](failed)
	if failed == nil && !pending {
		p.say("nothing was to be done: everything is as it should be")
	}
	switch {
	case opts.json:
		// Also after a failure: what was done stands in it.
		return errors.Join(failed, p.printJSON(toDeployJSON(plan, false)))
	case failed == nil || left:
		p.say("these lines belong into portal.toml:")
		for line := range strings.Lines(plan.TOML()) {
			p.print("%s", strings.TrimSpace(line))
		}
	}
	return failed
}
