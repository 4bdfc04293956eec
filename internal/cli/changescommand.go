package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"fabricportal/internal/format"
	"fabricportal/internal/services/results/changes"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/results/export"
	"fabricportal/internal/services/runs"
)

// Differ finds out what changed between two runs.
type Differ interface {
	// WhatChanged reads two runs; uuid.Nil as after is the published run, as before the run that published before it.
	WhatChanged(ctx context.Context, before, after uuid.UUID) (changes.Pair, error)
	// ChangedRows compares their rows, which it fetches where they are not on this machine. Close the result.
	ChangedRows(ctx context.Context, p changes.Pair, how dataset.How, progress func(stage changes.Stage, done, total int64)) (*changes.Result, error)
}

// changesFlags are those of the subcommand changes.
type changesFlags struct {
	rows  bool
	top   int
	by    string
	excel string
}

func (p Program) changesCommand(opts *options) *cobra.Command {
	var f changesFlags
	cmd := &cobra.Command{
		Use:   "changes [BEFORE [AFTER]]",
		Short: "Show what changed between two runs: by group and, with --rows, by order",
		Long: "Shows by which groups (regions, channels, months and the like) the revenue changed from one run to another one, the largest change first. With --rows\n" +
			"the orders of both are compared: added, removed and changed ones, which add up to the change of the revenue, to the cent. The rows of a run that are\n" +
			"not on this machine are fetched then; without --rows it is said how large they are.\n\nAFTER is the published run by default, BEFORE the run that published before it.",
		Args: between(0, "BEFORE", "AFTER"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.top < 0 {
				return usage(errors.New("--top takes a number from 0 on"))
			}
			return p.withPortal(cmd, opts, func(services Portal) error { return p.changes(cmd.Context(), services, opts, f, args) })
		},
	}
	cmd.Flags().BoolVar(&f.rows, "rows", false, "compare the orders, too; rows that are not on this machine are fetched")
	cmd.Flags().IntVar(&f.top, "top", 10, "number of groups of a column, and of orders of a kind, at most")
	cmd.Flags().StringVar(&f.by, "by", "", "show the change by this `COLUMN` only")
	cmd.Flags().StringVar(&f.excel, "excel", "", "write all of it into this workbook `FILE`, too; an existing file is kept")
	return cmd
}

func (p Program) changes(ctx context.Context, services Portal, opts *options, f changesFlags, args []string) error {
	ids := [2]uuid.UUID{}
	for i, arg := range args {
		var err error
		if ids[i], err = services.FindRun(ctx, arg); err != nil {
			return err
		}
	}
	if _, err := os.Lstat(f.excel); f.excel != "" && err == nil {
		return usage(errors.New(f.excel + " is there already: name another file"))
	}
	pair, err := services.WhatChanged(ctx, ids[0], ids[1])
	if err != nil {
		return err
	}
	var result *changes.Result
	if f.rows {
		fetching, comparing := p.progress("fetching the rows"), p.progress("comparing the orders")
		result, err = services.ChangedRows(ctx, pair, dataset.Anyway, func(stage changes.Stage, done, total int64) {
			if stage == changes.Fetching {
				fetching(done, total)
				return
			}
			comparing(done, total)
		})
		if err != nil {
			return err
		}
		defer result.Close()
	}
	if f.excel != "" {
		if err := p.saveChanges(ctx, f.excel, pair, result); err != nil {
			return err
		}
	}
	if f.by != "" {
		if pair, err = onlyBy(pair, result, f.by); err != nil {
			return err
		}
	}
	p.tellUncompared(pair, result)
	if opts.json {
		doc, err := toChangesJSON(pair, result, f.top)
		if err != nil {
			return err
		}
		return p.printJSON(doc)
	}
	return p.printChanges(pair, result, f.top)
}

// onlyBy leaves one column of the breakdowns.
func onlyBy(pair changes.Pair, result *changes.Result, column string) (changes.Pair, error) {
	list := &pair.Parts
	if result != nil {
		list = &result.Breakdowns
	}
	var names []string
	for _, b := range *list {
		names = append(names, b.Column)
	}
	at := slices.Index(names, column)
	if at < 0 {
		return pair, usage(errors.New("the change can't be told by " + column + ", but by " + strings.Join(names, ", ")))
	}
	*list = (*list)[at : at+1]
	return pair, nil
}

