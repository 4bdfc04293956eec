package reading

import (
	"fabricportal/contract"
)

// reader reads the values of a table's rows, as far as is decided.
type reader struct {
	numbers Numbers
	dates   Dates
	nulls   *NullWords
}

// isNull says that a value of a column of dates or amounts is none.
func (r *reader) isNull(v *Value) bool {
	return v.Kind == Null || v.Text != nil && r.nulls.Find(v.Text) >= 0
}

// amount reads a value of a column of amounts; ok is false where it is null or no number.
func (r *reader) amount(v *Value) (n float64, ok bool) {
	switch {
	case v.Text != nil:
		if r.nulls.Find(v.Text) >= 0 {
			return 0, false
		}
		if number, ok := r.numbers.Read(v.Text); ok { // of what is beyond a double's range there is a value, but no number
			return number.Value, true
		}
	case v.Kind == Integer, v.Kind == Decimal:
		return v.Num, true
	}
	return 0, false
}

// day reads a value of order_date. Dated says that it is a date in some order and century.
func (r *reader) day(v *Value) (day int32, ok, dated bool) {
	if r.isNull(v) {
		return 0, false, false
	}
	m, ok := r.dates.Of(*v)
	return m.Day(), ok, ok || m.Shape != 0
}

// question is an open question with the options that answer it.
type question struct {
	id       string
	evidence []contract.Evidence
	answers  []contract.ReadOptions
}

// forms is what is decided on how values are written.
type forms struct {
	reader
	questions []question
	found     []contract.Found
	options   contract.ReadOptions // those that were found
}

// decide finds marks, order and century, as far as the rows say them and the options do not.
func (e *evidence) decide(given contract.ReadOptions) (*forms, error) {
	dates, err := datesAsGiven(given)
	if err != nil {
		return nil, err
	}
	f := &forms{reader: reader{numbers: NewNumbers(given), dates: dates, nulls: NewNullWords(given)}}
	e.decideMark(given, f)
	e.decideDates(given, f)
	if words := e.nullEvidence(f.nulls); len(words) > 0 && given.NullWords == nil {
		f.found = append(f.found, contract.Found{Option: "null_words", Source: contract.SourceFound, Evidence: words})
	}
	return f, nil
}

func (e *evidence) decideMark(given contract.ReadOptions, f *forms) {
	if given.DecimalMark != "" || given.GroupingMark != nil && (*given.GroupingMark == "" || *given.GroupingMark == "." || *given.GroupingMark == ",") {
		return
	}
	mark := "."
	switch {
	case e.dots == 0 && e.commas > 0:
		mark = ","
	case e.dots > 0 && e.commas > 0:
		mark = ""
	}
	if (mark == "" || e.dots == 0 && e.commas == 0) && e.openAmounts > 0 {
		f.questions = append(f.questions, question{"decimal_mark", e.numberEvidence(),
			[]contract.ReadOptions{{DecimalMark: "."}, {DecimalMark: ","}}})
		return
	}
	if e.dressed == 0 {
		return
	}
	f.options.DecimalMark = mark
	f.numbers = NewNumbers(f.options)
	f.found = append(f.found, contract.Found{Option: "decimal_mark", Source: contract.SourceFound, Evidence: e.numberEvidence()})
}

func (e *evidence) decideDates(given contract.ReadOptions, f *forms) {
	c := &e.shown
	order, open := "", c.openSlash
	switch {
	case c.day > 0 && c.month == 0:
		order = contract.DayFirst
	case c.month > 0 && c.day == 0:
		order = contract.MonthFirst
	}
	asked := false
	if given.DateOrder != contract.DayFirst && given.DateOrder != contract.MonthFirst {
		if f.dates.points = c.pointsMonth > 0; f.dates.points {
			open += c.openPoints
		}
		if asked = order == "" && open > 0; asked {
			f.questions = append(f.questions, question{"date_order", e.dateEvidence(),
				[]contract.ReadOptions{{DateOrder: contract.DayFirst}, {DateOrder: contract.MonthFirst}}})
		}
		f.dates.order = order
	}
	if e.twoDigits > 0 && f.dates.century == 0 {
		q := question{"two_digit_years_from", e.dateEvidence(), []contract.ReadOptions{{TwoDigitYears: 1950}, {TwoDigitYears: 1900}}}
		if e.fromFifty > 0 {
			q.answers = append(q.answers, contract.ReadOptions{TwoDigitYears: 2000})
		}
		f.questions = append(f.questions, q)
	}
	e.sayDates(given, f, order, asked)
}

// sayDates says which dates are read that the plain rule does not read.
func (e *evidence) sayDates(given contract.ReadOptions, f *forms, order string, asked bool) {
	c := &e.shown
	var read [2]int64 // without and with a zone
	for zone := range read {
		for needsOrder := range 2 {
			for needsCentury := range 2 {
				if (needsOrder == 0 || !asked) && (needsCentury == 0 || f.dates.century != 0) {
					read[zone] += c.needs[zone][needsOrder][needsCentury]
				}
			}
		}
	}
	if f.dates.points && order == contract.MonthFirst {
		read[0] += e.plainPoints
	}
	if read[0] > 0 && given.DateOrder == "" && !asked {
		switch {
		case order != "" || c.day > 0 && c.month > 0:
			f.options.DateOrder = order
		case c.points > 0:
			f.options.DateOrder = contract.DayFirst
		case c.yearFirst > 0:
			f.options.DateOrder = contract.YearFirst
		}
		f.dates.known = true
		f.found = append(f.found, contract.Found{Option: "date_order", Source: contract.SourceFound, Evidence: e.dateEvidence()})
	}
	if read[1] > 0 && given.TimeZone == "" {
		f.found = append(f.found, contract.Found{Option: "time_zone", Source: contract.SourceFound, Evidence: e.dateEvidence()})
	}
}
