package reading

import (
	"fabricportal/contract"
)

// evidence is what a table's rows show of how they are written.
type evidence struct {
	rows   int64
	fields map[int]int64 // of a text file: number of fields to rows
	splits bool          // a row has an amount that is certainly split in two

	numbers     [len(numberForms)]int64 // texts of revenue by form
	dots        int64                   // texts of amounts that show a decimal point
	commas      int64
	dressed     int64 // texts of amounts that are no numbers by the plain rule
	openAmounts int64 // texts of revenue

	dates       [len(dateForms)]int64 // texts of order_date by form
	shown       dateCounts
	nothing     []int64 // by null word
	twoDigits   int64
	fromFifty   int64
	plainPoints int64 // dates by the plain rule, with points and two numbers up to 12
}

// dateCounts are the dates that the plain rule does not read, by what they need, and what all of them show.
type dateCounts struct {
	needs       [2][2][2]int64 // [with a zone][an order][a century]
	day, month  int64          // show which comes first
	pointsMonth int64
	openSlash   int64
	openPoints  int64
	points      int64 // with the year last
	yearFirst   int64 // or YYYYMMDD
}

// look takes a row.
func (e *evidence) look(r *row, d Dates, nulls *NullWords) {
	e.rows++
	if r.fields > 0 {
		e.fields[r.fields]++
		e.splits = e.splits || r.fields > r.reader.width && r.hasSplitAmount()
	}
	for _, column := range amountColumns {
		v := &r.values[column]
		if v.Text == nil {
			continue
		}
		if word := nulls.Find(v.Text); word >= 0 {
			e.nothing[word]++
		} else {
			e.amount(v.Text, column == columnRevenue)
		}
	}
	v := &r.values[columnDate]
	if v.Text != nil {
		if word := nulls.Find(v.Text); word >= 0 {
			e.nothing[word]++
			return
		}
	}
	if m, _ := d.Of(*v); m.Shape != 0 {
		e.date(m.Shape)
	}
}

func (e *evidence) amount(text []byte, revenue bool) {
	n, ok := Numbers{}.Read(text)
	if !ok {
		return
	}
	if n.Shape&Dressed != 0 {
		e.dressed++
	}
	if n.Shape&showsDot != 0 {
		e.dots++
	}
	if n.Shape&showsComma != 0 {
		e.commas++
	}
	if !revenue || n.Shape == 0 {
		return
	}
	if n.Shape&isOpen != 0 {
		e.openAmounts++
	}
	for i := range e.numbers {
		if n.Shape&(1<<i) != 0 {
			e.numbers[i]++
		}
	}
}

func (e *evidence) date(shape DateShape) {
	for i := range e.dates {
		if shape&(1<<i) != 0 {
			e.dates[i]++
		}
	}
	bit := func(b DateShape) int64 {
		if shape&b != 0 {
			return 1
		}
		return 0
	}
	c := &e.shown
	c.day += bit(showsDay)
	c.month += bit(showsMonth)
	c.pointsMonth += bit(pointsMonth)
	c.openSlash += bit(openSlash)
	c.openPoints += bit(openPoints)
	c.points += bit(withPointsLast)
	c.yearFirst += bit(YearFirst | Compact)
	e.twoDigits += bit(TwoDigits)
	e.fromFifty += bit(from50)
	if shape&PlainDate == 0 {
		c.needs[bit(WithZone)][bit(openSlash)][bit(TwoDigits)]++
	} else {
		e.plainPoints += bit(openPoints)
	}
}

// usualFields is m: the most frequent number of fields, the highest of several, and at least that of the columns.
func (e *evidence) usualFields(columns int) int {
	most := 0
	for n, rows := range e.fields {
		if rows > e.fields[most] || rows == e.fields[most] && n > most {
			most = n
		}
	}
	return max(most, columns)
}

// numberEvidence are the counts by form of revenue's texts; the forms that tell the mark are there with 0, too.
func (e *evidence) numberEvidence() []contract.Evidence {
	out := []contract.Evidence{}
	for i, count := range e.numbers {
		if count > 0 || i < markForms {
			out = append(out, contract.Evidence{Form: numberForms[i], Count: count})
		}
	}
	return out
}

// dateEvidence are the counts by form of order_date's texts.
func (e *evidence) dateEvidence() []contract.Evidence {
	out := []contract.Evidence{}
	for i, count := range e.dates {
		if count > 0 {
			out = append(out, contract.Evidence{Form: dateForms[i], Count: count})
		}
	}
	return out
}

// nullEvidence are the words for nothing that occur.
func (e *evidence) nullEvidence(nulls *NullWords) []contract.Evidence {
	out := []contract.Evidence{}
	for i, count := range e.nothing {
		if count > 0 {
			out = append(out, contract.Evidence{Form: nulls.words[i], Count: count})
		}
	}
	return out
}
