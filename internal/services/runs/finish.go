package runs

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/plaintext"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/pipelines"
)

// bulky is a size of KPIs, in bytes, from which on they may take a slow line too long; usual ones have some kilobytes.
const bulky = 256 << 10

// end writes the end of a run.
func (r *Runs) end(ctx context.Context, out Outcome, e Ending) (Outcome, error) {
	if e.To == Failed {
		e = r.stillPublished(ctx, e)
	}
	e.ErrorMessage = failure(again(e.ErrorMessage))
	if err := r.at("before_finish"); err != nil {
		return out, err
	}
	var ended bool
	write := func(ctx context.Context) (err error) { ended, err = r.db.End(ctx, e); return err }
	err := r.within(ctx, write)
	if err != nil && len(e.KPIs) >= bulky && ctx.Err() == nil {
		// Figures must not keep the run from ending, and so the lock from everybody: without them it is a small message.
		e.Events = append(slices.Clip(e.Events), onceEvent(e.RunID, Warning, "figures later", tell("figures_later", "Size", format.Size(len(e.KPIs)), "Why", err)))
		e.KPIs = nil
		err = r.within(ctx, write)
	}
	if ended {
		out.Action, out.Status, out.Why = Ended, e.To, plain(e.ErrorMessage)
	}
	if err != nil {
		return out, err
	}
	return out, r.at("after_finish")
}

// succeed reads what the run left, and ends it. What can't be read now is added by a later pass: the run has succeeded all the
// same, as Fabric says so. What can be seen not to be there is no success (see hollow). now is the database's clock.
func (r *Runs) succeed(ctx context.Context, out Outcome, run Run, said *format.Said, now time.Time) (Outcome, error) {
	events, err := r.events(ctx, run.ID)
	if err != nil {
		return out, err
	}
	left := r.results(ctx, run, events)
	switch {
	case left.failure != "":
		return r.end(ctx, out, Ending{RunID: run.ID, To: Failed, ErrorMessage: left.failure, NotebookVersion: left.NotebookVersion,
			Reason: stored(tell("notebook_failed", "Said", said))})
	case left.absent != "" || left.unpublished:
		return r.hollow(ctx, out, run, left, hollowing{events, said, now})
	}
	e := Ending{
		RunID: run.ID, To: Succeeded, Reason: stored(said), KPIs: left.KPIs, NotebookVersion: left.NotebookVersion,
		Artifacts: left.Artifacts, Events: left.Events,
	}
	if r.isRestore(run) {
		if e.Restore = restoreOf(run, left.source); e.Restore == nil {
			e.Events = append(e.Events, onceEvent(run.ID, Warning, "no source", tell("no_source")))
		}
	}
	if left.missing != nil {
		e.Events = append(e.Events, onceEvent(run.ID, Warning, "results missing", tell("results_later", "Why", left.missing)))
	}
	if left.refused != nil {
		e.Events = append(e.Events, onceEvent(run.ID, Warning, "results refused", tell("results_refused", "Why", left.refused)))
	}
	return r.end(ctx, out, e)
}

// fail finds out why, and ends the run.
func (r *Runs) fail(ctx context.Context, out Outcome, run Run, job pipelines.JobInstance, said *format.Said) (Outcome, error) {
	var reason any
	from := run.CreatedAt.Add(-24 * time.Hour)
	var list []pipelines.ActivityRun
	if err := r.within(ctx, func(ctx context.Context) (err error) {
		list, err = r.fabric.ActivityRuns(ctx, run.JobID, from, run.StatusUpdatedAt.Add(48*time.Hour))
		return err
	}); err == nil {
		reason = firstFailure(list)
	}
	meta, err := r.metadata(ctx, run)
	if reason == nil && err == nil && meta.Error != nil && strings.TrimSpace(meta.Error.Message) != "" {
		reason = meta.Error.Message
	}
	if text := oneOf(job.FailureReason, job.FailureCode); reason == nil && text != "" {
		reason = text
	}
	if reason == nil {
		reason = tell("no_reason")
	}
	return r.end(ctx, out, Ending{RunID: run.ID, To: Failed, ErrorMessage: failure(reason), Reason: stored(said), NotebookVersion: Clean(meta.NotebookVersion, 100)})
}

