package reading

import (
	"maps"
	"slices"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/amount"
)

// result collects what a survey says.
type result struct {
	findings Findings
}

// optionNames are the options in the order of their schema.
var optionNames = []string{"sheet", "header_row", "end_rows", "encoding", "delimiter", "quoting", "decimal_mark", "grouping_mark", "date_order",
	"two_digit_years_from", "time_zone", "null_words", "columns", "row_is", "rows_no_orders", "shifted_rows", "accept_missing"}

// givenNames are the options that are given.
func givenNames(o contract.ReadOptions) (names []string) {
	for i, given := range []bool{o.Sheet != "", o.HeaderRow != 0, o.EndRows != 0, o.Encoding != "", o.Delimiter != "", o.Quoting != "", o.DecimalMark != "", o.GroupingMark != nil, o.DateOrder != "",
		o.TwoDigitYears != 0, o.TimeZone != "", o.NullWords != nil, len(o.Columns) > 0, o.RowIs != "", o.RowsNoOrders != "", o.ShiftedRows != "", o.AcceptMissing} {
		if given {
			names = append(names, optionNames[i])
		}
	}
	return names
}

func newResult(given contract.ReadOptions) *result {
	r := &result{}
	reading := &r.findings.Reading
	reading.Options = given
	reading.Options.SchemaVersion = contract.ReadOptionsVersion
	reading.Found, reading.Questions, reading.LeftOut = []contract.Found{}, []contract.Question{}, []contract.LeftOut{}
	for _, name := range givenNames(given) {
		reading.Found = append(reading.Found, contract.Found{Option: name, Source: contract.SourceGiven, Evidence: []contract.Evidence{}})
	}
	return r
}

// finish puts what was found in the order of the options; what was given comes first.
func (r *result) finish() {
	slices.SortStableFunc(r.findings.Reading.Found, func(a, b contract.Found) int {
		return slices.Index(optionNames, a.Option) - slices.Index(optionNames, b.Option)
	})
}

func (r *result) say(option string, evidence []contract.Evidence) {
	r.findings.Reading.Found = append(r.findings.Reading.Found, contract.Found{Option: option, Source: contract.SourceFound, Evidence: evidence})
}

// sayHeader says where the header was found, and which columns have roles by names that such columns have.
func (r *result) sayHeader(t *table, given contract.ReadOptions) {
	options := &r.findings.Reading.Options
	if t.below {
		options.HeaderRow = int64(t.header.Row)
		var evidence []contract.Evidence
		for i, role := range contract.Words().Roles {
			if role.Required {
				column := *t.assignment.Columns.of(role.Role)
				if column < 0 {
					column = t.assignment.Candidates[i][0]
				}
				evidence = append(evidence, contract.Evidence{Form: t.header.Names[column], Count: 1})
			}
		}
		r.say("header_row", evidence)
	}
	var evidence []contract.Evidence
	columns := map[string]string{}
	maps.Copy(columns, given.Columns)
	for i, role := range contract.Words().Roles {
		candidates := t.assignment.Candidates[i]
		if role.Required || len(candidates) == 0 {
			continue
		}
		evidence = append(evidence, t.candidates(i)...)
		if len(candidates) == 1 {
			columns[role.Role] = t.header.Names[candidates[0]]
		}
	}
	if len(evidence) > 0 {
		if len(columns) > 0 {
			options.Columns = columns
		}
		r.say("columns", evidence)
	}
}

// sayQuoting says that quotes stand behind backslashes, where that was found.
func (r *result) sayQuoting(escaped int64) {
	if escaped > 0 {
		r.findings.Reading.Options.Quoting = contract.QuotingBackslash
		r.say("quoting", []contract.Evidence{{Form: `\"`, Count: escaped}})
	}
}

// sayForms says how values are written.
func (r *result) sayForms(f *forms) {
	options := &r.findings.Reading.Options
	r.findings.Reading.Found = append(r.findings.Reading.Found, f.found...)
	if f.options.DecimalMark != "" {
		options.DecimalMark = f.options.DecimalMark
	}
	if f.options.DateOrder != "" {
		options.DateOrder = f.options.DateOrder
	}
}

// ask asks a question; figures are those of an answer.
func (r *result) ask(q *question, figures func(i int, answer contract.ReadOptions) (contract.PossibleReading, error)) error {
	out := contract.Question{ID: q.id, Evidence: q.evidence, Readings: []contract.PossibleReading{}}
	if out.Evidence == nil {
		out.Evidence = []contract.Evidence{}
	}
	for i, answer := range q.answers {
		reading, err := figures(i, answer)
		if err != nil {
			return err
		}
		answer.SchemaVersion = contract.ReadOptionsVersion
		reading.Options = &answer
		out.Readings = append(out.Readings, reading)
	}
	r.findings.Reading.Questions = append(r.findings.Reading.Questions, out)
	return nil
}

