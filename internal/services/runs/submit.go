package runs

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/plaintext"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/fabric/troubles"
	"fabricportal/internal/services/runs/outbox"
)

// Request asks for a run of the ingest pipeline.
type Request struct {
	InputFile   string // a name in Files/import
	SHA256      string // of the bytes that were looked at, in hexadecimal: the notebook refuses others; "" where not known
	RequestedBy string // the user as the screen shows it
	// ReadOptions says how the file was read when it was looked at (contract.ReadOptions.ForRun); nil: by the rules as they stand.
	ReadOptions *contract.ReadOptions
}

// RefusedError says that a run could not be started. Where a run was recorded for the attempt, it has ended as FAILED
// and the lock is free again.
type RefusedError struct {
	Run      *Run // nil when none was recorded
	Sentence string
	Said     *format.Said // what Sentence says, so that it can be said in other languages; nil where there is only that
	Err      error
}

func (e *RefusedError) Error() string { return e.Sentence }

// Say is part of format.Sayer.
func (e *RefusedError) Say(w format.Writer) string {
	if e.Said == nil {
		return e.Sentence
	}
	return e.Said.Say(w)
}

// refusal is a RefusedError whose sentence can be said in other languages.
func refusal(run *Run, err error, said *format.Said) *RefusedError {
	return &RefusedError{Run: run, Sentence: said.Error(), Said: said, Err: err}
}

// why is an entry of the catalogue of troubles, else the first text that there is.
func why(t *troubles.Trouble, texts ...string) any {
	if t != nil && t.Error() == oneOf(texts...) {
		return t
	}
	return oneOf(texts...)
}

func (e *RefusedError) Unwrap() error { return e.Err }

// plan is a run about to be launched.
type plan struct {
	run    Run
	params map[string]any
	events []Event
}

