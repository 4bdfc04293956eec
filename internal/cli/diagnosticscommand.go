package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

func (p Program) diagnosticsCommand(opts *options) *cobra.Command {
	var noChecks bool
	cmd := &cobra.Command{
		Use:   "diagnostics",
		Short: "Print what helps somebody else to find a fault: versions, settings, checks, the log, without secrets and data",
		Long: "Prints the version, the platform, which settings are made, what “doctor --read-only” finds, and the end of the log. It is made to be mailed: in the place of\n" +
			"secrets, names of files, people, computers and addresses, figures and cells stands ‹…›. Only words that the program itself says are left.",
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if p.Known != nil {
				p.Known(cmd.Context(), opts.config)
			}
			text := p.Diagnostics(cmd.Context(), opts.config, !noChecks)
			if opts.json {
				return p.printJSON(struct {
					Text string `json:"text"`
				}{text})
			}
			for line := range strings.Lines(text) {
				p.print("%s", strings.TrimRight(line, "\n"))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&noChecks, "no-checks", false, "ask neither the database nor Fabric")
	return cmd
}
