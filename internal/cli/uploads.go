package cli

import (
	"errors"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"fabricportal/internal/format"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/fabric/artifacts"
)

// sayUnfinished says that an upload goes on where an earlier one ended.
func (p Program) sayUnfinished(services Portal, path string, how imports.How) {
	whole, err := filepath.Abs(path)
	if err != nil || how.Anew {
		return // the upload says what is wrong
	}
	begun, err := services.Unfinished()
	if err != nil {
		return
	}
	for _, u := range begun {
		if u.Path == whole && u.Arrived > 0 {
			p.say("going on with the upload of %s: %s of %s are in the lakehouse already", u.Name(), format.Bytes(u.Arrived), format.Bytes(u.Size))
		}
	}
}

// uploadsCommand lists what uploads left, and takes it away.
func (p Program) uploadsCommand(opts *options) *cobra.Command {
	var discard string
	var remove bool
	cmd := &cobra.Command{
		Use:   "uploads",
		Short: "List uploads of this machine that did not come to their end, and what anybody's left in Files/import for more than a week",
		Args:  exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withPortal(cmd, opts, func(services Portal) error {
				if discard != "" {
					return p.discardUpload(cmd, services, discard)
				}
				begun, err := services.Unfinished()
				if err != nil {
					return err
				}
				left, err := services.LeftStaging(cmd.Context())
				if out, some := errors.AsType[*artifacts.LeftOutError](err); some {
					p.say("warning: %s", out)
				} else if err != nil {
					return err
				}
				if remove {
					return p.removeStaging(cmd, services, left)
				}
				out := uploadsJSON{Unfinished: []unfinishedJSON{}, Left: []fileJSON{}}
				var rows [][]string
				for _, u := range begun {
					out.Unfinished = append(out.Unfinished, unfinishedJSON{u.Path, u.Size, u.Arrived, u.Begun.UTC()})
					rows = append(rows, []string{u.Path, format.Count(u.Arrived) + " of " + format.Count(u.Size), when(&u.Begun) + ", goes on with “upload”"})
				}
				for _, f := range left {
					out.Left = append(out.Left, toFileJSON(f))
					rows = append(rows, []string{f.Path, format.Count(f.Size), when(&f.Modified) + ", left over"})
				}
				return p.show(opts, out, []string{"FILE", "BYTES", "WHEN"}, rows)
			})
		},
	}
	cmd.Flags().StringVar(&discard, "discard", "", "give up the unfinished upload of a `FILE` of this machine, and remove what it brought there")
	cmd.Flags().BoolVar(&remove, "delete-left-over", false, "delete what was left in Files/import for more than a week, whosever it is")
	cmd.MarkFlagsMutuallyExclusive("discard", "delete-left-over")
	return cmd
}

type uploadsJSON struct {
	Unfinished []unfinishedJSON `json:"unfinished"`
	Left       []fileJSON       `json:"left_over"`
}

type unfinishedJSON struct {
	Path    string    `json:"path"`
	Size    int64     `json:"size_bytes"`
	Arrived int64     `json:"arrived_bytes"`
	Begun   time.Time `json:"begun"`
}

func (p Program) discardUpload(cmd *cobra.Command, services Portal, path string) error {
	whole, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	begun, err := services.Unfinished()
	if err != nil {
		return err
	}
	for _, u := range begun {
		if u.Path != whole {
			continue
		}
		if err := services.Discard(cmd.Context(), u); err != nil {
			return err
		}
		p.say("the upload of %s was given up", u.Name())
		return nil
	}
	return errors.New("there is no unfinished upload of " + path + " that nobody is at: “uploads” lists them")
}

// removeStaging removes what is left; what somebody has come back to stays and is said.
func (p Program) removeStaging(cmd *cobra.Command, services Portal, left []artifacts.File) error {
	gone := int64(0)
	for _, f := range left {
		err := services.RemoveStaging(cmd.Context(), f)
		if young, ok := errors.AsType[*artifacts.YoungError](err); ok {
			p.say("%s", young)
			continue
		}
		if err != nil {
			return err
		}
		gone++
	}
	p.say("%s", format.N(gone, "{{.N}} left-over file was deleted", "{{.N}} left-over files were deleted"))
	return nil
}