// Submit starts a run of the ingest pipeline (docs/run-protocol.md §3 steps 0 to 4). Outcomes: a run in Fabric; a run that is
// still SUBMITTED because Fabric's answer was lost, which is no error: any desktop finds out; *locking.BusyError;
// *RefusedError; or an error of the database or the files.
func (r *Runs) Submit(ctx context.Context, req Request) (Run, error) {
	path := artifacts.ImportFolder + "/" + req.InputFile
	if req.InputFile == "" || !plaintext.Whole(req.InputFile, MaxName) || strings.ContainsAny(req.InputFile, `/\`) {
		return Run{}, refusal(nil, nil, format.Say("“{{.Name}}” is no file name: name a file in {{.Folder}}", "Name", plaintext.Line(req.InputFile, MaxName), "Folder", artifacts.ImportFolder))
	}
	file, err := r.stat(ctx, path)
	if err != nil {
		if _, ok := errors.AsType[*artifacts.NotFoundError](err); ok {
			if r.set.FromFolder {
				return Run{}, refusal(nil, err, format.Say("“{{.Name}}” has not arrived in the lakehouse: wait until the folder is synchronized, or upload it where OneLake is reached", "Name", req.InputFile))
			}
			return Run{}, refusal(nil, err, format.Say("there is no file “{{.Name}}” in {{.Folder}}: upload it first", "Name", req.InputFile, "Folder", artifacts.ImportFolder))
		}
		return Run{}, format.Say("looking for {{.File}}: {{.Why}}", "File", path, "Why", err)
	}
	options, err := r.readOptions(ctx, req.ReadOptions)
	if err != nil {
		return Run{}, err
	}
	run := r.newRun(req.RequestedBy, req.InputFile, r.set.PipelineID)
	p := plan{
		run: run,
		params: map[string]any{
			"input_file": req.InputFile, "run_id": run.ID.String(), "requested_by": req.RequestedBy,
			"total_visitors": r.set.TotalVisitors, "converting_visitors": r.set.ConvertingVisitors,
		},
		events: []Event{noteEvent(run.ID, Log, evInput, note{
			Ev: evInput, SHA256: strings.ToLower(req.SHA256), Size: &file.Size,
			Text: stored(tell("input", "File", path, "Size", format.Size(file.Size))),
		})},
	}
	if req.SHA256 != "" { // what was looked at is what runs; a pipeline that does not know the parameter ignores it (docs/fabric.md §2.1)
		p.params[contract.InputHashParameter] = strings.ToLower(req.SHA256)
	}
	if options != "" {
		p.params[contract.ReadOptionsParameter] = options
		p.events = append(p.events, noteEvent(run.ID, Log, evReadOptions, note{
			Ev: evReadOptions, ReadOptions: json.RawMessage(options), Text: stored(tell("read_as", "How", HowRead(*req.ReadOptions))),
		}))
	}
	return r.launch(ctx, p)
}

// Restore starts a run that promotes an older run's outputs to current/ (docs/run-protocol.md §3 step 9). Outcomes as Submit.
func (r *Runs) Restore(ctx context.Context, source uuid.UUID, requestedBy string) (Run, error) {
	if r.set.RestorePipelineID == "" {
		return Run{}, refusal(nil, nil, format.Say("the restore pipeline is not configured: set restore_pipeline_id under [fabric] in portal.toml"))
	}
	from, err := r.run(ctx, source)
	if err != nil {
		return Run{}, err
	}
	switch {
	case !strings.EqualFold(from.WorkspaceID, r.set.WorkspaceID):
		return Run{}, refusal(nil, nil, format.Say("run {{.Run}} is of another workspace than this computer is set up for: its outputs are not in this lakehouse", "Run", ShortID(source)))
	case r.isRestore(from):
		return Run{}, refusal(nil, nil, format.Say("run {{.Run}} is itself a restore and has no outputs of its own: restore the run it promoted", "Run", ShortID(source)))
	case !from.Published():
		return Run{}, refusal(nil, nil, format.Say("run {{.Run}} is {{.State}}: only a run that succeeded can be restored", "Run", ShortID(source), "State", from.Status.word()))
	}
	run := r.newRun(requestedBy, from.InputFile, r.set.RestorePipelineID)
	return r.launch(ctx, plan{
		run: run,
		params: map[string]any{
			"source_run_id": source.String(), "run_id": run.ID.String(), "requested_by": requestedBy, "input_file": from.InputFile,
		},
		events: []Event{noteEvent(run.ID, Log, evRestore, note{
			Ev: evRestore, SourceRunID: source.String(),
			Text: stored(tell("restoring", "Run", ShortID(source), "File", from.InputFile)),
		})},
	})
}

func (r *Runs) newRun(by, inputFile, itemID string) Run {
	return Run{
		ID: uuid.Must(uuid.NewV7()), TriggeredBy: by, InputFile: inputFile, WorkspaceID: r.set.WorkspaceID,
		PipelineItemID: itemID, AppVersion: r.set.AppVersion, Status: Submitted,
	}
}

// launch takes the lock, records the intent, sends the one request and saves what Fabric answered.
func (r *Runs) launch(ctx context.Context, p plan) (Run, error) {
	run := p.run
	if err := r.outbox.Ready(); err != nil {
		return Run{}, err
	}
	if err := r.ready(ctx, run.PipelineItemID); err != nil {
		return Run{}, err
	}
	created := Event{ID: DerivedID(run.ID, "->SUBMITTED"), RunID: run.ID, Type: StatusChange,
		Message: Change{To: Submitted, Reason: stored(tell("asked", "Who", run.TriggeredBy, "Me", r.me()))}.Message()}
	err := r.within(ctx, func(ctx context.Context) error {
		return r.db.Create(ctx, Creation{Run: run, LockedBy: r.set.Owner.String(), Events: append([]Event{created}, p.events...)})
	})
	if err != nil {
		return Run{}, err
	}
	if err := r.at("after_acquire_commit"); err != nil {
		return run, err
	}

	sendBy := wall(r.clock.Now()).Add(r.timing.Send)
	intent := noteEvent(run.ID, Log, "intent 1", note{
		Ev: evIntent, SendBy: sendBy.UTC().Format(time.RFC3339Nano), Attempt: 1,
		Text: stored(tell("sending", "Me", r.me())),
	})
	if err := r.within(ctx, func(ctx context.Context) error { return r.db.Intend(ctx, run.ID, intent) }); err != nil {
		if _, ok := errors.AsType[*LostError](err); ok {
			return run, err
		}
		// Whether the intent was committed is not known, but nothing was sent, and nobody else sends for this run.
		return r.refuse(ctx, run, tell("not_confirmed"), err)
	}
	if err := r.at("after_intent"); err != nil {
		return run, err
	}
	if wall(r.clock.Now()).After(sendBy) {
		return r.refuse(ctx, run, tell("too_slow"),
			&pipelines.NotSentError{TooLate: true})
	}
	return r.send(ctx, run, pipelines.StartRequest{ItemID: run.PipelineItemID, Parameters: p.params, SendBy: sendBy})
}

// ready asks Fabric before the lock is taken (docs/run-protocol.md §3 step 0): signing in may take long or fail, and what a start
// would be refused for is to cost nobody the lock. That no role is seen is no refusal, as an item may be shared without one.
func (r *Runs) ready(ctx context.Context, itemID string) error {
	err := r.within(ctx, r.fabric.PrepareToken)
	if err == nil {
		err = r.within(ctx, func(ctx context.Context) error { _, err := r.fabric.Ready(ctx, itemID); return err })
	}
	switch {
	case err == nil || ctx.Err() != nil:
		return err
	case pipelines.MeaningOf(err) == pipelines.Lost:
		return refusal(nil, err, format.Say("nothing was started and the lock was not taken: {{.Why}}: check the network and try again", "Why", err))
	case pipelines.MeaningOf(err) == pipelines.Passing:
		return refusal(nil, err, format.Say("nothing was started and the lock was not taken, as Fabric answers: {{.Why}}", "Why", err))
	}
	return refusal(nil, err, format.Say("Fabric would refuse the run (the lock was not taken): {{.Why}}", "Why", err))
}

// send is steps 3 and 4.
func (r *Runs) send(ctx context.Context, run Run, req pipelines.StartRequest) (Run, error) {
	post, cancel := context.WithTimeout(ctx, r.timing.Send+r.timing.Answer)
	defer cancel()
	started, err := r.fabric.Start(post, req)
	if err != nil {
		return r.notStarted(ctx, run, err)
	}
	if err := r.at("after_202"); err != nil {
		return run, err
	}
	run.JobID, run.JobURL = started.JobID, started.JobURL
	r.mu.Lock()
	r.polled = run.ID // whoever started it is the first to ask about it
	r.mu.Unlock()
	r.waitFor(run.ID, started.RetryAfter)
	// A full disk must not lose the job: the database is tried all the same, and others find the job by its marker.
	kept := r.outbox.Put(outbox.Entry{RunID: run.ID, JobID: started.JobID, JobURL: started.JobURL, SavedAt: r.clock.Now()})
	if err := r.at("after_outbox"); err != nil {
		return run, err
	}
	// The job exists now: saving it must not be given up because a window was closed.
	saveCtx := context.WithoutCancel(ctx)
	reason := stored(tell("accepted", "Me", r.me(), "Job", started.JobID))
	if err := r.save(saveCtx, Link{RunID: run.ID, JobID: started.JobID, JobURL: started.JobURL, Reason: reason}, run); err != nil {
		if _, ok := errors.AsType[*LateError](err); ok {
			return run, err
		}
		// In the outbox, so that the next pass repeats it; else another desktop adopts the job. Not a failure of the run.
		run.JobID, run.JobURL = "", ""
		if kept != nil {
			return run, format.Say("the run was started, but its job could not be written down ({{.Kept}}) and the database did not answer: {{.Why}}", "Kept", kept, "Why", err)
		}
		return run, nil
	}
	if now, err := r.run(saveCtx, run.ID); err == nil {
		run = now
	}
	return run, nil
}

// notStarted decides what an error of the start request means.
func (r *Runs) notStarted(ctx context.Context, run Run, err error) (Run, error) {
	var refused *pipelines.RefusedError
	var denied *pipelines.UnauthorizedError
	var notSent *pipelines.NotSentError
	switch {
	case errors.As(err, &refused):
		return r.refuse(ctx, run, tell("fabric_refused", "Why", why(refused.Trouble, refused.Sentence, refused.Message, refused.Code)), err)
	case errors.As(err, &denied):
		return r.refuse(ctx, run, tell("fabric_refused", "Why", why(denied.Trouble, denied.Sentence, denied.Code)), err)
	case errors.As(err, &notSent):
		return r.refuse(ctx, run, tell("nothing_started", "Why", notSent), err)
	}
	// In doubt: the run stays SUBMITTED and keeps the lock until there is evidence (step 6).
	n := note{Ev: evLost, Text: stored(tell("answer_lost", "Me", r.me(), "Why", err))}
	if pipelines.MeaningOf(err) != pipelines.Lost {
		n = note{Ev: evAnswered, Text: stored(tell("no_job_named", "Me", r.me(), "Why", err))}
	}
	_ = r.addEvent(context.WithoutCancel(ctx), noteEvent(run.ID, Warning, "in doubt", n))
	return run, nil
}

// refuse ends a run of which it is certain that nothing was started.
func (r *Runs) refuse(ctx context.Context, run Run, said *format.Said, cause error) (Run, error) {
	sentence := Clean(said.Error(), MaxError)
	ctx = context.WithoutCancel(ctx) // the lock must not stay because a window was closed
	err := r.within(ctx, func(ctx context.Context) error {
		_, err := r.db.End(ctx, Ending{
			RunID: run.ID, To: Failed, Guard: WithoutJob, ErrorMessage: failure(said), Reason: stored(tell("said_by", "Sentence", said, "Me", r.me())),
		})
		return err
	})
	if err != nil {
		// Any desktop's next passes close it: by the missing intent, or because Fabric shows no job.
		return run, &RefusedError{Run: &run, Sentence: sentence + "; the run is closed as soon as the database answers",
			Said: format.Say("{{.Sentence}}; the run is closed as soon as the database answers", "Sentence", said), Err: errors.Join(cause, err)}
	}
	if now, err := r.run(ctx, run.ID); err == nil {
		run = now
	}
	return run, &RefusedError{Run: &run, Sentence: sentence, Said: said, Err: cause}
}

// save is step 4: it records the run's job; a job that came too late is cancelled and named in an ERROR event. The note
// in the outbox stays until all of that is done.
func (r *Runs) save(ctx context.Context, l Link, run Run) error {
	err := r.within(ctx, func(ctx context.Context) error { return r.db.LinkJob(ctx, l) })
	if late, ok := errors.AsType[*LateError](err); ok {
		done, cerr := r.compensate(ctx, l, run, late)
		if cerr != nil {
			return cerr
		}
		if done {
			cerr = r.outbox.Remove(l.RunID)
		}
		return errors.Join(err, cerr)
	}
	if err != nil {
		return err
	}
	if err := r.at("after_save"); err != nil {
		return err
	}
	return r.outbox.Remove(l.RunID)
}

// compensate names a job that was accepted too late, and asks Fabric to cancel it; false while Fabric could not be
// asked. The error is the database's.
func (r *Runs) compensate(ctx context.Context, l Link, run Run, late *LateError) (done bool, err error) {
	item, ours := r.item(run)
	code := "late"
	if !ours {
		code = "late_foreign"
	}
	err = r.addEvent(ctx, onceEvent(l.RunID, ErrorEvent, "late "+l.JobID, tell(code, "Job", l.JobID, "State", string(late.Status), "Me", r.me())))
	if err != nil || !ours {
		return err == nil, err
	}
	if !r.mayCancelLate() {
		return false, nil
	}
	err = r.within(ctx, func(ctx context.Context) error { return r.fabric.Cancel(ctx, item, l.JobID) })
	var ended *pipelines.AlreadyEndedError
	var gone *pipelines.NotFoundError
	var service *pipelines.ServiceError
	if err == nil || errors.As(err, &ended) || errors.As(err, &gone) || (errors.As(err, &service) && service.Final()) {
		return true, nil
	}
	r.mu.Lock()
	r.lateAfter = r.clock.Now().Add(r.timing.Access)
	r.mu.Unlock()
	return false, nil
}

func (r *Runs) mayCancelLate() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.clock.Now().Before(r.lateAfter)
}

// within gives a question to the outside its deadline.
func (r *Runs) within(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, r.timing.Call)
	defer cancel()
	return ask(ctx)
}

func (r *Runs) run(ctx context.Context, id uuid.UUID) (run Run, err error) {
	err = r.within(ctx, func(ctx context.Context) error { run, err = r.db.Run(ctx, id); return err })
	return run, err
}

func (r *Runs) stat(ctx context.Context, path string) (f artifacts.File, err error) {
	err = r.within(ctx, func(ctx context.Context) error { f, err = r.files.Stat(ctx, path); return err })
	return f, err
}

func (r *Runs) addEvent(ctx context.Context, e Event) error {
	return r.within(ctx, func(ctx context.Context) error { _, err := r.db.AddEvent(ctx, e); return err })
}

// maxRetryAfter bounds what Fabric may ask for: a run must not go unwatched.
const maxRetryAfter = 5 * time.Minute

// waitFor keeps this desktop from asking Fabric about a run before Fabric wants to be asked.
func (r *Runs) waitFor(run uuid.UUID, d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.notUntil) // one run is active at a time
	if d > 0 {
		r.notUntil[run] = r.clock.Now().Add(min(d, maxRetryAfter))
	}
}
