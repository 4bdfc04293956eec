package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"fabricportal/internal/format"
	"fabricportal/internal/services/doctor"
)

func (p Program) doctorCommand(opts *options) *cobra.Command {
	var how doctor.Manner
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check each part of the configuration, and whether a run will work, and say what to do",
		Long: "Checks the configuration, the database, the pipelines and their notebooks, the right to run them, the clock and the lakehouse's files. Each line says what to do.\n" +
			"It only reads, but for a small hidden file of its own in Files/import, which it removes at once; --read-only leaves that out.",
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			checks := p.Doctor(cmd.Context(), opts.config, how)
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
	return cmd
}
