package hits

// Key names a finding, with the words of package verdict.
type Key struct {
	Kind string // such as check, rule, misfits
	Code string // of a check, a rule or a cause
	// Column is the normalised name of the column that a kind without codes is about; "" for others.
	Column string
}

// The kinds that are noted while a file is read.
const (
	Check         = "check"
	Rule          = "rule"
	HiddenRows    = "hidden_rows"
	DuplicateRows = "duplicate_rows"
	ShortRows     = "short_rows"
	LongRows      = "long_rows"
	LeftOut       = "left_out" // Code is the cause, as contract.Cause names it
)

// Book is the cells of all findings of a file. A nil one notes nothing.
type Book struct{ findings map[Key]*Cells }

// Of is what is noted of a finding, which is new where nothing was; nil of a nil book.
func (b *Book) Of(k Key) *Cells {
	if b == nil {
		return nil
	}
	if b.findings == nil {
		b.findings = map[Key]*Cells{}
	}
	if b.findings[k] == nil {
		b.findings[k] = &Cells{}
	}
	return b.findings[k]
}

// New is room for the cells of a finding that may come to nothing; nil where there is no book.
func (b *Book) New() *Cells {
	if b == nil {
		return nil
	}
	return &Cells{}
}

// Set notes the cells of a finding.
func (b *Book) Set(k Key, c *Cells) {
	if b != nil {
		*b.Of(k) = *c
	}
}

// Find is the cells of a finding; nil where none are known.
func (b *Book) Find(k Key) *Cells {
	if b == nil {
		return nil
	}
	return b.findings[k]
}

// Bytes is about the memory that the book takes.
func (b *Book) Bytes() int64 {
	var n int64
	for _, c := range b.findings {
		n += c.Bytes()
	}
	return n
}
