// Licences says on what terms the parts of the program may be passed on, for those who build it: scripts/notices.sh, scripts/sbom.sh
// and "make supply" call it in the project's folder.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"fabricportal/internal/licences"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := command().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func command() *cobra.Command {
	root := &cobra.Command{Use: "licences", Short: "The terms of what is linked into the program", SilenceUsage: true, SilenceErrors: true}
	check := &cobra.Command{Use: "check", Short: "Fails where a part has a licence that is not allowed, or none", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			parts, err := shipped(cmd.Context())
			if err != nil {
				return err
			}
			ids := map[string]bool{}
			for _, part := range parts {
				for _, id := range part.Licences() {
					ids[id] = true
				}
			}
			fmt.Fprintf(cmd.OutOrStdout(), "licences: %d parts under %d licences, all allowed\n", len(parts), len(ids))
			return nil
		}}
	notices := &cobra.Command{Use: "notices OUT [FILE...]", Short: "Writes all texts that have to go with the program", Args: cobra.MinimumNArgs(1),
		Long: "Writes all texts that have to go with the program, and those of the files: the terms of what a package carries beside it.",
		RunE: func(cmd *cobra.Command, args []string) error {
			parts, err := shipped(cmd.Context())
			if err != nil {
				return err
			}
			var beside []licences.Text
			for _, name := range args[1:] {
				content, err := os.ReadFile(name)
				if err != nil {
					return err
				}
				beside = append(beside, licences.Text{File: filepath.Base(name), Content: string(content)})
			}
			out, err := os.Create(args[0])
			if err != nil {
				return err
			}
			if err := licences.WriteNotices(out, parts, beside); err != nil {
				out.Close()
				return err
			}
			return out.Close()
		}}
	sbom := &cobra.Command{Use: "sbom FILE", Short: "Puts the licences into a list of parts that cyclonedx-gomod made", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			parts, err := shipped(cmd.Context())
			if err != nil {
				return err
			}
			document, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			complete, err := licences.CompleteSBOM(document, parts)
			if err != nil {
				return err
			}
			out, err := os.Create(args[0])
			if err != nil {
				return err
			}
			if _, err := out.Write(complete); err != nil {
				out.Close()
				return err
			}
			return out.Close()
		}}
	root.AddCommand(check, notices, sbom)
	return root
}

// shipped are the parts of the program, all of which may be passed on.
func shipped(ctx context.Context) ([]licences.Part, error) {
	parts, err := licences.Linked(ctx, ".", "./cmd/portal-desktop")
	if err != nil {
		return nil, err
	}
	policy, err := licences.OurPolicy()
	if err != nil {
		return nil, err
	}
	if faults := policy.Apply(parts); len(faults) > 0 {
		return nil, fmt.Errorf("not all parts of the program may be passed on:\n  %s", strings.Join(faults, "\n  "))
	}
	return parts, nil
}
