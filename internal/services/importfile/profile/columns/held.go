package columns

// manyColumns is in how many columns estimates are as fine as they are made. Of more columns they are coarser, so that those of
// all together take some ten megabytes: of 16,384 columns the numbers of different values are 2.3 % off instead of 0.8 %.
const manyColumns = 1 << 11

// Among makes the column one of so many. It is called before the first Add.
func (c *Column) Among(columns int) {
	for n := manyColumns; n < columns; n *= 2 {
		c.fewer++
	}
	c.numbers.distinct.fewer, c.instants.distinct.fewer, c.texts.distinct.fewer = c.fewer, c.fewer, c.fewer
	tight := c.fewer > 0
	c.numbers.values.tight, c.instants.values.tight, c.instants.spans.counts.tight = tight, tight, tight
	c.texts.own.tight, c.clocks.tight = tight, tight
	c.numbers.sketch.most = min(max(mostOctaves*64/columns, 4), mostOctaves)
	c.instants.spans.most = min(max(mostSpans*64/columns, 64), mostSpans)
	if columns > fewColumns {
		c.instants.seen.most = max(mostDays/columns, leastDays)
	}
}

const (
	// In so many columns each may have days of the whole calendar, 456 KB a column.
	fewColumns = 1 << 5
	// The days of all columns together, in bytes, and those of each in any case: of 44 years.
	mostDays  = 32 << 20
	leastDays = 2 << 10
)

// NoDays says that nobody asks for the days of this column. It is called before the first Add.
func (c *Column) NoDays() { c.instants.noDays = true }

// fewHeld is how many bytes the column's tables of one kind may always take: an estimate takes as much.
func (c *Column) fewHeld() int { return 1 << (registerBits - c.fewer) }

// Held is about how many bytes the tables take in which a column's values are counted one by one.
func (c *Column) Held() int {
	return c.numbers.values.held() + c.instants.values.held() + c.texts.held()
}

// Estimate ends the counting of values one by one where that takes much memory: from now on they are estimated, as they
// are in a column with more of them.
func (c *Column) Estimate(dict *Dictionary) {
	if !c.numbers.many && c.numbers.values.held() > c.fewHeld() {
		c.numbers.estimate()
	}
	if !c.instants.many && c.instants.values.held() > c.fewHeld() {
		c.instants.estimate()
	}
	if !c.texts.many && c.texts.values.held() > c.fewHeld() {
		c.texts.forgetCounts(dict)
	}
	if !c.texts.manyOwn && c.texts.own.held()+c.texts.arena.held() > c.fewHeld() {
		c.texts.estimate()
	}
}

// held counts a table that is soon to grow as if it had grown: columns that are alike grow at the same time.
func (c *counter) held() int {
	slots := len(c.slots)
	if c.n*8<<c.growth() >= slots*5 {
		slots <<= c.growth()
	}
	return slots * slotBytes
}

func (c *idCounter) held() int { return 4*len(c.low) + c.high.held() }

func (a *arena) held() int { return a.room }

func (s *texts) held() int { return s.values.held() + s.own.held() + s.arena.held() }
