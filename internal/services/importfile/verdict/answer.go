package verdict

import (
	"slices"

	"fabricportal/contract"
	"fabricportal/internal/format"
)

// Answer is what a file's findings come to: may it be run?
type Answer int

// The answers.
const (
	Yes       Answer = iota
	YesBut           // a run would succeed, and something is worth a look
	Undecided        // a person has to decide how the file is read
	No               // a run would fail
)

// Answer says whether a file with these findings can be run.
func (l Findings) Answer() Answer {
	switch {
	case slices.ContainsFunc(l, func(f Finding) bool { return f.ID == "reading_decided" && f.Level == Fails }):
		return Undecided
	case l.Count(Fails) > 0:
		return No
	case l.Count(Broken)+l.Count(Warns) > 0:
		return YesBut
	}
	return Yes
}

// InOneWord is the answer as a headline.
func (a Answer) InOneWord(w format.Writer) string {
	switch a {
	case Yes:
		return w.T("Yes")
	case YesBut:
		return w.T("Yes, but look first")
	case Undecided:
		return w.T("Not yet")
	case No:
	}
	return w.T("No")
}

// Sentence says why the answer is what it is, and names the gravest finding. why is what is read of an error.
func (l Findings) Sentence(w format.Writer, p *contract.ImportProfile, why func(error) string) string {
	worst := l.Worst()
	named := ""
	if len(worst) > 0 && worst[0].Err == nil {
		named, _ = worst[0].Words(w, p, why)
	}
	n := int64(len(worst))
	switch a := l.Answer(); {
	case a == Undecided:
		return w.T("This file can be read in more than one way: a person has to decide.")
	case a == No:
		return format.Sentences(w.N(n, "A run would fail: {{.N}} check found an error.", "A run would fail: {{.N}} checks found errors."), named)
	case slices.ContainsFunc(l, func(f Finding) bool { return f.Kind == Incomplete }):
		return w.T("Only a part of the file could be read.")
	case slices.ContainsFunc(l, func(f Finding) bool { return f.Kind == RulesNotApplied }):
		return w.T("It can be run, but the rules were not applied. See Checks.")
	case l.Count(Broken) > 0:
		return format.Sentences(w.N(n, "It can be run, but {{.N}} rule does not hold that should.", "It can be run, but {{.N}} rules do not hold that should."), named)
	case a == YesBut:
		return format.Sentences(w.N(n, "It can be run. {{.N}} warning is worth a look.", "It can be run. {{.N}} warnings are worth a look."), named)
	}
	return w.T("It can be run: all checks passed.")
}

// Top are the findings that speak against the file, at most so many: the gravest first, and of a level those that cost most.
func (l Findings) Top(most int) (top Findings, all int) {
	for _, f := range l {
		if f.Level > Warns {
			break
		}
		if all++; all <= most {
			top = append(top, f)
		}
	}
	return top, all
}

// Without are the findings but a check, of which something else has told.
func (l Findings) Without(check string) Findings {
	return slices.DeleteFunc(slices.Clone(l), func(f Finding) bool { return f.Kind == Check && f.ID == check })
}

// Way is how a finding can be mended here.
type Way string

// The ways.
const (
	NoWay     Way = ""
	ByReading Way = "reading" // by how the file is read
	ByRules   Way = "rules"   // by other rules: the data may be right
)

// readingMends are the checks and causes that another way of reading the file may mend, each with the option that it is about.
var readingMends = map[string]string{
	"reading_decided": "", "required_columns": "columns", "recommended_columns": "columns", "header_names": "header_row", "text_encoding": "encoding",
	"order_id_present": "end_rows", "order_id_unique": "row_is", "order_date_valid": "date_order", "revenue_valid": "decimal_mark", "rows_left_out": "rows_no_orders", "amounts_complete": "decimal_mark",
	"shifted_rows": "shifted_rows", "unread_amounts": "decimal_mark", "no_order_id": "end_rows", "repeated_order_id": "row_is", "undated": "date_order", "no_amount": "columns",
	"order_date_type": "date_order", "revenue_type": "decimal_mark",
}

// Mend is how the finding can be mended, and by which option of reading; NoWay where the file itself has to be changed, or nothing is
// to be done.
func (f Finding) Mend() (way Way, option string) {
	if f.Level > Noted {
		return NoWay, ""
	}
	if option, ok := readingMends[f.ID]; ok && f.Kind != Drift {
		return ByReading, option
	}
	switch f.Kind {
	case Rule, RulesNotApplied:
		return ByRules, ""
	case ShortRows, LongRows:
		return ByReading, "quoting"
	case ReadOption:
		return ByReading, f.ID
	case StoredAsText, Misfits:
		return ByReading, "null_words"
	case HiddenSheet:
		return ByReading, "sheet"
	}
	return NoWay, ""
}

// HasCells tells whether there are cells or rows to be shown.
func (f Finding) HasCells() bool {
	if f.Level > Warns || f.Count == 0 {
		return false
	}
	switch f.Kind {
	case Check:
		return !slices.Contains([]string{"reading_decided", "rows_present", "required_columns", "recommended_columns"}, f.ID)
	case Rule:
		return len(f.Examples) > 0 // else it is about columns, or the newest date
	case LeftOut, HiddenRows, DuplicateRows, ShortRows, LongRows, StoredAsText, FormulasUncached, ErrorCells, Misfits:
		return true
	default:
		return false
	}
}