func (p Program) saveChanges(ctx context.Context, path string, pair changes.Pair, result *changes.Result) error {
	tell := p.progress("writing the workbook")
	book := export.ChangesBook{Title: "Fabric Data Portal", Pair: pair, Result: result, Written: time.Now()}
	report, err := export.Changes(ctx, path, book, func(done, total int) { tell(int64(done), int64(total)) })
	if err != nil {
		return err
	}
	p.say("saved %s", filepath.Base(path))
	for k, n := range report.LeftOut {
		if n > 0 {
			p.say("a sheet has no more room: %s", format.N(n, "{{.N}} of the {{.Kind}} orders is not in the workbook", "{{.N}} of the {{.Kind}} orders are not in the workbook", "Kind", kindNames[k]))
		}
	}
	return nil
}

var kindNames = [3]string{"added", "removed", "changed"}

// tellUncompared says what was not compared, and what can't be told apart.
func (p Program) tellUncompared(pair changes.Pair, r *changes.Result) {
	for _, why := range pair.Unread {
		p.say("%s", format.Sentence(why))
	}
	if r == nil {
		for _, column := range pair.Lacking {
			p.say("only one of the two runs has %s: there is no change by it", column)
		}
		if pair.KPIs[changes.Before] == nil || pair.KPIs[changes.After] == nil {
			p.say("the figures of a run are not known, so that nothing is compared by group")
		}
		switch size, known := pair.Fetch(); {
		case !known:
			p.say("the orders were not compared: --rows fetches the rows and compares them")
		case size > 0:
			p.say("the orders were not compared: --rows fetches the rows (%s) and compares them", format.Bytes(size))
		default:
			p.say("the orders were not compared: --rows compares them; the rows are on this machine")
		}
		return
	}
	for side, name := range [2]string{"before", "after"} {
		s := r.Sides[side]
		if s.Repeated > 0 {
			p.say("%s", format.N(s.Repeated, "{{.N}} order_id of the run {{.Side}} stands in several rows, {{.Rows}} in all: its rows are compared together",
				"{{.N}} order_ids of the run {{.Side}} stand in several rows, {{.Rows}} in all: the rows of each are compared together",
				"Side", name, "Rows", format.Count(s.RepeatedRows)))
		}
		if s.WithoutID > 0 {
			p.say("%s", format.N(s.WithoutID, "{{.N}} row of the run {{.Side}} has no order_id and can't be matched: {{.Money}}", "{{.N}} rows of the run {{.Side}} have no order_id and can't be matched: {{.Money}}",
				"Side", name, "Money", format.Money(s.WithoutIDRevenue.Money())))
		}
		if len(s.Only) > 0 {
			p.say("only the run %s has %s: not compared", name, strings.Join(s.Only, ", "))
		}
	}
	if len(r.Ungrouped) > 0 {
		p.say("no change by %s: too many different values", strings.Join(r.Ungrouped, ", "))
	}
	for _, c := range r.Retyped {
		p.say("%s was %s and is %s", c.Column, c.Kinds[changes.Before], c.Kinds[changes.After])
	}
	if o := r.OtherCase; o.Orders > 0 {
		p.say("%s", format.N(o.Orders, "{{.N}} removed order was added again with an order_id in another case, such as {{.Example}}",
			"{{.N}} removed orders were added again with an order_id in another case, such as {{.Example}}",
			"Example", o.Examples[0][0]+" and "+o.Examples[0][1]))
	}
	if r.UnpairedOrders > 0 {
		p.say("%s", format.N(r.UnpairedOrders, "{{.N}} changed order has several rows that are not the same: which became which is not to be told",
			"{{.N}} changed orders have several rows that are not the same: which became which is not to be told"))
	}
	for _, m := range r.Mismatches(pair.KPIs) {
		p.say("the rows of run %s are %s with %s, its figures say %s with %s: what is shown is of the rows", runs.ShortID(pair.Runs[m.Side].ID),
			orderCount(m.Orders), format.Money(m.Rows.Money()), orderCount(m.Known), format.Money(m.KPI.Money()))
	}
}

func orderCount(n int64) string { return format.N(n, "{{.N}} order", "{{.N}} orders") }