// sayRows says which rows are no orders or shifted, what a row is, and what is missing; mayAsk is false while something
// is asked that comes before.
func (r *result) sayRows(o *outcome, mayAsk bool) error {
	reading := &r.findings.Reading
	r.findings.choice, r.findings.OrderLines = o.choice, o.rowIs == contract.RowIsOrderLine
	reading.LeftOut = o.leftOut()
	if r.findings.OrderLines {
		r.findings.Unpriced = Unpriced{Rows: o.figures.lines.noAmount, First: o.figures.lacking, Orders: o.figures.withoutAmount}
	}
	lacks := o.missing()
	var absolute *amount.Sum
	reading.Missing, absolute = o.document(lacks)
	r.sayLeftOut(o)
	if o.given.RowIs == "" && !o.askRow && o.rowIs == contract.RowIsOrderLine {
		reading.Options.RowIs = o.rowIs
		r.say("row_is", o.rowEvidence())
	}
	if !mayAsk {
		return nil
	}
	switch {
	case o.askOrders || o.askShifted:
		return r.askRows(o)
	case o.askRow:
		return r.ask(&question{"row_is", o.rowEvidence(), []contract.ReadOptions{{RowIs: contract.RowIsOrder}, {RowIs: contract.RowIsOrderLine}}},
			func(_ int, answer contract.ReadOptions) (contract.PossibleReading, error) {
				with := *o
				with.rowIs = answer.RowIs
				return with.reading(), nil
			})
	case !o.given.AcceptMissing && amount.Matters(absolute, &o.sums().total):
		r.askMissing(o, lacks)
	}
	return nil
}

// sayLeftOut says what becomes of rows that are no orders, and of shifted ones, unless it is asked.
func (r *result) sayLeftOut(o *outcome) {
	options := &r.findings.Reading.Options
	if evidence := o.kindEvidence(); o.given.RowsNoOrders == "" && !o.askOrders && len(evidence) > 0 {
		options.RowsNoOrders = contract.LeaveOut
		r.say("rows_no_orders", evidence)
	}
	if evidence := o.shiftEvidence(); o.given.ShiftedRows == "" && !o.askShifted && len(evidence) > 0 {
		options.ShiftedRows = contract.LeaveOut
		r.say("shifted_rows", evidence)
	}
}

// askRows asks what happens to rows that are no orders, and to shifted ones.
func (r *result) askRows(o *outcome) error {
	first := o.choice
	if o.askShifted {
		first.realign = true
	}
	figures := func(c choice) (contract.PossibleReading, error) {
		with, err := o.with(c)
		if err != nil {
			return contract.PossibleReading{}, err
		}
		return with.reading(), nil
	}
	if o.askOrders {
		err := r.ask(&question{"rows_no_orders", o.kindEvidence(), []contract.ReadOptions{{RowsNoOrders: contract.LeaveOut}, {RowsNoOrders: contract.Count}}},
			func(_ int, answer contract.ReadOptions) (contract.PossibleReading, error) {
				return figures(choice{count: answer.RowsNoOrders == contract.Count, realign: first.realign})
			})
		if err != nil {
			return err
		}
	}
	if !o.askShifted {
		return nil
	}
	return r.ask(&question{"shifted_rows", o.shiftEvidence(), []contract.ReadOptions{{ShiftedRows: contract.Realign}, {ShiftedRows: contract.LeaveOut}}},
		func(_ int, answer contract.ReadOptions) (contract.PossibleReading, error) {
			return figures(choice{count: first.count, realign: answer.ShiftedRows == contract.Realign})
		})
}

// askMissing asks whether the sums are taken as they are, and shows them with what is missing.
func (r *result) askMissing(o *outcome, lacks *missing) {
	q := contract.Question{ID: "accept_missing", Evidence: []contract.Evidence{}}
	var whole amount.Sum
	whole.AddSum(&o.sums().total)
	for _, cause := range o.causes(lacks) {
		if cause.rows.rows > 0 {
			q.Evidence = append(q.Evidence, contract.Evidence{Form: cause.name, Count: cause.rows.rows})
		}
		whole.AddSum(&cause.rows.sum)
	}
	as := o.reading()
	as.Options = &contract.ReadOptions{SchemaVersion: contract.ReadOptionsVersion, AcceptMissing: true}
	with := whole.Money()
	q.Readings = []contract.PossibleReading{as, {TotalRevenue: &with}}
	r.findings.Reading.Questions = append(r.findings.Reading.Questions, q)
}

func (o *outcome) kindEvidence() []contract.Evidence {
	out := []contract.Evidence{}
	for kind := isHeader; kind < isEnd; kind++ {
		if rows := o.kinds[kind].rows.rows; rows > 0 {
			out = append(out, contract.Evidence{Form: kindNames[kind], Count: rows})
		}
	}
	return out
}

func (o *outcome) shiftEvidence() []contract.Evidence {
	out := []contract.Evidence{}
	for _, s := range [...]struct {
		form  string
		shift shift
	}{{contract.Realign, canRealign}, {contract.LeaveOut, canNotRealign}} {
		if rows := o.shifted[s.shift].rows; rows > 0 {
			out = append(out, contract.Evidence{Form: s.form, Count: rows})
		}
	}
	return out
}

func (o *outcome) rowEvidence() []contract.Evidence {
	out := []contract.Evidence{}
	f := o.figures
	for i, rows := range [...]int64{f.different, f.same, f.other} {
		if rows > 0 {
			out = append(out, contract.Evidence{Form: [...]string{"different", "same", "other"}[i], Count: rows})
		}
	}
	return out
}