// firstFailure is the message of the activity that failed for a reason of its own: the first notebook, else the first of another kind. What
// only repeats that others failed comes last: a Fail activity (docs/fabric.md §4), and one that holds others. It is a text, or an entry of
// the catalogue of troubles; nil for none.
func firstFailure(list []pipelines.ActivityRun) any {
	rank := func(a pipelines.ActivityRun) int {
		switch a.Type {
		case "TridentNotebook":
			return 0
		case "Fail", "IfCondition", "Switch", "ForEach", "Until":
			return 2
		}
		return 1
	}
	list = slices.DeleteFunc(slices.Clone(list), func(a pipelines.ActivityRun) bool {
		return a.Status != "Failed" || strings.TrimSpace(a.ErrorMessage) == ""
	})
	if len(list) == 0 {
		return nil
	}
	return failureOf(slices.MinFunc(list, func(a, b pipelines.ActivityRun) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(startNanos(a.Start), startNanos(b.Start)))
	}))
}

func failureOf(a pipelines.ActivityRun) any {
	if a.Trouble != nil && a.Trouble.Error() == a.ErrorMessage {
		return a.Trouble
	}
	return a.ErrorMessage
}

// failure is why a run has failed as the database keeps it: a text of others, or a sentence with its tail.
func failure(why any) string {
	if s, ok := why.(format.Tailed); ok {
		return told.Stored(s, MaxError, cleanTo(MaxError))
	}
	return Clean(fmt.Sprint(why), MaxError)
}

func startNanos(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return t.UnixNano()
}

func (r *Runs) cancelled(ctx context.Context, out Outcome, run Run, job pipelines.JobInstance, said *format.Said) (Outcome, error) {
	events, err := r.events(ctx, run.ID)
	if err != nil {
		return out, err
	}
	sentence := tell("cancelled")
	if n, _, ok := lastNote(events, evCancel); ok && n.By != "" {
		sentence = tell("cancelled_by", "Who", n.By)
	} else if job.FailureReason != "" {
		sentence = tell("cancelled_why", "Why", job.FailureReason)
	}
	return r.end(ctx, out, Ending{RunID: run.ID, To: Failed, ErrorMessage: failure(sentence), Reason: stored(said)})
}

// left is what a run left in its folder.
type left struct {
	Results
	source      uuid.UUID // of a restore: the run it promoted
	absent      string    // the document that each success leaves, where the lakehouse says that it is not there
	unpublished bool      // its notebook did not come to say that it ended, and no manifest names it
	own         bool      // a document of the run is there, so that the lakehouse is the one in which the run worked
	failure     string    // why the run's notebook says that it failed
	missing     error     // what could not be read yet
	refused     error     // what was there, and won't be taken the next time either
}

// lacks notes why something is not among the results.
func (l *left) lacks(err error) {
	var large *artifacts.TooLargeError
	var other *artifacts.DocumentError
	to := &l.missing
	if errors.As(err, &large) || errors.As(err, &other) {
		to = &l.refused
	}
	if *to != nil {
		err = fmt.Errorf("%w; %w", *to, err)
	}
	*to = err
}

// results reads run_metadata.json, kpis.json and the list of a run's outputs.
func (r *Runs) results(ctx context.Context, run Run, events []Event) left {
	l := left{Results: Results{RunID: run.ID}}
	if n, _, ok := lastNote(events, evRestore); ok {
		l.source, _ = uuid.Parse(n.SourceRunID)
	}
	meta, err := r.metadata(ctx, run)
	if err != nil {
		l.lacks(err)
		if r.isRestore(run) {
			l.notes(artifacts.MetadataFile, err)
		}
		if _, cut := errors.AsType[*contract.FormError](err); cut { // as left by a notebook that was stopped while it wrote it
			l.unpublished, _ = r.unpublished(ctx, run.ID, true)
		}
	} else {
		l.own = true
		if meta.Status == "failed" {
			l.failure = failure(tell("notebook_silent"))
			if meta.Error != nil {
				l.failure = oneOf(meta.Error.Message, l.failure)
			}
		}
		if meta.Status == "started" {
			if l.unpublished, err = r.unpublished(ctx, run.ID, false); err != nil {
				l.lacks(err)
			}
		}
		l.NotebookVersion = Clean(meta.NotebookVersion, 100)
		l.Events = append(l.Events, compareInput(run, meta, events)...)
		l.Events = append(l.Events, tableBehind(run, meta)...)
		if l.source == uuid.Nil && meta.SourceRunID != nil {
			l.source, _ = uuid.Parse(*meta.SourceRunID)
		}
	}
	if r.isRestore(run) {
		// A restore computes nothing: its figures are those of the run it promoted.
		if source, err := r.run(ctx, l.source); err == nil {
			l.KPIs = source.KPIs
			if source.KPIsUnread != "" {
				l.lacks(&artifacts.DocumentError{Path: source.ID.String(), Err: fmt.Errorf("the figures of run %s can't be read: %s", source.ID, source.KPIsUnread)})
			}
		}
	} else if l.KPIs, err = r.kpis(ctx, run); err != nil {
		l.lacks(err)
		l.notes(artifacts.KPIsFile, err)
	}
	if l.Artifacts, err = r.outputs(ctx, run, meta); err != nil {
		l.lacks(err)
	}
	return l
}

