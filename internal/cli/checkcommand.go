package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/rules"
	"fabricportal/internal/services/importfile/verdict"
	"fabricportal/internal/smallfile"
)

// ruleJSON is what came of one rule in “check --json”.
type ruleJSON struct {
	ID       string             `json:"id"`
	Severity string             `json:"severity"`
	Outcome  string             `json:"outcome"` // passed, failed or not_checked
	Count    int64              `json:"count"`
	Message  string             `json:"message"`
	Examples []contract.Example `json:"examples"`
}

// driftJSON is one difference in “check --json”.
type driftJSON struct {
	Kind    string  `json:"kind"`
	Column  *string `json:"column"`
	Message string  `json:"message"`
}

// findingJSON is one thing that was found in “check --json”.
type findingJSON struct {
	ID      string  `json:"id"`
	Kind    string  `json:"kind"`
	Level   string  `json:"level"` // fails, failed, warning, moved, note, passed or not_checked
	Column  *string `json:"column"`
	Count   int64   `json:"count"`
	Message string  `json:"message"`

	Rows  int64      `json:"rows"`  // that it is about; 0 where it is about none
	Cells int64      `json:"cells"` // likewise
	Money *moneyJSON `json:"money"` // null where it is about none, or it is not known
}

// moneyJSON is what a finding is about, in money.
type moneyJSON struct {
	Rows    int64   `json:"rows"`
	Revenue float64 `json:"revenue"` // exact, in cents
	Of      string  `json:"of"`      // missing, undated, counted or left_out
}

// tallyJSON counts the findings.
type tallyJSON struct {
	Passed   int `json:"passed"`
	Warnings int `json:"warnings"`
	Errors   int `json:"errors"`
}

// outcomeName is what came of a finding, in the words of the rules.
func outcomeName(l verdict.Level) string {
	switch l {
	case verdict.Passed:
		return "passed"
	case verdict.NotChecked:
		return "not_checked"
	case verdict.Moved, verdict.Noted:
		return ""
	case verdict.Fails, verdict.Broken, verdict.Warns:
	}
	return "failed"
}

func (p Program) checkCommand(opts *options) *cobra.Command {
	o := analysis.Options{Parts: analysis.Rules | analysis.KPIs} // whose profile comes with them, and which know the money
	var read readFlags
	var against, export string
	var show bool
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Check a file of this machine against rules, and against an earlier profile",
		Long: "Checks each row of a file by rules: those of a TOML file, or the built-in ones for the sales file (--print-rules shows them, to begin\n" +
			"one's own from), and by the checks that a run makes. Needs no configuration, network or display. Exit code 1 when a rule of severity error does not hold.",
		Args: between(0, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if show {
				_, err := fmt.Fprint(p.Out, rules.DefaultText())
				return err
			}
			if len(args) == 0 {
				return usage(fmt.Errorf("FILE is missing: usage is “%s”", cmd.UseLine()))
			}
			var err error
			if o.Read, err = read.options(); err != nil {
				return err
			}
			return p.check(cmd, opts, args[0], o, export, against)
		},
	}
	cmd.Flags().StringVar(&o.RulesFile, "rules", "", "rules in a TOML `FILE` (default: the built-in ones)")
	cmd.Flags().StringVar(&export, "export", "", "write the offending rows into this workbook (`FILE`.xlsx)")
	read.add(cmd)
	cmd.Flags().StringVar(&against, "against", "", "say also what moved since this import_profile.json (`FILE`)")
	cmd.Flags().BoolVar(&show, "print-rules", false, "print the built-in rules and do nothing else")
	return cmd
}

// profileMost bounds an import_profile.json, in bytes.
const profileMost = 16 << 20

// earlierProfile reads the import_profile.json that a file is compared with.
func earlierProfile(path string) (*contract.ImportProfile, error) {
	data, err := smallfile.Read(format.Say("the profile"), path, profileMost)
	if err != nil {
		return nil, err
	}
	before, err := contract.Decode[contract.ImportProfile](path, data)
	if err != nil {
		return nil, err
	}
	return &before, nil
}

