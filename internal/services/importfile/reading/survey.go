package reading

import (
	"context"
	"errors"
	"fmt"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// Findings say how a file is read, and have what reads it so.
type Findings struct {
	Reading contract.Reading

	Sheet   string // of a workbook, the one that was looked at
	Header  Header // zero where there is none
	Columns Columns

	Numbers    Numbers
	Dates      Dates
	Nulls      *NullWords
	OrderLines bool // a row is an order line
	// Looked says that the rows were looked at: there are the required columns.
	Looked bool
	// Unpriced are the lines without a revenue of orders that no line gives one, where a row is an order line and the rows were
	// looked at.
	Unpriced Unpriced

	fates  fates
	choice choice
}

// Unpriced are rows without a revenue.
type Unpriced struct {
	Rows   int64
	First  []int // the numbers of the first five
	Orders int64 // without an amount: also those whose revenue can't be read
}

// Fates tells what becomes of each row. Each goroutine asks for its own.
func (f *Findings) Fates() *Fates { return &Fates{pieces: f.fates.pieces, choice: f.choice} }

// surveyor surveys a file.
type surveyor struct {
	file   *spreadsheet.File
	path   string
	given  contract.ReadOptions
	begun  bool                                // no more than the file's beginning is to be read
	readAs map[string]contract.PossibleReading // what was found of a reading, by its options
}

// Survey finds out how a file must be read, within the options that are given. It reads the file as often as it needs. Memory is bounded for a file of any size.
// Errors are that of ctx or a *spreadsheet.UnreadableError; the latter also if an option does not fit the file.
// If the file is damaged further down, the findings are about the rows before that.
func Survey(ctx context.Context, src spreadsheet.Source, given contract.ReadOptions, limits spreadsheet.Limits) (*Findings, error) {
	file, err := spreadsheet.OpenSource(ctx, src, limits)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	file.TextAs(given.Encoding, given.Delimiter, given.Quoting)
	s := &surveyor{file: file, path: src.Path(), given: given, readAs: map[string]contract.PossibleReading{}}
	f, err := s.survey(ctx)
	if option, ok := errors.AsType[*OptionError](err); ok {
		said := format.Say("{{.File}} can't be read as its options say: {{.Why}}.", "File", file.Name(), "Why", option)
		err = &spreadsheet.UnreadableError{Path: src.Path(), Err: said, Sentence: said.Error()}
	}
	return f, err
}

func (s *surveyor) survey(ctx context.Context) (*Findings, error) {
	if s.given.Sheet != "" {
		if err := s.file.SelectSheet(s.given.Sheet); err != nil {
			return nil, err
		}
	}
	sheet, _ := s.file.SheetName()
	t, err := s.table(ctx, sheet)
	if err != nil {
		return nil, err
	}
	r := newResult(s.given)
	f := &r.findings
	f.Sheet, f.Header, f.Columns = sheet, t.header, t.assignment.Columns
	f.Numbers, f.Nulls = NewNumbers(s.given), NewNullWords(s.given)
	if f.Dates, err = datesAsGiven(s.given); err != nil {
		return nil, err
	}
	r.sayQuoting(s.file.EscapedQuotes())
	r.sayHeader(&t, s.given)
	switch {
	case !t.assignment.Possible():
		err = s.askSheet(ctx, r, sheet)
	case !t.assignment.Required():
		err = s.askColumns(ctx, r, &t)
	default:
		err = s.surveyRows(ctx, r, &t)
	}
	if err != nil {
		return nil, err
	}
	r.finish()
	return f, nil
}

// askSheet asks for the sheet where others than the one that is read have the required columns.
func (s *surveyor) askSheet(ctx context.Context, r *result, read string) error {
	if s.given.Sheet != "" || s.given.HeaderRow > 0 {
		return nil
	}
	q := question{id: "sheet"}
	var tables []table
	for _, sheet := range s.file.Sheets() {
		if sheet.Hidden || sheet.Name == read {
			continue
		}
		t, ok, err := s.otherTable(ctx, sheet.Name)
		if err != nil {
			return err
		}
		if ok {
			tables = append(tables, t)
			q.answers = append(q.answers, contract.ReadOptions{Sheet: sheet.Name})
			q.evidence = append(q.evidence, contract.Evidence{Form: sheet.Name, Count: 1})
		}
	}
	if len(tables) == 0 {
		return nil
	}
	return r.ask(&q, func(i int, _ contract.ReadOptions) (contract.PossibleReading, error) {
		t := tables[i]
		t.assignment.Columns = t.combinations(1)[0]
		return s.firstFigures(ctx, &t)
	})
}

// otherTable is the table of another sheet. ok says whether a person may have meant this one: not if it can't be read to its end, or not with the options that are given.
func (s *surveyor) otherTable(ctx context.Context, sheet string) (t table, ok bool, err error) {
	if t, err = s.table(ctx, sheet); err != nil {
		return t, false, ctx.Err() //nolint:nilerr // the other sheets are looked at all the same
	}
	if !t.assignment.Possible() {
		return t, false, nil
	}
	src := &source{file: s.file, sheet: sheet, header: t.header, columns: t.assignment.Columns, last: -1}
	damaged, err := src.each(ctx, nil, func(*row) error { return nil })
	return t, damaged == nil, err
}

// mostCombinations is how many readings the question for the columns has at most.
const mostCombinations = 6

// askColumns asks for the columns of required roles that have candidates only.
func (s *surveyor) askColumns(ctx context.Context, r *result, t *table) error {
	q := question{id: "columns"}
	for i, role := range contract.Words().Roles {
		if role.Required {
			q.evidence = append(q.evidence, t.candidates(i)...)
		}
	}
	combinations := t.combinations(mostCombinations)
	for _, columns := range combinations {
		named := map[string]string{}
		for i, role := range contract.Words().Roles {
			if role.Required && len(t.assignment.Candidates[i]) > 0 {
				named[role.Role] = t.header.Names[*columns.of(role.Role)]
			}
		}
		q.answers = append(q.answers, contract.ReadOptions{Columns: named})
	}
	return r.ask(&q, func(i int, _ contract.ReadOptions) (contract.PossibleReading, error) {
		with := *t
		with.assignment.Columns = combinations[i]
		return s.firstFigures(ctx, &with)
	})
}

// firstFigures are the figures of a table whose columns are asked for, with all that can be found and nothing decided.
func (s *surveyor) firstFigures(ctx context.Context, t *table) (contract.PossibleReading, error) {
	src, e, err := s.look(ctx, t)
	if err != nil {
		return contract.PossibleReading{}, err
	}
	f, err := e.decide(s.given)
	if err != nil {
		return contract.PossibleReading{}, err
	}
	reading, err := s.figuresOf(ctx, src, e, f, s.given)
	if len(f.questions) > 0 && f.questions[0].id == "decimal_mark" {
		reading.TotalRevenue = nil
	}
	return reading, err
}

// look reads a table for what its rows show of how they are written.
func (s *surveyor) look(ctx context.Context, t *table) (*source, *evidence, error) {
	src := &source{file: s.file, sheet: t.sheet, header: t.header, columns: t.assignment.Columns, last: -1}
	if s.given.EndRows > 0 {
		rows := int64(0)
		if _, err := src.each(ctx, nil, func(*row) error { rows++; return nil }); err != nil {
			return nil, nil, err
		}
		src.last = max(rows-s.given.EndRows, 0)
	}
	dates, err := datesAsGiven(s.given)
	if err != nil {
		return nil, nil, err
	}
	nulls := NewNullWords(s.given)
	e := &evidence{fields: map[int]int64{}, nothing: make([]int64, len(nulls.words))}
	_, err = src.each(ctx, nil, func(r *row) error {
		if src.last < 0 || r.index < src.last {
			e.look(r, dates, nulls)
		}
		return nil
	})
	return src, e, err
}

// figuresOf are the figures of a table whose values are read in one way.
func (s *surveyor) figuresOf(ctx context.Context, src *source, e *evidence, f *forms, given contract.ReadOptions) (contract.PossibleReading, error) {
	ev, err := src.evaluate(ctx, &f.reader, e, given)
	if err != nil {
		return contract.PossibleReading{}, err
	}
	defer ev.close()
	o, err := newOutcome(ev, given)
	if err != nil {
		return contract.PossibleReading{}, src.file.Unkept(err)
	}
	return o.reading(), nil
}

// surveyRows looks at the rows of a table that has the required columns.
func (s *surveyor) surveyRows(ctx context.Context, r *result, t *table) error {
	src, e, err := s.look(ctx, t)
	if err != nil {
		return err
	}
	f, err := e.decide(s.given)
	if err != nil {
		return err
	}
	r.findings.Looked = true
	r.findings.Numbers, r.findings.Dates, r.findings.Nulls = f.numbers, f.dates, f.nulls
	r.sayForms(f)
	for i := range f.questions {
		err := r.ask(&f.questions[i], func(_ int, answer contract.ReadOptions) (contract.PossibleReading, error) {
			return s.answered(ctx, src, e, f.questions, i, answer)
		})
		if err != nil {
			return err
		}
	}
	ev, err := src.evaluate(ctx, &f.reader, e, s.given)
	if err != nil {
		return err
	}
	defer ev.close()
	o, err := newOutcome(ev, s.given)
	if err == nil {
		r.findings.fates = ev.fates
		err = r.sayRows(o, len(f.questions) == 0)
	}
	return src.file.Unkept(err)
}

// answered are the figures with an answer to question i, and the first answers to the others of its stage.
func (s *surveyor) answered(ctx context.Context, src *source, e *evidence, questions []question, i int, answer contract.ReadOptions) (contract.PossibleReading, error) {
	given := s.given
	for j, q := range questions {
		options := q.answers[0]
		if j == i {
			options = answer
		}
		switch q.id {
		case "decimal_mark":
			given.DecimalMark = options.DecimalMark
		case "date_order":
			given.DateOrder = options.DateOrder
		case "two_digit_years_from":
			given.TwoDigitYears = options.TwoDigitYears
		}
	}
	key := fmt.Sprint(given.DecimalMark, given.DateOrder, given.TwoDigitYears)
	if known, ok := s.readAs[key]; ok {
		return known, nil
	}
	f, err := e.decide(given)
	if err != nil {
		return contract.PossibleReading{}, err
	}
	reading, err := s.figuresOf(ctx, src, e, f, given)
	s.readAs[key] = reading
	return reading, err
}

// datesAsGiven reads dates as the options say. An error is an *OptionError.
func datesAsGiven(given contract.ReadOptions) (Dates, error) {
	d, err := NewDates(given)
	if err != nil {
		return d, &OptionError{"time_zone", format.Say("“{{.Zone}}” is no time zone: give a name such as Europe/Berlin, or an offset such as +01:00", "Zone", given.TimeZone).Over(err)}
	}
	return d, nil
}