// compareInput warns when the notebook read other bytes than were looked at when the run was submitted.
func compareInput(run Run, meta contract.RunMetadata, events []Event) []Event {
	n, _, ok := lastNote(events, evInput)
	if !ok || n.SHA256 == "" || meta.InputSHA256 == nil || strings.EqualFold(n.SHA256, *meta.InputSHA256) {
		return nil
	}
	return []Event{onceEvent(run.ID, Warning, "other input", tell("other_input", "File", run.InputFile, "Had", n.SHA256, "Read", *meta.InputSHA256))}
}

// tableBehind warns when the table for Power BI does not show the run, so that reports show other figures than this program.
func tableBehind(run Run, meta contract.RunMetadata) []Event {
	if meta.DeltaTable == nil || meta.DeltaTable.Error == nil {
		return nil
	}
	return []Event{onceEvent(run.ID, Warning, "table behind", tell("table_behind", "Why", *meta.DeltaTable.Error))}
}

func (r *Runs) folder(run Run) string { return artifacts.RunsFolder + "/" + run.ID.String() }

func (r *Runs) metadata(ctx context.Context, run Run) (contract.RunMetadata, error) {
	data, err := r.read(ctx, run, artifacts.MetadataFile)
	if err != nil {
		return contract.RunMetadata{}, err
	}
	meta, err := artifacts.Decode[contract.RunMetadata](r.folder(run), artifacts.MetadataFile, data)
	if err == nil && !strings.EqualFold(meta.RunID, run.ID.String()) {
		return contract.RunMetadata{}, r.unfit(run, artifacts.MetadataFile, errors.New("is of another run"))
	}
	return meta, err
}

// kpis reads and checks the run's KPI snapshot, in a form that a jsonb column takes.
func (r *Runs) kpis(ctx context.Context, run Run) (json.RawMessage, error) {
	data, err := r.read(ctx, run, artifacts.KPIsFile)
	if err != nil {
		return nil, err
	}
	doc, err := artifacts.Decode[contract.KPIs](r.folder(run), artifacts.KPIsFile, data)
	if err != nil {
		return nil, err
	}
	if doc.RunID == nil || !strings.EqualFold(*doc.RunID, run.ID.String()) {
		return nil, r.unfit(run, artifacts.KPIsFile, errors.New("is of another run"))
	}
	// Read and written once more, numbers as they stand: jsonb refuses halves of surrogate pairs and the NUL character,
	// and one bad text must not keep the run from ending.
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, r.unfit(run, artifacts.KPIsFile, fmt.Errorf("is not valid JSON: %w", err))
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, r.unfit(run, artifacts.KPIsFile, fmt.Errorf("can't be stored: %w", err))
	}
	if bytes.Contains(out.Bytes(), []byte(`\u0000`)) {
		return nil, r.unfit(run, artifacts.KPIsFile, errors.New("can't be stored: it contains a NUL character"))
	}
	text := bytes.TrimSpace(out.Bytes())
	// The database writes a blank behind each colon and comma: what would be too long to be read again is not written.
	if long := len(text) + bytes.Count(text, []byte(":")) + bytes.Count(text, []byte(",")); long > MaxKPIs {
		return nil, &artifacts.TooLargeError{Path: r.folder(run) + "/" + artifacts.KPIsFile, Size: int64(long), Limit: MaxKPIs}
	}
	return text, nil
}

