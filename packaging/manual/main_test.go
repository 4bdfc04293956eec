package main

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/cli"
)

var day = time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)

// Each subcommand that --help lists has its part of the page, with each of its flags.
func TestThePageNamesAllThatTheProgramTakes(t *testing.T) {
	made, err := all(day)
	require.NoError(t, err)
	text := string(made[manPage])
	flags, commands := 0, 0
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for _, child := range c.Commands() {
			walk(child)
		}
		if c.HasSubCommands() || !c.IsAvailableCommand() {
			return
		}
		commands++
		_, part, found := strings.Cut(text, ".SS \""+escaped(strings.TrimSuffix(c.UseLine(), " [flags]"))+"\"\n")
		require.True(t, found, "%s has no part", c.CommandPath())
		part, _, _ = strings.Cut(part, "\n.S")
		c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if f.Hidden || f.Name == "help" {
				return
			}
			flags++
			assert.Contains(t, part, `\fB`+escaped("--"+f.Name)+`\fR`, "%s", c.CommandPath())
		})
	}
	walk(cli.Tree())
	require.Greater(t, commands, 25)
	require.Greater(t, flags, 60)
	for _, name := range []string{"--config", "--json", "--log-level", "--version"} {
		assert.Contains(t, text, `\fB`+escaped(name)+`\fR`)
	}
}

func TestTheFormatterFindsNothingWrongWithThePage(t *testing.T) {
	program, err := exec.LookPath("mandoc")
	if err != nil {
		t.Skip("mandoc is not installed")
	}
	made, err := all(day)
	require.NoError(t, err)
	lint := exec.CommandContext(t.Context(), program, "-T", "lint", "-W", "warning")
	lint.Stdin = bytes.NewReader(made[manPage])
	said, err := lint.CombinedOutput()
	require.NoError(t, err, "%s", said)
	require.Empty(t, string(said))
}

// What the completion of each shell runs is the program itself, which answers with its subcommands.
func TestTheShellsAreAnsweredByTheProgram(t *testing.T) {
	made, err := all(day)
	require.NoError(t, err)
	for _, name := range []string{bashCompletion, zshCompletion, fishCompletion} {
		require.Contains(t, string(made[name]), "__complete ", name)
		require.NotContains(t, string(made[name]), "__completeNoDesc", name)
	}
	var out, said bytes.Buffer
	require.Equal(t, cli.ExitDone, cli.Execute(t.Context(), cli.Program{Out: &out, Err: &said}, []string{"__complete", "pro"}), said.String())
	require.Regexp(t, `(?m)^profile\t\S.+$`, out.String(), "a tab parts it from what is said of it")
	out.Reset()
	require.Equal(t, cli.ExitDone, cli.Execute(t.Context(), cli.Program{Out: &out, Err: &said}, []string{"__complete", "profile", "--sh"}), said.String())
	require.Regexp(t, `(?m)^--sheet\t\S.+$`, out.String())
}
