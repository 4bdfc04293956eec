package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"fabricportal/internal/format"
)

// crashJSON is the text of a crash in “log --crash --json”.
type crashJSON struct {
	Time time.Time `json:"time"`
	Text string    `json:"text"`
}

func (p Program) logCommand(opts *options) *cobra.Command {
	var lines int
	var crash, discard bool
	cmd := &cobra.Command{
		Use:   "log",
		Short: "Show the last lines of this program's log, or (--crash) what an earlier start said as it crashed",
		Long: "Shows the last lines of the log that window and subcommands keep on this computer, without secrets, and says where it is.\n" +
			"With --crash it shows what an earlier start said as it crashed; --discard removes that text.",
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if crash && p.Known != nil {
				p.Known(cmd.Context(), opts.config) // the text was written as it came, and may hold what only the keyring knows
			}
			switch {
			case crash:
				if err := p.printCrash(opts); err != nil || !discard {
					return err
				}
				return p.discardCrash()
			case discard:
				return p.discardCrash()
			}
			return p.printLog(opts, lines)
		},
	}
	cmd.Flags().IntVar(&lines, "lines", 50, "number of lines at most")
	cmd.Flags().BoolVar(&crash, "crash", false, "show the text of the latest crash instead")
	cmd.Flags().BoolVar(&discard, "discard", false, "remove the texts of crashes")
	return cmd
}

func (p Program) printLog(opts *options, lines int) error {
	tail, err := p.Journal.LogTail(lines)
	if err != nil {
		return fmt.Errorf("the log %s can't be read: %w", p.Journal.LogPath(), err)
	}
	if opts.json {
		out := struct {
			Path  string   `json:"path"`
			Lines []string `json:"lines"`
		}{p.Journal.LogPath(), append([]string{}, tail...)}
		return p.printJSON(out)
	}
	p.say("the log is %s", p.Journal.LogPath())
	for _, line := range tail {
		p.print("%s", line)
	}
	return nil
}

func (p Program) printCrash(opts *options) error {
	text, at, found := p.Journal.Crash()
	if opts.json {
		out := struct {
			Crash *crashJSON `json:"crash"`
		}{}
		if found {
			out.Crash = &crashJSON{at.UTC(), text}
		}
		return p.printJSON(out)
	}
	if !found {
		p.say("no crash is known")
		return nil
	}
	p.say("the program crashed at %s; send the following text to whoever helps:", format.Stamp(at))
	fmt.Fprintln(p.Out, text)
	return nil
}

func (p Program) discardCrash() error {
	if err := p.Journal.DiscardCrash(); err != nil {
		return errors.Join(errors.New("the text of a crash can't be removed: check that this user may change the log's folder"), err)
	}
	return nil
}
