package cli

import "github.com/spf13/cobra"

// Tree is the program's subcommands with their flags, for what is made of them: the manual page and the completion of shells.
func Tree() *cobra.Command { return Program{}.rootCommand() }
