package cli

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/results/comparison"
)

// analyze finds out what is asked of a file, and says how it was read. A file that can be read in more than one way is an
// *UndecidedError, unless the caller takes it as it is.
func (p Program) analyze(ctx context.Context, path string, o analysis.Options, read *readFlags, evenSo bool) (*analysis.Result, error) {
	var err error
	if o.Read, err = read.options(); err != nil {
		return nil, err
	}
	found, err := p.Local.Analyze(ctx, path, o)
	if err != nil {
		return nil, err
	}
	return found, p.told(path, found, evenSo)
}

// told says how a file was read; an *UndecidedError where a person has to decide.
func (p Program) told(path string, found *analysis.Result, evenSo bool) error {
	if err := undecided(filepath.Base(path), found.Reading); err != nil && !evenSo {
		p.tellChecks(found.Profile, func(id string) bool { return slices.Contains(decidesNothing, id) })
		return err
	}
	p.tellReading(found.Reading)
	p.tellFormulas(found.Profile)
	p.tellChecks(found.Profile, func(id string) bool { return !slices.Contains(toldOtherwise, id) })
	return nil
}

func (p Program) profileCommand(*options) *cobra.Command {
	o := analysis.Options{Parts: analysis.Profile}
	var read readFlags
	var evenSo bool
	var save string
	cmd := &cobra.Command{
		Use:   "profile FILE",
		Short: "Profile a file of this machine; prints the import_profile.json document",
		Long: "Reads a workbook or CSV file of this machine and prints its import_profile.json. Needs no configuration, network or display.\n" +
			"Exit code 1 when the file can't be read, or not to its end; a file whose validation failed is still profiled, exit code 0.\n" +
			"Exit code 4 when a person has to decide how the file is read; --undecided prints the profile even so.",
		Args: exactly("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			tell := p.reading("profiling")
			o.Progress = func(r analysis.Progress) { tell(r.Rows, r.Bytes, r.Total) }
			found, err := p.analyze(cmd.Context(), args[0], o, &read, evenSo)
			if err != nil {
				return err
			}
			if err := p.printJSON(found.Profile); err != nil {
				return err
			}
			if save != "" {
				if err := saveOptions(save, found.Reading.Options); err != nil {
					return err
				}
			}
			if found.Incomplete != nil {
				return fmt.Errorf("the profile is incomplete: %w", found.Incomplete)
			}
			return nil
		},
	}
	cmd.Flags().IntVar(&o.SampleRows, "sample-rows", 20, "number of sample rows, at most 100")
	cmd.Flags().BoolVar(&evenSo, "undecided", false, "print the profile even where a person has to decide how the file is read")
	cmd.Flags().StringVar(&save, "save-options", "", "keep how the file was read in this `FILE`, for --options")
	read.add(cmd)
	return cmd
}

func (p Program) kpisCommand(opts *options) *cobra.Command {
	var local string
	var read readFlags
	cmd := &cobra.Command{
		Use:   "kpis [RUN_ID]",
		Short: "Show the KPIs of a run, of the published results, or (--local) of a file of this machine",
		Long: "Without RUN_ID the KPIs of current/ are shown. With --local FILE they are computed on this machine, by the rules that the notebook follows.\n" +
			"Days and months that are unlike those before are listed; with --json as \"unusual\", each with the periods that it was compared with.",
		Args: between(0, "RUN_ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if local != "" {
				if len(args) > 0 {
					return usage(fmt.Errorf("give either a RUN_ID or --local FILE, not both"))
				}
				return p.localKPIs(cmd, opts, local, &read)
			}
			return p.withPortal(cmd, opts, func(services Portal) error {
				id := uuid.Nil
				if len(args) == 1 {
					var err error
					if id, err = services.FindRun(cmd.Context(), args[0]); err != nil {
						return err
					}
				}
				k, err := services.KPIs(cmd.Context(), id)
				if err != nil {
					return err
				}
				return p.printKPIs(opts, k, nil)
			})
		},
	}
	cmd.Flags().StringVar(&local, "local", "", "compute the KPIs of this `FILE` on this machine")
	read.add(cmd)
	return cmd
}

