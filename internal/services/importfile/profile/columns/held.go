package columns

// fewHeld is how many bytes a column's tables of one kind may always take: an estimate takes as much.
const fewHeld = 16 << 10

// Held is about how many bytes the tables take in which a column's values are counted one by one.
func (c *Column) Held() int {
	return c.numbers.values.held() + c.instants.values.held() + c.texts.held()
}

// Estimate ends the counting of values one by one where that takes much memory: from now on they are estimated, as they
// are in a column with more of them.
func (c *Column) Estimate(dict *Dictionary) {
	if !c.numbers.many && c.numbers.values.held() > fewHeld {
		c.numbers.estimate()
	}
	if !c.instants.many && c.instants.values.held() > fewHeld {
		c.instants.estimate()
	}
	if !c.texts.many && c.texts.values.held() > fewHeld {
		c.texts.forgetCounts(dict)
	}
	if !c.texts.manyOwn && c.texts.own.held()+c.texts.arena.held() > fewHeld {
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

func (a *arena) held() int { return len(a.pieces) * arenaPiece }

func (s *texts) held() int { return s.values.held() + s.own.held() + s.arena.held() }
