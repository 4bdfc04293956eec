package feeds

import (
	"time"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/desktop/waitingrun"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

// Reach says whether one of the outside parts (database, Fabric, files) answers.
type Reach struct {
	Known    bool      // false until first asked
	OK       bool      //
	Answered bool      // while not OK: an answer came, and it was an error; else none did
	Secret   bool      // while not OK: the client secret is wrong, expired or missing
	SignIn   bool      // while not OK: the person has to sign in
	Slow     bool      // an answer is waited for, longer than they usually take
	Since    time.Time // when it came to be so, on this computer's clock
	Sentence string    // while not OK: what happened and what to do
}

// Push says whether changes by other desktops come by themselves; they are asked for regularly in any case.
type Push struct {
	OK       bool
	Sentence string // while not OK: why
}

// Frame is what is in sight on every screen: the lock, and what is reachable.
type Frame struct {
	Unset     bool // this computer has no connection yet: nothing can be asked
	Lock      locking.Card
	LockKnown bool      // false until the database has answered once
	Active    *runs.Run // the run that holds the lock
	Phase     runs.Phase
	Database  Reach
	Fabric    Reach
	Files     Reach
	Push      Push
	Expected  *Expected           // of the active run, as on Monitor
	Notices   []format.Sayer      // what is amiss with the database's tables, this role's rights or the clock: sentences
	Skew      time.Duration       // how far this computer's clock is ahead of the database's
	Waiting   *waitingrun.Request // the run that waits for the lock to be free; nil when there is none
	AsOf      time.Time           // this computer's clock when the database last answered; zero before
}

// Import is the files in Files/import, newest first.
type Import struct {
	Files    []artifacts.File
	Loaded   bool      // false until the first listing
	AsOf     time.Time // this computer's clock, of the last listing that worked
	Sentence string    // why the last listing failed, Files being the older ones, or what it left out; "" when it worked
}

// Monitor is the run being watched: the active one, else the last.
type Monitor struct {
	Run          *runs.Run    // nil when there has never been one
	Events       []runs.Event // newest first
	EventsHidden int          // events that are not among them
	Activities   []pipelines.ActivityRun
	Phase        runs.Phase
	Expected     *Expected      // of a run that has not ended; nil where too few like it are known
	JobPage      pipelines.Page // the pipeline run's page in Fabric, or the pipeline's; without a URL while unknown
	NotebookLink string         // the notebook run's page in Fabric; "" where none is known
	SparkLink    string         // its Spark application's; "" where there is none
	Loaded       bool
	AsOf         time.Time
	Sentence     string // why the last read failed
}

// Expected is how long runs of the same pipeline take: half of those that succeeded took from From to To.
type Expected struct {
	From, To         time.Duration
	LeftFrom, LeftTo time.Duration // from now, judged by the runs that lasted at least as long; both 0 where too few did
	Overdue          bool          // it has lasted longer than is usual
	Samples          int
}

// Results is what is published.
type Results struct {
	KPIs     *contract.KPIs
	Profile  *contract.ImportProfile
	Preview  Preview
	Run      *runs.Run     // the run the figures belong to, where the database knows it
	Restored *runs.Restore // the restore that brought it back to current/, if it was one
	Source   string        // Files/results/current
	Empty    bool          // nothing has been published yet
	Updating bool          // the next results are being published, or that was interrupted; the figures are those of the last ones
	Mixed    bool          // while Updating, in a lakehouse without a manifest: figures and rows may be of two runs
	Loaded   bool
	AsOf     time.Time
	Sentence string

	manifest *contract.Manifest // nil in an older lakehouse
	tag      string             // of the manifest, where all was read whole; "" asks for another look
}

// RowsBytes is the size of the published rows, in bytes; 0 where that is not known.
func (r Results) RowsBytes() int64 {
	if r.manifest != nil {
		for _, f := range r.manifest.Files {
			if f.Name == artifacts.ParquetFile {
				return f.SizeBytes
			}
		}
	}
	return 0
}

// Preview is the first rows of the cleaned data.
type Preview struct {
	Columns []string
	Rows    [][]string
	Total   int64 // rows in the whole file; 0 where not known
}

// Published says which run is in current/, as its manifest names it.
type Published struct {
	Known    bool      // false until it was read once
	Run      uuid.UUID // the run whose outputs these are; uuid.Nil where nothing has been published
	By       uuid.UUID // the run that published them: a restore, else Run; uuid.Nil where not known
	At       time.Time // when it published; zero in a lakehouse without a manifest, where kpis.json names the run
	Sentence string    // why it can't be read now; "" while it can. The others are then what was read last
}

// Archive is the past runs, latest first.
type Archive struct {
	Runs      []runs.Run
	Beside    runs.Beside // what is known of them besides their rows
	Published Published
	More      bool // older ones can be loaded
	Loaded    bool
	AsOf      time.Time
	Sentence  string
}
