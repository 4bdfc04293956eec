// Package verdict is all that speaks against a file, found once and counted once: the checks that decide about a run, the
// rules of the analysts, and what the profile found that people do not expect. Window, subcommands and evidence read it, so
// that they say the same number, in the same order.
package verdict

import (
	"slices"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/rules"
)

// Level is what a finding is worth; the gravest comes first.
type Level int

// The levels.
const (
	Fails      Level = iota // the notebook refuses the file
	Broken                  // a rule of severity error does not hold, which the notebook knows nothing of
	Warns                   // worth a look
	Moved                   // it moved since the file whose results are published, and is worth a look; not counted as a warning
	Noted                   // to be known: how a person has decided that the file is read, or what new files bring along
	Passed                  // it was looked at and is as it should be
	NotChecked              // there was nothing to look at, which is no praise
)

// Kind is what a finding is about.
type Kind string

// The kinds. Those below Rule have no sentence of their own: who shows them words their counts.
const (
	Incomplete       Kind = "incomplete"        // only a part of the file was read; Err says why
	RulesNotApplied  Kind = "rules_not_applied" // Err says why
	Check            Kind = "check"
	Rule             Kind = "rule"
	HiddenSheet      Kind = "hidden_sheet" // Names is the sheet
	LeftOutColumns   Kind = "left_out_columns"
	HiddenRows       Kind = "hidden_rows"
	Macros           Kind = "macros"
	ExternalLinks    Kind = "external_links"
	DuplicateRows    Kind = "duplicate_rows"
	ShortRows        Kind = "short_rows" // Ragged
	LongRows         Kind = "long_rows"  // Ragged
	MissingDays      Kind = "missing_days"
	StoredAsText     Kind = "stored_as_text"
	FormulasUncached Kind = "formulas_uncached"
	ErrorCells       Kind = "error_cells" // Names are the errors, such as #N/A
	Misfits          Kind = "misfits"
	LeftOut          Kind = "left_out"    // rows that figures lack and no check is about; ID is the cause, as contract.Cause names it
	ReadOption       Kind = "read_option" // ID is the option, as read_options names it
	Drift            Kind = "drift"       // ID is what moved, as drift.Kind names it
)

// Stake is where the money of a finding is.
type Stake string

// The stakes.
const (
	Lacking  Stake = "missing"  // not in the sums, by the rows' likeliest reading
	Undated  Stake = "undated"  // in the sums, but on no day
	Counted  Stake = "counted"  // in the sums as it stands, in rows that something is amiss with
	NoOrders Stake = "left_out" // in rows that are no orders, such as totals: nothing is missing
)

// Money is what a finding is about, in money.
type Money struct {
	Rows    int64   // of which it is the revenue
	Revenue float64 // in currency units, exact and rounded to cents
	Of      Stake
	Parts   []contract.LeftOut // of NoOrders, by kind
}

// Finding is one thing. Cells that two of them are about are one finding: the one that says more of them.
type Finding struct {
	Kind     Kind
	ID       string // of the check or rule
	Level    Level
	Severity string       // of the check or rule, also where it passed: error or warning
	Column   string       // normalised name; "" where it is about no column, or about several
	Count    int64        // rows, cells, columns or days: whatever the kind counts
	Rows     int64        // that it is about; 0 where it is about none, as of columns
	Cells    int64        // that it is about; 0 where it is about whole rows or none
	Money    *Money       // nil where it is about none, or it is not known
	Said     *format.Said // the sentence of a check or rule
	Examples []contract.Example
	Names    []string
	Ragged   *contract.Ragged
	Err      error
	Also     []string // the ids of rules that found the same
	Equal    int64    // of rows that repeat an order_id: those that equal the earlier one in every column
	Options  *contract.ReadOptions
}

// Findings are those of a file: the gravest first, and of a level those that cost most.
type Findings []Finding

// columnOf is the column that a check looks at.
var columnOf = map[string]string{
	"order_id_present": "order_id", "order_id_unique": "order_id", "order_id_exact": "order_id", "order_id_case": "order_id",
	"order_date_valid": "order_date", "revenue_valid": "revenue", "revenue_not_negative": "revenue",
}