// unfit is a document that does not become fit by waiting. why goes on after its name.
func (r *Runs) unfit(run Run, name string, why error) error {
	return &artifacts.DocumentError{Path: r.folder(run) + "/" + name, Err: fmt.Errorf("%s %w", name, why)}
}

func (r *Runs) read(ctx context.Context, run Run, name string) (data []byte, err error) {
	err = r.within(ctx, func(ctx context.Context) (err error) {
		data, err = artifacts.ReadDocument(ctx, r.files, r.folder(run)+"/"+name)
		return err
	})
	return data, err
}

// outputs lists the run's folder as rows of run_artifacts. An output that is a folder of parts is one row, as its metadata tells of it.
func (r *Runs) outputs(ctx context.Context, run Run, meta contract.RunMetadata) ([]Artifact, error) {
	var files []artifacts.File
	err := r.within(ctx, func(ctx context.Context) (err error) { files, err = r.files.List(ctx, r.folder(run)); return err })
	if err != nil {
		return nil, err
	}
	var list []Artifact
	for _, f := range files {
		kind := artifactType(f.Name)
		if kind == "" || !plaintext.Shows(f.Name, MaxName) {
			continue
		}
		path := r.folder(run) + "/" + f.Name
		size := f.Size
		list = append(list, Artifact{ID: DerivedID(run.ID, path), RunID: run.ID, Type: kind, Path: path, Size: &size})
	}
	for _, o := range meta.Outputs {
		path := r.folder(run) + "/" + o.Name
		folder := len(o.Parts) > 0 && meta.SourceRunID == nil && (o.Name == artifacts.ParquetFile || o.Name == artifacts.CSVFile)
		if folder && !slices.ContainsFunc(list, func(a Artifact) bool { return a.Path == path }) {
			size := o.SizeBytes
			list = append(list, Artifact{ID: DerivedID(run.ID, path), RunID: run.ID, Type: artifactType(o.Name), Path: path, Size: &size})
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s has no outputs", r.folder(run))
	}
	return list, nil
}

// artifactType is the run_artifacts.artifact_type of a file; "" for a file that is none.
func artifactType(name string) string {
	switch {
	case name == artifacts.ProfileFile:
		return "profile"
	case name == artifacts.MetadataFile:
		return "metadata"
	case strings.HasSuffix(name, ".parquet"):
		return "parquet"
	case strings.HasSuffix(name, ".csv"):
		return "csv"
	case strings.HasSuffix(name, ".json"):
		return "json"
	}
	return ""
}

// attempt is when missing results are looked for again.
type attempt struct {
	next time.Time
	wait time.Duration
}

// fill adds results that could not be read when their run ended.
func (r *Runs) fill(ctx context.Context) (bool, error) {
	now := r.clock.Now()
	if now.Before(r.nextFill) {
		return false, nil
	}
	r.nextFill = now.Add(r.timing.Fill)
	var list []Run
	err := r.within(ctx, func(ctx context.Context) (err error) {
		list, err = r.db.WithoutResults(ctx, r.timing.FillWithin, 5)
		return err
	})
	if err != nil {
		return false, err
	}
	filled := false
	for _, run := range list {
		a := r.fills[run.ID]
		if now.Before(a.next) {
			continue
		}
		a.wait = min(max(2*a.wait, r.timing.Fill), time.Hour)
		a.next = now.Add(a.wait)
		r.fills[run.ID] = a
		events, err := r.events(ctx, run.ID)
		if err != nil {
			return filled, err
		}
		l := r.results(ctx, run, events)
		if len(l.KPIs) == 0 && len(l.Artifacts) == 0 {
			continue
		}
		l.Events = append(l.Events, onceEvent(run.ID, Log, "results added", tell("results_added", "Me", r.me())))
		err = r.within(ctx, func(ctx context.Context) error {
			added, err := r.db.FillResults(ctx, l.Results)
			filled = filled || added
			return err
		})
		if err != nil {
			return filled, err
		}
	}
	return filled, nil
}
