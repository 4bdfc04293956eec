package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/format"
	"fabricportal/internal/plaintext"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

// The JSON forms below are documented in docs/operator.md §6 and only ever grow.

type fileJSON struct {
	Name      string     `json:"name"`
	Path      string     `json:"path"`
	SizeBytes int64      `json:"size_bytes"`
	Modified  *time.Time `json:"modified"`
	// Of a folder that a run takes as one table: how many files it has; size_bytes is that of all of them.
	Files int `json:"files,omitempty"`
}

type runJSON struct {
	RunID           string     `json:"run_id"`
	Status          string     `json:"status"`
	InputFile       string     `json:"input_file"`
	TriggeredBy     string     `json:"triggered_by"`
	CreatedAt       time.Time  `json:"created_at"`
	StartedAt       *time.Time `json:"started_at"`
	FinishedAt      *time.Time `json:"finished_at"`
	FabricJobID     *string    `json:"fabric_job_id"`
	JobLocation     *string    `json:"job_location"`
	ErrorMessage    *string    `json:"error_message"`
	NotebookVersion *string    `json:"notebook_version"`
	AppVersion      *string    `json:"app_version"`
	SourceRunID     *string    `json:"source_run_id,omitempty"`
	Notes           []noteJSON `json:"notes,omitempty"` // in “runs” and “status”: the latest, oldest first
	NotesHidden     int        `json:"notes_not_shown,omitempty"`
}

type lockJSON struct {
	Held     bool       `json:"held"`
	RunID    *string    `json:"run_id"`
	LockedBy *string    `json:"locked_by"`
	LockedAt *time.Time `json:"locked_at"`
}

type eventJSON struct {
	Time    time.Time `json:"time"`
	Type    string    `json:"type"`
	Message string    `json:"message"`
}

type stateJSON struct {
	Lock   lockJSON    `json:"lock"`
	Run    runJSON     `json:"run"`
	Note   string      `json:"note,omitempty"`
	Events []eventJSON `json:"events"`
	Hidden int         `json:"events_not_shown,omitempty"`
}

type artifactJSON struct {
	Type      string `json:"type"`
	Path      string `json:"path"`
	SizeBytes *int64 `json:"size_bytes"`
}

type savedJSON struct {
	Path      string `json:"path"`
	SizeBytes int64  `json:"size_bytes"`
	SHA256    string `json:"sha256"`
}

func toFileJSON(f artifacts.File) fileJSON {
	out := fileJSON{Name: f.Name, Path: f.Path, SizeBytes: f.Size, Files: f.Files}
	if !f.Modified.IsZero() {
		t := f.Modified.UTC()
		out.Modified = &t
	}
	return out
}

// known is nil for a text that is not known, so that JSON says null and not "".
func known(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func toRunJSON(r runs.Run) runJSON {
	return runJSON{
		RunID: r.ID.String(), Status: string(r.Status), InputFile: r.InputFile, TriggeredBy: r.TriggeredBy, CreatedAt: r.CreatedAt,
		StartedAt: r.StartedAt, FinishedAt: r.FinishedAt, FabricJobID: known(r.JobID), JobLocation: known(r.JobURL),
		ErrorMessage: known(r.ErrorMessage), NotebookVersion: known(r.NotebookVersion), AppVersion: known(r.AppVersion),
	}
}

func toLockJSON(c locking.Card) lockJSON {
	out := lockJSON{Held: c.Held()}
	if c.Held() {
		id, by, at := c.RunID.String(), c.LockedBy.Name(), c.LockedAt
		out.RunID, out.LockedBy, out.LockedAt = &id, &by, &at
	}
	return out
}

func toStateJSON(s runs.State) stateJSON {
	out := stateJSON{Lock: toLockJSON(s.Lock), Run: toRunJSON(s.Run), Note: s.Phase.Sentence, Events: []eventJSON{}, Hidden: s.Events.Hidden}
	out.Run.Notes = toNotesJSON(runs.NotesOf(s.Events.Rows))
	if source := runs.SourceOf(s.Events.Rows); source != uuid.Nil {
		out.Run.SourceRunID = known(source.String())
	}
	for _, e := range s.Events.Rows {
		out.Events = append(out.Events, eventJSON{e.Time, string(e.Type), runs.HumanMessage(e)})
	}
	return out
}

// show prints what a command found: as JSON where it was asked for, else as a table.
func (p Program) show(opts *options, asJSON any, header []string, rows [][]string) error {
	if opts.json {
		return p.printJSON(asJSON)
	}
	return p.table(header, rows)
}

// table prints rows in columns.
func (p Program) table(header []string, rows [][]string) error {
	tw := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
	for _, r := range append([][]string{header}, rows...) {
		cells := make([]string, len(r))
		for i, cell := range r {
			cells[i] = plaintext.Line(cell, longestText)
		}
		fmt.Fprintln(tw, strings.Join(cells, "\t"))
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("writing to standard output: %w", err)
	}
	return nil
}

func when(t *time.Time) string {
	if t == nil {
		return format.None
	}
	return format.Stamp(*t)
}

func lasted(r runs.Run) string {
	took, ok := r.Took()
	if !ok {
		return "–"
	}
	return took.Round(time.Second).String()
}
