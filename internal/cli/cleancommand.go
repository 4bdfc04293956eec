package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/cleaning"
)

// cleaningJSON is what “clean --json” prints; names are stable.
type cleaningJSON struct {
	RowsLookedAt int64                         `json:"rows_looked_at"`
	WholeFile    bool                          `json:"whole_file"`
	Renamed      []renamingJSON                `json:"renamed"`
	Counts       map[cleaning.ChangeKind]int64 `json:"counts"`
	Changes      []changeJSON                  `json:"changes"` // the first 200
}

type renamingJSON struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type changeJSON struct {
	Kind   cleaning.ChangeKind `json:"kind"`
	Row    int                 `json:"row"`
	Cell   string              `json:"cell"`
	Column string              `json:"column"`
	Before string              `json:"before"`
	After  string              `json:"after"`
}

func (p Program) cleanCommand(opts *options) *cobra.Command {
	o := analysis.Options{Parts: analysis.Cleaning}
	var read readFlags
	cmd := &cobra.Command{
		Use:   "clean FILE",
		Short: "Show what the cleaning will do with a file of this machine; changes nothing",
		Long:  "Applies the notebook's cleaning to the first rows and says which names, rows and cells it changes. Writes nothing. Needs no configuration, network or display.",
		Args:  exactly("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			found, err := p.analyze(cmd.Context(), args[0], o, &read, false)
			if err != nil {
				return err
			}
			if opts.json {
				err = printJSON(p.Out, cleaningOf(found.Cleaning))
			} else {
				p.printCleaning(found.Cleaning)
			}
			if err == nil && found.Incomplete != nil {
				err = fmt.Errorf("what the cleaning does is known of a part of the file only: %w", found.Incomplete)
			}
			return err
		},
	}
	read.add(cmd)
	cmd.Flags().Int64Var(&o.Cleaning.Rows, "rows", 20_000, "number of rows to look at")
	return cmd
}

func cleaningOf(p *cleaning.Preview) cleaningJSON {
	out := cleaningJSON{RowsLookedAt: p.Rows, WholeFile: p.Whole, Renamed: []renamingJSON{}, Counts: p.Counts, Changes: []changeJSON{}}
	for _, r := range p.Renamed {
		out.Renamed = append(out.Renamed, renamingJSON(r))
	}
	for _, c := range p.Changes {
		out.Changes = append(out.Changes, changeJSON(c))
	}
	return out
}

func (p Program) printCleaning(c *cleaning.Preview) {
	for _, r := range c.Renamed {
		fmt.Fprintf(p.Out, "column “%s” becomes “%s”\n", r.From, r.To)
	}
	total := int64(0)
	for _, n := range c.Counts {
		total += n
	}
	for _, change := range c.Changes {
		fmt.Fprintln(p.Out, change.Sentence())
	}
	if more := total - int64(len(c.Changes)); more > 0 {
		fmt.Fprintf(p.Out, "and %s more\n", format.Count(more))
	}
	which := "all"
	if !c.Whole {
		which = "the first"
	}
	fmt.Fprintf(p.Out, "%s %s rows looked at: %s left out, %s cells emptied, %s read from text, %s trimmed\n", which, format.Count(c.Rows),
		format.Count(c.Counts[cleaning.WithoutID]+c.Counts[cleaning.Repeated]+c.Counts[cleaning.Dropped]), format.Count(c.Counts[cleaning.Emptied]),
		format.Count(c.Counts[cleaning.Reread]), format.Count(c.Counts[cleaning.Trimmed]))
}
