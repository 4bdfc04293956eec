package comparison

import (
	"time"

	"fabricportal/contract"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/drift"
	"fabricportal/internal/services/runs"
)

// Side is one of two runs; what is not known of it is nil.
type Side struct {
	Run       runs.Run
	KPIs      *contract.KPIs
	Profile   *contract.ImportProfile
	Metadata  *contract.RunMetadata
	Artifacts []runs.Artifact
	Unread    []error // why documents that are there are not known, each a sentence
}

// Change is a figure before and after. Absolute and Relative are nil where one of the two is not known; Relative is a
// share (0.1 is 10 % more) and nil too where the figure was zero before.
type Change struct {
	Before, After      *float64
	Absolute, Relative *float64
}

// Same tells whether both are known and alike.
func (c Change) Same() bool { return c.Absolute != nil && *c.Absolute == 0 }

// FigureName names a KPI as kpis.json does.
type FigureName string

// The figures, in the order of KPIChange.Figures.
const (
	TotalRevenue FigureName = "total_revenue"
	Orders       FigureName = "orders"
	AOV          FigureName = "aov"
	Conversion   FigureName = "conversion"
)

// Figure is the change of one KPI.
type Figure struct {
	Name FigureName
	Change
	// Note says in a sentence why Before and After can't be compared, such as two definitions of the conversion rate.
	Note string
}

// ShareChange is the change of one key of a breakdown.
type ShareChange struct {
	Key             string
	Revenue, Orders Change
}

// PeriodPair is one period of two time series.
type PeriodPair struct {
	Period          string // YYYY-MM-DD or YYYY-MM
	Revenue, Orders Change
}

// KPIChange is what changed between two kpis.json. The breakdowns are joined by key, the largest revenue on either
// side first; the series by period, monthly where one of the two is.
type KPIChange struct {
	Figures     []Figure
	Channels    []ShareChange
	Regions     []ShareChange
	Categories  []ShareChange
	Granularity string // daily or monthly; "" where a series is missing
	Periods     []PeriodPair
}

// State is what became of a column or a file.
type State string

// The states.
const (
	Same    State = "same"
	Changed State = "changed"
	Added   State = "added"
	Removed State = "removed"
	Unknown State = "unknown" // neither hash nor size of both is known, or the sizes are alike and a hash is missing
)

// ColumnChange is what became of a column, joined by its normalised name. Types and positions (from 1) are "" and 0 on
// the side that lacks it.
type ColumnChange struct {
	Name                          string
	State                         State
	TypeBefore, TypeAfter         string
	HeaderBefore, HeaderAfter     string // as the file writes it
	PositionBefore, PositionAfter int
	EmptyBefore, EmptyAfter       *float64     // the share of its cells that are empty, 0 to 1
	Drifted                       []drift.Kind // how its values differ, as package drift judges it
}

// SchemaChange is what differs between the files of two runs.
type SchemaChange struct {
	Known   bool           // both profiles are known
	Columns []ColumnChange // those that are not the same first, then the file's order
	Rows    Change         // rows read
	Written Change         // cleaned rows, from the metadata
	Input   FileChange     // the import file
}

// FileInfo is what is known of a file on one side.
type FileInfo struct {
	Path     string
	Size     *int64 // bytes
	SHA256   string
	Modified time.Time
}

// FileChange is what became of a file; Before and After are nil on the side that lacks it.
type FileChange struct {
	Name          string
	State         State
	ByHash        bool // the state is sure; otherwise it follows from the sizes
	Before, After *FileInfo
}

// Comparison is two runs side by side.
type Comparison struct {
	KPIs      KPIChange
	Schema    SchemaChange
	Artifacts []FileChange
	Duration  Change  // seconds
	Problems  []error // what could not be compared, each a sentence
}

// Current is what is published now.
type Current struct {
	Manifest   *contract.Manifest // nil in an older lakehouse
	Publishing bool               // nothing whole can be read at this moment
	Replaced   bool               // the files in current/ are not those of the manifest: they are being replaced, or that was interrupted
	Files      []artifacts.File   // without a manifest: the listing; nil where the source can't list
	KPIs       *contract.KPIs     //
	Profile    *contract.ImportProfile
	Metadata   *contract.RunMetadata // of the run whose outputs these are; nil where not known
	Unread     []error               // as Side.Unread
}

// Preview is what a restore would change.
type Preview struct {
	Files    []FileChange
	KPIs     KPIChange
	Schema   SchemaChange
	Nothing  bool    // these files are published already, by hash
	Problems []error // why the restore would fail or can't be foretold, each a sentence
	CanRun   bool    // nothing known speaks against it
}
