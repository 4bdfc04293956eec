package cli

import (
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"fabricportal/internal/services/runs"
)

// noteJSON is what a person wrote on a run.
type noteJSON struct {
	ID   string     `json:"id"`
	Time *time.Time `json:"time"` // null of a note that has just been written
	By   string     `json:"by"`
	Text string     `json:"text"`
}

func toNotesJSON(list []runs.Note) []noteJSON {
	var out []noteJSON
	for _, n := range list {
		j := noteJSON{ID: n.ID.String(), By: n.By, Text: n.Text}
		if !n.Time.IsZero() {
			j.Time = &n.Time
		}
		out = append(out, j)
	}
	return out
}

// firstWords are the beginning of a note for a table.
func firstWords(page runs.Notes) string {
	if len(page.Rows) == 0 {
		return ""
	}
	const most = 40
	last := page.Rows[len(page.Rows)-1]
	return runs.Clean(last.By+": "+last.Text, most)
}

func (p Program) noteCommand(opts *options) *cobra.Command {
	return &cobra.Command{
		Use:   "note RUN_ID TEXT",
		Short: "Write a note on a run for colleagues",
		Long: "Writes a note of at most 500 characters on a run, whatever its state, with your name and the time. Everybody who can see the run sees it:\n" +
			"“runs” and “status”, the window's Archive, its search, and the evidence have it. A note is never changed: a correction is another note.",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 { // a text without quotation marks is several arguments
				return between(2, "RUN_ID", "TEXT")(cmd, args)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withRun(cmd, opts, args, func(services Portal, run uuid.UUID) error {
				n, err := services.Note(cmd.Context(), run, uuid.Must(uuid.NewV7()), strings.Join(args[1:], " "))
				if err != nil {
					return err
				}
				p.say("noted on run %s by %s: %s", run, n.By, n.Text)
				if opts.json {
					return p.printJSON(struct {
						RunID string   `json:"run_id"`
						Note  noteJSON `json:"note"`
					}{run.String(), toNotesJSON([]runs.Note{n})[0]})
				}
				return nil
			})
		},
	}
}
