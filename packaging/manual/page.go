package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// writePage writes the page of section 1, in the language of man(7).
func writePage(w io.Writer, root *cobra.Command, version string, day time.Time) error {
	root.Version = version // without one the root has no such flag
	root.InitDefaultVersionFlag()
	p := &page{}
	p.line(".TH %s 1 %q %q %q", strings.ToUpper(root.Name()), day.Format(time.DateOnly), root.Name()+" "+version, "User Commands")
	p.line(".SH NAME")
	p.text("%s - %s", root.Name(), root.Short)
	p.line(".SH SYNOPSIS")
	p.line(`.B %s`, escaped(root.Name()))
	p.text("[flags] [subcommand]")
	p.line(".SH DESCRIPTION")
	p.paragraphs(root.Long)
	p.line(".SH FLAGS OF ALL SUBCOMMANDS")
	p.flags(root.PersistentFlags(), root.Flags())
	p.line(".SH SUBCOMMANDS")
	for _, child := range root.Commands() {
		p.command(child)
	}
	p.line(".SH FILES")
	for _, file := range [][2]string{
		{"$XDG_CONFIG_HOME/fabric-data-portal/portal.toml", "the configuration; no secret stands in it (~/.config where XDG_CONFIG_HOME is not set)"},
		{"$XDG_CACHE_HOME/fabric-data-portal/", "what this computer remembers, and the log (~/.cache where XDG_CACHE_HOME is not set)"},
	} {
		p.line(".TP\n.I %s", escaped(file[0]))
		p.text("%s", file[1])
	}
	_, err := io.WriteString(w, p.out.String())
	return err
}

type page struct{ out strings.Builder }

func (p *page) line(format string, args ...any) { fmt.Fprintf(&p.out, format+"\n", args...) }

func (p *page) text(format string, args ...any) {
	for line := range strings.Lines(fmt.Sprintf(format, args...)) {
		p.line("%s", escaped(strings.TrimRight(line, "\n")))
	}
}

// paragraphs writes a text in which an empty line parts paragraphs.
func (p *page) paragraphs(text string) {
	for i, paragraph := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if i > 0 {
			p.line(".PP")
		}
		p.text("%s", paragraph)
	}
}

func (p *page) command(c *cobra.Command) {
	if c.HasAvailableSubCommands() {
		for _, child := range c.Commands() {
			p.command(child)
		}
		return
	}
	if !c.IsAvailableCommand() {
		return
	}
	p.line(`.SS "%s"`, escaped(strings.TrimSuffix(c.UseLine(), " [flags]")))
	said := c.Long
	if said == "" {
		said = c.Short + "."
	}
	p.paragraphs(said)
	p.flags(c.LocalNonPersistentFlags())
}

func (p *page) flags(sets ...*pflag.FlagSet) {
	seen := map[string]bool{}
	for _, set := range sets {
		set.VisitAll(func(f *pflag.Flag) {
			if f.Hidden || seen[f.Name] || f.Name == "help" {
				return
			}
			seen[f.Name] = true
			name, usage := pflag.UnquoteUsage(f)
			written := `\fB` + escaped("--"+f.Name) + `\fR`
			if f.Shorthand != "" {
				written = `\fB` + escaped("-"+f.Shorthand) + `\fR, ` + written
			}
			if name != "" {
				written += ` \fI` + escaped(name) + `\fR`
			}
			p.line(".TP\n%s", written)
			if d := f.DefValue; d != "" && d != "0" && d != "false" && d != "[]" && !strings.Contains(usage, "default") {
				usage += " (default: " + d + ")"
			}
			p.text("%s", usage)
		})
	}
}

// escaped keeps what people wrote from being orders to the formatter.
func escaped(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}