// ofHeader are the checks that have looked at something in a file without rows, too.
var ofHeader = []string{"reading_decided", "required_columns", "recommended_columns", "header_names", "text_encoding"}

// ofNoRows are the checks that count something else than rows.
var ofNoRows = []string{"reading_decided", "rows_present", "required_columns", "recommended_columns", "header_names", "order_id_case", "group_names"}

// Of is what was found. What was not asked for of the file is not among it.
func Of(r *analysis.Result) Findings {
	var out Findings
	if r.Incomplete != nil {
		out = append(out, Finding{Kind: Incomplete, Level: Warns, Err: r.Incomplete})
	}
	if r.RulesError != nil {
		out = append(out, Finding{Kind: RulesNotApplied, Level: Warns, Err: r.RulesError})
	}
	empty := false
	if p := r.Profile; p != nil {
		empty = p.RowCount == 0 && slices.ContainsFunc(p.Validation.Checks, func(c contract.Check) bool { return c.ID == "rows_present" && !c.Passed })
		for _, c := range p.Validation.Checks {
			// Of a file without rows nothing that rows decide has passed, and there is nothing to be said of it.
			if !empty || !c.Passed || slices.Contains(ofHeader, c.ID) {
				out = append(out, ofCheck(c, p))
			}
		}
		out = out.priced(p, r.KPIs)
	}
	if r.Reading != nil && len(r.Reading.Questions) > 0 && !slices.ContainsFunc(out, func(f Finding) bool { return f.ID == "reading_decided" && f.Level == Fails }) {
		out = append(out, Finding{Kind: Check, ID: "reading_decided", Level: Fails, Severity: "error", Count: int64(len(r.Reading.Questions)),
			Said: format.Say("This file can be read in more than one way: a person has to decide.")})
	}
	if r.Rules != nil {
		for _, o := range r.Rules.Outcomes {
			if !empty || !o.Passed || o.Rule.Kind == rules.Required {
				out = out.withRule(o)
			}
		}
	}
	if r.Profile != nil {
		for _, f := range ofCells(r.Profile) {
			if f.Kind == DuplicateRows && out.repeating(f.Count) || out.tells(f) {
				continue
			}
			if f.Kind == HiddenRows && r.Rules != nil && r.Rules.Hidden != nil {
				f.Money = &Money{Rows: r.Rules.Hidden.Rows, Revenue: r.Rules.Hidden.Revenue, Of: Counted}
			}
			out = append(out, f)
		}
		out = append(out, ofOptions(r.Profile.Reading)...)
	}
	out = append(out, ofDrift(r.Drift)...)
	slices.SortStableFunc(out, compare)
	return out
}

// named is the column that has a role: the one that was said to have it, or that has its name.
func named(p *contract.ImportProfile, role string) string {
	if p.Reading == nil || role == "" {
		return role
	}
	header := p.Reading.Options.Columns[role]
	for _, c := range p.Columns {
		if header != "" && c.Name == header {
			return c.NormalizedName
		}
	}
	return role
}

func ofCheck(c contract.Check, p *contract.ImportProfile) Finding {
	f := Finding{Kind: Check, ID: c.ID, Severity: c.Severity, Column: named(p, columnOf[c.ID]), Count: c.Count, Said: profile.Sentence(p, c), Examples: c.Examples}
	if !slices.Contains(ofNoRows, c.ID) {
		f.Rows = c.Count
		if f.Column != "" {
			f.Cells = c.Count
		}
	}
	switch {
	case !c.Passed && c.Severity == "error":
		f.Level = Fails
	case !c.Passed:
		f.Level = Warns
	case f.Column != "" && len(p.Columns) > 0 && !has(p, f.Column):
		f.Level = NotChecked
	default:
		f.Level = Passed
	}
	return f
}

func has(p *contract.ImportProfile, column string) bool {
	return slices.ContainsFunc(p.Columns, func(c contract.Column) bool { return c.NormalizedName == column })
}

