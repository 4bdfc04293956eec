package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"fabricportal/internal/format"
	"fabricportal/internal/services/doctor"
)

func (p Program) doctorCommand(opts *options) *cobra.Command {
	var how doctor.Manner
	var trial, replace bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check each part of the configuration, and whether a run will work, and say what to do",
		Long: "Checks the configuration, the database, the pipelines and their notebooks, the right to run them, the clock and the lakehouse's files. Each line says what to do.\n" +
			"It only reads, but for a small hidden file of its own in Files/import, which it removes at once; --read-only leaves that out.\n" +
			"--trial makes a real run of a tiny file of its own when all else is in order, and removes the file again. A run publishes its figures for everybody. Where nothing is published, the\n" +
			"trial's are taken away again; where something is, the trial is refused unless --replace allows it, and the restore pipeline then puts back what was published before.",
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if replace && !trial || how.ReadOnly && trial {
				return usage(errors.New("--replace goes with --trial, and --read-only without it"))
			}
			checks := p.Doctor(cmd.Context(), opts.config, how)
			if trial {
				checks = append(checks, p.trial(cmd.Context(), opts, checks, replace)...)
			}
			failed := 0
			var rows [][]string
			for _, c := range checks {
				mark := "ok"
				switch {
				case !c.OK:
					mark = "FAILED"
					failed++
				case c.Warning:
					mark = "note"
				}
				rows = append(rows, []string{mark, c.Name, strings.TrimSpace(c.Message + " " + c.Action)})
			}
			out := struct {
				OK     bool           `json:"ok"`
				Checks []doctor.Check `json:"checks"`
			}{failed == 0, checks}
			if err := p.show(opts, out, []string{"RESULT", "PART", "FOUND"}, rows); err != nil {
				return err
			}
			if failed > 0 {
				return errors.New(format.N(int64(len(checks)), "the check failed", "{{.Failed}} of {{.N}} checks failed", "Failed", failed))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&how.ReadOnly, "read-only", false, "write nothing, not even the probe file")
	cmd.Flags().BoolVar(&trial, "trial", false, "make a real run of a tiny file, too")
	cmd.Flags().BoolVar(&replace, "replace", false, "with --trial: replace what is published while the trial lasts, and restore it then")
	return cmd
}

// trial is made only where all else is in order.
func (p Program) trial(ctx context.Context, opts *options, checks []doctor.Check, replace bool) []doctor.Check {
	if slices.ContainsFunc(checks, func(c doctor.Check) bool { return !c.OK }) {
		return []doctor.Check{{Name: "trial", Message: "No trial was made, as a check before it failed."}}
	}
	return p.Trial(ctx, opts.config, replace, func(said string) { p.say("%s", said) })
}
