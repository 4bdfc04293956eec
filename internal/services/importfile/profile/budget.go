package profile

import "fabricportal/internal/services/importfile/scan"

// mostHeld is how many bytes the tables of all columns together may take in which values are counted one by one, less a
// quarter of what the file's table of texts takes, and less what goes to each column of a wide table in any case, but
// leastHeld. It is reached by some hundred columns of different numbers, or some ten of different texts.
const (
	mostHeld  = 24 << 20
	perColumn = 8 << 10
	leastHeld = 4 << 20
)

// decideAhead is how many batches behind the one that exceeded the budget a column gives its tables up. It is more than are
// ever counted at once, on any machine, so that the profile of a file is the same on all of them.
const decideAhead = scan.MostUnderWay

// budget keeps the memory of the columns within its bound: where they exceed it, those that take most give up their tables.
type budget struct {
	most         int // bytes
	put, counted int
	leaving      []int // by column: the batch with which it gives its tables up; 0 where it does not
}

// begin tells a batch which columns give up their tables with it, or were to before.
func (b *budget) begin(j *job, columns int) {
	if b.leaving == nil {
		b.leaving = make([]int, columns)
	}
	if j.held == nil {
		j.held, j.estimate = make([]int, columns), make([]bool, columns)
	}
	b.put++
	for i, batch := range b.leaving {
		j.estimate[i] = batch > 0 && batch <= b.put // one that was small then may have grown since
	}
}

// end looks at what the columns held once a batch was counted.
func (b *budget) end(j *job) {
	b.counted++
	total := 0
	for i, held := range j.held {
		if b.leaving[i] <= b.counted {
			total += held
		}
	}
	for total > b.most {
		most := -1
		for i, held := range j.held {
			if b.leaving[i] <= b.counted && (most < 0 || held > j.held[most]) {
				most = i
			}
		}
		b.leaving[most] = b.counted + decideAhead
		total -= j.held[most]
	}
}