func ofRule(o rules.Outcome) Finding {
	f := Finding{Kind: Rule, ID: o.Rule.ID, Severity: string(o.Rule.Severity), Column: o.Rule.Column, Count: o.Count, Said: o.Said, Examples: o.Examples}
	if len(o.Rule.Columns) == 1 {
		f.Column = o.Rule.Columns[0]
	}
	if len(o.Examples) > 0 { // else it is about columns, or the newest date
		f.Rows = o.Count
		if f.Column != "" {
			f.Cells = o.Count
		}
		if o.Revenue != nil {
			f.Money = &Money{Rows: o.Count, Revenue: *o.Revenue, Of: Counted}
		}
	}
	switch {
	case !o.Checked:
		f.Level = NotChecked
	case o.Passed:
		f.Level = Passed
	case o.Rule.Severity == rules.Error:
		f.Level = Broken
	default:
		f.Level = Warns
	}
	return f
}

// withRule adds what came of a rule, or where a check has named the very cells already, what it makes of them.
func (l Findings) withRule(o rules.Outcome) Findings {
	f := ofRule(o)
	if f.Level > Warns {
		// What a check of the same name has found to be as it should be has not passed twice.
		i := slices.IndexFunc(l, func(c Finding) bool { return c.Kind == Check && c.ID == f.ID && f.ID != "" && c.Level == Passed })
		if i < 0 || f.Level == NotChecked {
			return append(l, f)
		}
		l[i].Also = append(l[i].Also, f.ID)
		return l
	}
	for i, c := range l {
		if c.Kind != Check || c.Level > Warns || !same(c, f) && !(o.Rule.Kind == rules.Type && covers(c, f)) {
			continue
		}
		l[i].Level = min(c.Level, f.Level)
		l[i].Also = append(l[i].Also, f.ID)
		if l[i].Money == nil && c.Count == f.Count {
			l[i].Money = f.Money
		}
		return l
	}
	return append(l, f)
}

// same tells whether two findings are about the same cells: as many, and as far as both name them the same ones. Of those that
// name none, it is the id.
func same(a, b Finding) bool {
	n := min(len(a.Examples), len(b.Examples))
	return a.Count == b.Count && (a.ID == b.ID && a.ID != "" || n > 0 && slices.Equal(a.Examples[:n], b.Examples[:n]))
}

// covers tells whether a check has counted the cells of its column already that are no dates or numbers.
func covers(c, f Finding) bool {
	return (c.ID == "order_date_valid" || c.ID == "revenue_valid") && c.Column == f.Column && f.Count <= c.Count
}

// repeating tells the check of repeated order_ids how many of its rows equal the earlier one altogether; false where it has found none
// to which they could belong.
func (l Findings) repeating(n int64) bool {
	i := slices.IndexFunc(l, func(o Finding) bool {
		return o.ID == "order_id_unique" && o.Kind == Check && o.Level <= Warns && n <= o.Count
	})
	if i >= 0 {
		l[i].Equal = n
	}
	return i >= 0
}

// tells says whether a finding of the profile is about cells that a check or rule has named.
func (l Findings) tells(f Finding) bool {
	return slices.ContainsFunc(l, func(o Finding) bool {
		if f.Kind == LongRows && o.ID == "shifted_rows" && o.Kind == LeftOut { // they are the ones that are longer than the header
			return f.Count <= o.Count
		}
		if o.Level > Warns || o.Column != f.Column || f.Column == "" {
			return false
		}
		switch f.Kind {
		case Misfits, ErrorCells:
			return covers(o, f) || same(o, f)
		default:
			return same(o, f)
		}
	})
}

// Count is how many findings are of a level.
func (l Findings) Count(level Level) int {
	n := 0
	for _, f := range l {
		if f.Level == level {
			n++
		}
	}
	return n
}

// Tally counts what passed, what is worth a look, and what should not be: as it is said everywhere.
func (l Findings) Tally() (passed, warnings, errors int) {
	return l.Count(Passed), l.Count(Warns), l.Count(Fails) + l.Count(Broken)
}

// Worst are the findings of the gravest level that speaks against the file; nil where nothing does.
func (l Findings) Worst() Findings {
	worst := Passed
	for _, f := range l {
		worst = min(worst, f.Level)
	}
	if worst > Warns {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(l), func(f Finding) bool { return f.Level != worst })
}

// At tells whether something is to be looked at in a column.
func (l Findings) At(column string) bool {
	return slices.ContainsFunc(l, func(f Finding) bool { return f.Level <= Warns && f.Column == column && column != "" })
}
