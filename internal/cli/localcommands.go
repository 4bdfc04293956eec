package cli

import (
	"fmt"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/analysis"
)

// addTable adds the flags that say which table of a file is read.
func addTable(cmd *cobra.Command, o *analysis.Options) {
	cmd.Flags().StringVar(&o.Sheet, "sheet", "", "`NAME` of the sheet (default: the first visible one)")
	cmd.Flags().IntVar(&o.HeaderRow, "header-row", 0, "number of the header row (default: the first row with a value)")
}

func (p Program) profileCommand(*options) *cobra.Command {
	o := analysis.Options{Parts: analysis.Profile | analysis.Preview, PreviewRows: 1}
	cmd := &cobra.Command{
		Use:   "profile FILE",
		Short: "Profile a file of this machine; prints the import_profile.json document",
		Long: "Reads a workbook or CSV file of this machine and prints its import_profile.json. Needs no configuration, network or display.\n" +
			"Exit code 1 when the file can't be read, or not to its end; a file whose validation failed is still profiled, exit code 0.",
		Args: exactly("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			tell := p.reading("profiling")
			o.Progress = func(r analysis.Progress) { tell(r.Rows, r.Bytes, r.Total) }
			found, err := p.Local.Analyze(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			if err := printJSON(p.Out, found.Profile); err != nil {
				return err
			}
			p.hintHeader(found)
			if found.Incomplete != nil {
				return fmt.Errorf("the profile is incomplete: %w", found.Incomplete)
			}
			return nil
		},
	}
	cmd.Flags().IntVar(&o.SampleRows, "sample-rows", 20, "number of sample rows, at most 100")
	addTable(cmd, &o)
	return cmd
}

// hintHeader says where a title was probably taken for the header, unless a header row was chosen.
func (p Program) hintHeader(found *analysis.Result) {
	if found.Preview == nil || found.Preview.LikelyHeader == 0 {
		return
	}
	likely := found.Preview.LikelyHeader
	p.say("the first row looks like a title: the names of the columns are probably in row %d; "+
		"“--header-row %d” reads the file from there, but the pipeline takes the first row with a value: delete the rows above", likely, likely)
}

func (p Program) kpisCommand(opts *options) *cobra.Command {
	var local string
	cmd := &cobra.Command{
		Use:   "kpis [RUN_ID]",
		Short: "Show the KPIs of a run, of the published results, or (--local) of a file of this machine",
		Long:  "Without RUN_ID the KPIs of current/ are shown. With --local FILE they are computed on this machine, by the rules that the notebook follows.",
		Args:  between(0, "RUN_ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if local != "" {
				if len(args) > 0 {
					return usage(fmt.Errorf("give either a RUN_ID or --local FILE, not both"))
				}
				return p.localKPIs(cmd, opts, local)
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
				return p.printKPIs(opts, k)
			})
		},
	}
	cmd.Flags().StringVar(&local, "local", "", "compute the KPIs of this `FILE` on this machine")
	return cmd
}

func (p Program) localKPIs(cmd *cobra.Command, opts *options, path string) error {
	funnel, err := p.Funnel(opts.config)
	if err != nil {
		return err
	}
	found, err := p.Local.Analyze(cmd.Context(), path, analysis.Options{Parts: analysis.KPIs, Funnel: funnel})
	if err != nil {
		return err
	}
	if found.KPIError != nil {
		return found.KPIError
	}
	return p.printKPIs(opts, *found.KPIs)
}

func (p Program) printKPIs(opts *options, k contract.KPIs) error {
	if opts.json {
		return printJSON(p.Out, k)
	}
	rows := []string{
		"Revenue\t" + format.Money(k.TotalRevenue),
		"Orders\t" + format.Count(k.Orders),
	}
	if k.AOV != nil {
		rows = append(rows, "Average order\t"+format.Money(*k.AOV))
	}
	if rate, ok := k.Conversion.Rate(); ok {
		rows = append(rows, fmt.Sprintf("Conversion\t%s (%s)", format.Percent(rate), k.Conversion.Definition))
	}
	for _, b := range []struct {
		name   string
		shares []contract.Share
	}{{"channel", k.RevenueByChannel}, {"region", k.RevenueByRegion}, {"product category", k.RevenueByProductCategory}} {
		for _, s := range b.shares {
			rows = append(rows, fmt.Sprintf("By %s: %s\t%s", b.name, s.Key, format.Money(s.Revenue)))
		}
	}
	run := "computed on this machine"
	if k.RunID != nil {
		run = "run " + *k.RunID
	}
	return table(p.Out, "Source\t"+k.SourceFile+", "+run, rows)
}
