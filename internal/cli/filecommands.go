package cli

import (
	"errors"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"fabricportal/internal/format"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/fabric/artifacts"
)

func (p Program) filesCommand(opts *options) *cobra.Command {
	return &cobra.Command{
		Use:   "files",
		Short: "List the files in Files/import, newest first",
		Args:  exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withPortal(cmd, opts, func(services Portal) error {
				files, err := services.Files(cmd.Context())
				if out, some := errors.AsType[*artifacts.LeftOutError](err); some {
					p.say("warning: %s", out)
				} else if err != nil {
					return err
				}
				out := struct {
					Files []fileJSON `json:"files"`
				}{[]fileJSON{}}
				var rows [][]string
				for _, f := range files {
					out.Files = append(out.Files, toFileJSON(f))
					note := ""
					if f.Folder {
						note = format.N(int64(f.Files), ", folder with {{.N}} file", ", folder with {{.N}} files")
					}
					rows = append(rows, []string{f.Name, format.Count(f.Size), when(&f.Modified) + note})
				}
				return p.show(opts, out, []string{"NAME", "BYTES", "MODIFIED"}, rows)
			})
		},
	}
}

func (p Program) uploadCommand(opts *options) *cobra.Command {
	var how imports.How
	cmd := &cobra.Command{
		Use:   "upload FILE",
		Short: "Upload a file of this machine to Files/import; one that was broken off goes on where it ended",
		Args:  exactly("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withPortal(cmd, opts, func(services Portal) error {
				p.sayUnfinished(services, args[0], how)
				f, err := services.Upload(cmd.Context(), args[0], how, p.progress("uploading"))
				if changed, ok := errors.AsType[*artifacts.SourceChangedError](err); ok && changed.Begun {
					p.say("%s was changed since its upload was begun: it is uploaded as it is now, from the start", changed.Name)
					how.Anew = true
					f, err = services.Upload(cmd.Context(), args[0], how, p.progress("uploading"))
				}
				if err != nil {
					return err
				}
				p.say("uploaded %s (%s)", f.Path, format.N(f.Size, "{{.N}} byte", "{{.N}} bytes"))
				if opts.json {
					return p.printJSON(toFileJSON(f))
				}
				p.printValue(f.Name)
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&how.Overwrite, "overwrite", false, "replace a file of the same name")
	cmd.Flags().BoolVar(&how.Anew, "from-start", false, "give up what an earlier upload of this file has brought there")
	return cmd
}

func (p Program) artifactsCommand(opts *options) *cobra.Command {
	return &cobra.Command{
		Use:   "artifacts RUN_ID",
		Short: "List what a run left in the lakehouse",
		Args:  exactly("RUN_ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withRun(cmd, opts, args, func(services Portal, id uuid.UUID) error {
				list, err := services.Artifacts(cmd.Context(), id)
				if err != nil {
					return err
				}
				out := struct {
					RunID     string         `json:"run_id"`
					Artifacts []artifactJSON `json:"artifacts"`
					Hidden    int            `json:"artifacts_not_shown,omitempty"`
				}{id.String(), []artifactJSON{}, list.Hidden}
				var rows [][]string
				for _, a := range list.Rows {
					out.Artifacts = append(out.Artifacts, artifactJSON{a.Type, a.Path, a.Size})
					size := "–"
					if a.Size != nil {
						size = format.Count(*a.Size)
					}
					rows = append(rows, []string{a.Type, size, a.Path})
				}
				if list.Hidden > 0 {
					rows = append(rows, []string{"", "", format.N(int64(list.Hidden), "{{.N}} more is not shown.", "{{.N}} more are not shown.")})
				}
				return p.show(opts, out, []string{"TYPE", "BYTES", "PATH"}, rows)
			})
		},
	}
}

func (p Program) evidenceCommand(opts *options) *cobra.Command {
	var folder string
	cmd := &cobra.Command{
		Use:   "evidence RUN_ID",
		Short: "Save all that is known of a run as one zip (RO-Crate), with the hash of each file",
		Args:  exactly("RUN_ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withPortal(cmd, opts, func(services Portal) error {
				id, err := services.FindRun(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				path, err := services.Evidence(cmd.Context(), id, folder, format.English, p.progress("packing"))
				if err != nil {
					return err
				}
				if opts.json {
					return p.printJSON(map[string]string{"path": path})
				}
				p.printValue(path)
				return nil
			})
		},
	}
	cmd.Flags().StringVarP(&folder, "output", "o", ".", "the `FOLDER` to save it in; an existing file is kept beside it")
	return cmd
}

func (p Program) downloadCommand(opts *options) *cobra.Command {
	var output string
	var replace bool
	cmd := &cobra.Command{
		Use:   "download RUN_ID NAME",
		Short: "Save a file of a run (or with “current” of the published results) on this machine",
		Args:  exactly("RUN_ID", "NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withPortal(cmd, opts, func(services Portal) error {
				id := uuid.Nil
				if !strings.EqualFold(args[0], "current") {
					var err error
					if id, err = services.FindRun(cmd.Context(), args[0]); err != nil {
						return err
					}
				}
				saved, err := services.Download(cmd.Context(), id, args[1], output, replace, p.progress("downloading"))
				if err != nil {
					return err
				}
				if opts.json {
					return p.printJSON(savedJSON{saved.Path, saved.Size, saved.SHA256})
				}
				p.printValue(saved.Path)
				return nil
			})
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "where to save it (default: NAME in the current folder); beside an existing file, with a number in its name")
	cmd.Flags().BoolVar(&replace, "replace", false, "replace an existing file")
	return cmd
}