// checked is what the rules say of a file and, where there is a profile before, what moved since.
func (p Program) checked(ctx context.Context, path string, o analysis.Options, export, against string) (*analysis.Result, error) {
	var before *contract.ImportProfile
	var err error
	if against != "" {
		if before, err = earlierProfile(against); err != nil {
			return nil, err
		}
	}
	var found *analysis.Result
	if export != "" {
		found, err = p.Local.SaveOffending(ctx, path, export, o)
	} else {
		found, err = p.Local.Analyze(ctx, path, o)
	}
	if found != nil { // an open question goes before the error of what could not be saved for it
		if err := undecided(filepath.Base(path), found.Reading); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, err
	}
	p.tellReading(found.Reading) // what the checks found is in the table
	if before != nil {
		found.Compare(before)
	}
	return found, found.RulesError
}

func (p Program) check(cmd *cobra.Command, opts *options, path string, o analysis.Options, export, against string) error {
	found, err := p.checked(cmd.Context(), path, o, export, against)
	if err != nil {
		return err
	}
	report := found.Rules
	out := struct {
		Rules []ruleJSON  `json:"rules"`
		Rows  int64       `json:"rows"`
		Drift []driftJSON `json:"drift"`
		// Findings are all that speaks for and against the file, as the window shows it; rules are among them unless a check has
		// named the same cells.
		Findings []findingJSON `json:"findings"`
		Tally    tallyJSON     `json:"tally"`
	}{Rules: []ruleJSON{}, Rows: report.Rows, Drift: []driftJSON{}, Findings: []findingJSON{}}
	all := verdict.Of(found)
	var rows [][]string
	for _, f := range all {
		sentence, where := f.Words(format.English, found.Profile, format.Sentence)
		id := cmp.Or(f.ID, string(f.Kind))
		one := findingJSON{ID: id, Kind: string(f.Kind), Level: verdict.LevelName(f.Level), Column: known(f.Column), Count: f.Count, Message: sentence, Rows: f.Rows, Cells: f.Cells}
		if m := f.Money; m != nil {
			one.Money = &moneyJSON{m.Rows, m.Revenue, string(m.Of)}
		}
		out.Findings = append(out.Findings, one)
		cost := f.Cost(format.English)
		if len(f.Examples) > 0 {
			sentence += first(f.Examples[0].Cell)
		} else if f.ID == "" && where != "" && where != f.Column {
			sentence += " (" + where + ")"
		}
		if cost != "" {
			sentence += " " + strings.ToUpper(cost[:1]) + cost[1:] + "."
		}
		rows = append(rows, []string{id, severityOf(f), outcomeName(f.Level), sentence})
	}
	out.Tally.Passed, out.Tally.Warnings, out.Tally.Errors = all.Tally()
	for _, r := range report.Outcomes {
		outcome := "passed"
		switch {
		case !r.Checked:
			outcome = "not_checked"
		case !r.Passed:
			outcome = "failed"
		}
		examples := r.Examples
		if examples == nil {
			examples = []contract.Example{}
		}
		out.Rules = append(out.Rules, ruleJSON{r.Rule.ID, string(r.Rule.Severity), outcome, r.Count, r.Message(), examples})
	}
	for _, f := range found.Drift {
		out.Drift = append(out.Drift, driftJSON{string(f.Kind), known(f.Column), f.Sentence()})
	}
	if err := p.show(opts, out, []string{"CHECK", "SEVERITY", "OUTCOME", "WHAT IT FOUND"}, rows); err != nil {
		return err
	}
	p.say("%s", all.Sentence(format.English, found.Profile, format.Sentence))
	said := all.InWords(format.English)
	p.say("%s", strings.Join(said[:], ", "))
	if export != "" {
		p.say("the offending rows are in %s", export)
	}
	switch {
	case found.Incomplete != nil:
		return fmt.Errorf("the check is incomplete: %w", found.Incomplete)
	case report.Failed(rules.Error) > 0:
		return errors.New(format.N(int64(report.Failed(rules.Error)), "{{.N}} rule of severity error does not hold", "{{.N}} rules of severity error do not hold"))
	}
	return nil
}

// severityOf is what a finding is worth, in the words of the rules.
func severityOf(f verdict.Finding) string {
	switch {
	case f.Kind == verdict.Drift:
		return "drift"
	case f.Level == verdict.Noted:
		return "note"
	case f.Level == verdict.Broken: // a rule may be graver than the check that has found the same
		return string(rules.Error)
	}
	return cmp.Or(f.Severity, string(rules.Warning))
}

// first names the first cell in which a rule does not hold.
func first(cell string) string {
	if cell == "" {
		return ""
	}
	return " First in " + cell + "."
}
