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
				err = p.printJSON(cleaningOf(found.Cleaning))
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
		p.print("column “%s” becomes “%s”", r.From, r.To)
	}
	total := int64(0)
	for _, n := range c.Counts {
		total += n
	}
	for _, change := range c.Changes {
		p.print("%s", change.Sentence())
	}
	if more := total - int64(len(c.Changes)); more > 0 {
		p.print("and %s more", format.Count(more))
	}
	which := "all"
	if !c.Whole {
		which = "the first"
	}
	p.print("%s %s looked at: %s left out, %s emptied, %s read from text, %s trimmed", which, format.N(c.Rows, "{{.N}} row", "{{.N}} rows"),
		format.Count(c.Counts[cleaning.WithoutID]+c.Counts[cleaning.Repeated]+c.Counts[cleaning.Dropped]), format.N(c.Counts[cleaning.Emptied], "{{.N}} cell", "{{.N}} cells"),
		format.Count(c.Counts[cleaning.Reread]), format.Count(c.Counts[cleaning.Trimmed]))
}
