package runs

// What is read at most, whatever others put into the tables: one row must not keep a desktop from drawing the others, and
// one run not from reading them. Longer texts are cut, and of more rows the latest are read.
const (
	MaxEvents    = 500     // events of a run, besides those that decisions rest on
	MaxArtifacts = 1000    // artifacts of a run
	MaxMessage   = 2000    // characters of an event's message
	MaxError     = 1000    // characters of a run's error
	MaxName      = 300     // characters of a file's or a person's name
	MaxWord      = 100     // characters of an id, a state, a version
	MaxPath      = 1100    // characters of a path in the lakehouse
	MaxAddress   = 500     // characters of an address, which is only shown
	MaxNote      = 8 << 10 // characters of an event that programs read, too
	// MaxLastNote is the same for the last of its kind, which is read whole.
	MaxLastNote   = 64 << 10
	MaxDismissals = 100      // notes of dismissed jobs
	MaxNotes      = 50       // what people wrote on a run
	MaxListNotes  = 5        // the same of each run of a list
	MaxKPIs       = 24 << 20 // bytes of a run's KPIs as the database writes them out
	MaxTotals     = 8 << 10  // bytes of the totals of a run's KPIs in a list
)

// Page is the part of a run's rows that is read and shown.
type Page[T any] struct {
	Rows   []T
	Hidden int // rows that are not among them
}

// Total is how many rows there are.
func (p Page[T]) Total() int { return len(p.Rows) + p.Hidden }

// Events is a run's events, oldest first: the latest, and however old they are those that decisions rest on.
type Events = Page[Event]

// Artifacts is a run's artifacts, by path.
type Artifacts = Page[Artifact]