func (p Program) localKPIs(cmd *cobra.Command, opts *options, path string, read *readFlags) error {
	funnel, err := p.Funnel(opts.config)
	if err != nil {
		return err
	}
	found, err := p.analyze(cmd.Context(), path, analysis.Options{Parts: analysis.KPIs, Funnel: funnel}, read, false)
	if err != nil {
		return err
	}
	if found.KPIError != nil {
		return found.KPIError
	}
	return p.printKPIs(opts, *found.KPIs, found.Profile)
}

func (p Program) printKPIs(opts *options, k contract.KPIs, profile *contract.ImportProfile) error {
	if opts.json {
		return p.printJSON(toKPIsJSON(k, profile))
	}
	rows := [][]string{
		{"Revenue", format.Money(k.TotalRevenue)},
		{"Orders", format.Count(k.Orders)},
	}
	if k.AOV != nil {
		rows = append(rows, []string{"Average order", format.Money(*k.AOV)})
	}
	if days := daysOf(&k); days != "" {
		rows = append(rows, []string{"Days", days})
	}
	rows = append(rows, lacks(k)...)
	if rate, ok := k.Conversion.Rate(); ok {
		rows = append(rows, []string{"Conversion", fmt.Sprintf("%s (%s)", format.Percent(rate), conversionText(k.Conversion))})
	}
	for _, b := range []struct {
		name   string
		shares []contract.Share
	}{{"channel", k.RevenueByChannel}, {"region", k.RevenueByRegion}, {"product category", k.RevenueByProductCategory}} {
		for _, s := range b.shares {
			rows = append(rows, []string{"By " + b.name + ": " + s.Key, format.Money(s.Revenue)})
		}
	}
	rows = append(rows, unusual(&k, profile)...)
	run := "computed on this machine"
	if k.RunID != nil {
		run = "run " + *k.RunID
	}
	return p.table([]string{"Source", k.SourceFile + ", " + run}, rows)
}

// daysOf is the days or months that the figures are of. The day on which they were computed is not over.
func daysOf(k *contract.KPIs) string {
	points := k.TimeSeries.Points
	if len(points) == 0 {
		return ""
	}
	text := points[0].Period + " to " + points[len(points)-1].Period
	if part := comparison.Parts(k, nil, k.TimeSeries)[len(points)-1]; part.To != "" {
		text += ", of which the last is not over"
	}
	return text
}

// conversionText is how a rate is defined, and of which days it is.
func conversionText(c *contract.Conversion) string {
	if c.Period == nil {
		return c.Definition
	}
	return c.Definition + ", " + c.Period.From + " to " + c.Period.To
}

// beside is what stands beside the sums of a snapshot.
func beside(b *contract.Beside) [][]string {
	var out [][]string
	for _, f := range b.Facts() {
		name, value := "", ""
		if f.Revenue != nil {
			value = format.Money(*f.Revenue)
		}
		switch f.ID {
		case contract.FactWithoutAmount:
			if f.Revenue == nil {
				continue
			}
			name = format.N(f.Rows, "Average without the {{.N}} order that has no amount", "Average without the {{.N}} orders that have no amount")
		case contract.FactCurrency:
			name = format.N(f.Rows, "In {{.Name}}: {{.N}} row", "In {{.Name}}: {{.N}} rows", "Name", cmp.Or(f.Name, "no currency that is said"))
		case contract.FactStatus:
			name = format.N(f.Rows, "Counted, though {{.Name}}: {{.N}} row", "Counted, though {{.Name}}: {{.N}} rows", "Name", strings.ReplaceAll(f.Name, "_", " "))
		case contract.FactCase:
			name, value = "order_ids that differ in case only", format.Count(f.Rows)
		}
		out = append(out, []string{name, value})
	}
	return out
}

// lacks is what stands beside the sums of a snapshot, what is missing from them, and what was left out as no order: rows beside their
// money.
func lacks(k contract.KPIs) [][]string {
	out := beside(&k.Beside)
	for _, c := range k.Missing.Causes() {
		out = append(out, []string{"Missing: " + countedRows(c.Rows, causes[c.ID]), format.Money(c.Revenue)})
	}
	for _, l := range k.LeftOut {
		out = append(out, []string{"Left out: " + countedRows(l.Rows, kinds[l.Kind]), format.Money(l.Revenue)})
	}
	return out
}
