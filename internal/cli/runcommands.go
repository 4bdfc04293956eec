package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/runs"
)

func (p Program) runCommand(opts *options) *cobra.Command {
	var follow, whenFree, unseen, stop bool
	var read readFlags
	cmd := &cobra.Command{
		Use:   "run INPUT_FILE",
		Short: "Run the pipeline on a file in Files/import",
		Long: "Fetches the file to find out how it is read, and runs the pipeline on it. What was decided before for files with the same headers holds for it, too.\n" +
			"Exit code 4, and no run, when a person has to decide how the file is read; --unseen leaves finding that out to the notebook.\n" +
			"What the run will change of what is published is said before it is started. With --stop-at-large-change no run is started, exit code 4,\n" +
			"when it would leave out days, or money or orders by a fifth, or multiply them.",
		Args: exactly("INPUT_FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			given, err := read.options()
			if err != nil {
				return err
			}
			if unseen && stop {
				return usage(errors.New("what changes is not known of an --unseen file: leave out one of --unseen and --stop-at-large-change"))
			}
			return p.withPortal(cmd, opts, func(services Portal) error {
				if _, err := p.look(cmd.Context(), services); err != nil {
					return err
				}
				how := given.ForRun(nil)
				if !unseen {
					if how, err = p.lookInput(cmd.Context(), services, args[0], given, stop); err != nil {
						return err
					}
				}
				start := services.Run
				if whenFree {
					start = func(ctx context.Context, file string, how *contract.ReadOptions) (runs.Run, error) {
						return p.runWhenFree(ctx, services, file, how)
					}
				}
				run, err := start(cmd.Context(), args[0], how)
				return p.started(cmd.Context(), services, opts, follow, run, err, nil)
			})
		},
	}
	cmd.Flags().BoolVar(&stop, "stop-at-large-change", false, "start no run that would change much of what is published; exit code 4")
	cmd.Flags().BoolVar(&unseen, "unseen", false, "do not fetch the file to look at it first")
	read.add(cmd)
	cmd.Flags().BoolVar(&follow, "follow", false, "wait until the run has ended; exit code 1 if it failed")
	cmd.Flags().BoolVar(&whenFree, "when-free", false, "while another run holds the lock, wait for it here instead of ending with code 3")
	return cmd
}

// lookInput says how a file in the lakehouse is read, what it will change, and what a run has to be told of it; an *UndecidedError where a
// person has to decide.
func (p Program) lookInput(ctx context.Context, services Portal, name string, given contract.ReadOptions, stop bool) (*contract.ReadOptions, error) {
	tell := p.reading("looking at " + name)
	found, as, err := services.LookInput(ctx, name, analysis.Options{Read: given, Progress: func(r analysis.Progress) { tell(r.Rows, r.Bytes, r.Total) }})
	if folder, ok := errors.AsType[*artifacts.FolderError](err); ok {
		if stop {
			return nil, fmt.Errorf("%w: what it will change is not known before, so leave out --stop-at-large-change", folder)
		}
		p.say("%s", format.Sentence(folder))
		return given.ForRun(nil), nil
	}
	if err != nil {
		return nil, err
	}
	if r := as.Record; r != nil {
		p.say("read as %s decided on %s for files with these headers: %s", r.By, r.At.Local().Format(time.DateOnly), runs.HowRead(r.Options))
	}
	if err := p.told(name, found, false); err != nil {
		return nil, err
	}
	if failed := failedChecks(found.Profile); len(failed) > 0 {
		p.say("this run will fail and publish nothing: %s", strings.Join(failed, " "))
	}
	return as.Given.ForRun(found.Reading), p.tellReplaced(ctx, services, found, stop)
}

// failedChecks is what the checks say for which the notebook refuses a file.
func failedChecks(p *contract.ImportProfile) []string {
	if p == nil {
		return nil
	}
	var out []string
	for _, c := range p.Validation.Checks {
		if !c.Passed && c.Severity == "error" {
			out = append(out, c.Message)
		}
	}
	return out
}

func (p Program) restoreCommand(opts *options) *cobra.Command {
	var follow bool
	cmd := &cobra.Command{
		Use:   "restore RUN_ID",
		Short: "Promote an older run's outputs to current/",
		Args:  exactly("RUN_ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withRun(cmd, opts, args, func(services Portal, source uuid.UUID) error {
				if _, err := p.look(cmd.Context(), services); err != nil {
					return err
				}
				run, err := services.Restore(cmd.Context(), source)
				return p.started(cmd.Context(), services, opts, follow, run, err, &source)
			})
		},
	}
	cmd.Flags().BoolVar(&follow, "follow", false, "wait until the restore has ended; exit code 1 if it failed")
	return cmd
}

// started reports a run that was just submitted, and follows it when asked.
func (p Program) started(ctx context.Context, services Portal, opts *options, follow bool, run runs.Run, err error, source *uuid.UUID) error {
	if err != nil {
		return err
	}
	p.say("run %s: %s", run.ID, run.Status)
	if follow {
		if run, err = p.follow(ctx, services, run.ID); err != nil {
			return err
		}
	}
	if opts.json {
		out := toRunJSON(run)
		if source != nil {
			out.SourceRunID = known(source.String())
		}
		if err := p.printJSON(out); err != nil {
			return err
		}
	} else {
		p.printValue(run.ID.String())
	}
	return ended(run)
}

// ended is an error for a run that failed.
func ended(run runs.Run) error {
	if run.Status != runs.Failed {
		return nil
	}
	if run.ErrorMessage == "" {
		return fmt.Errorf("run %s failed", run.ID)
	}
	return fmt.Errorf("run %s failed: %s", run.ID, run.ErrorMessage)
}

func (p Program) follow(ctx context.Context, services Portal, id uuid.UUID) (runs.Run, error) {
	shown := map[uuid.UUID]bool{}
	run, err := services.Follow(ctx, id, func(s runs.State) {
		now := map[uuid.UUID]bool{}
		for _, e := range s.Events.Rows {
			now[e.ID] = true
			if !shown[e.ID] {
				p.say("%s  %-13s %s", e.Time.Local().Format(time.TimeOnly), e.Type, runs.HumanMessage(e))
			}
		}
		if more := notShown(s.Events.Hidden); len(shown) == 0 && more != "" {
			p.say("%s", more)
		}
		shown = now
	})
	if err != nil && errors.Is(err, context.Canceled) {
		return run, fmt.Errorf("stopped watching; run %s goes on: “status %s --follow” watches it again", id, id)
	}
	return run, err
}

func (p Program) statusCommand(opts *options) *cobra.Command {
	var follow bool
	cmd := &cobra.Command{
		Use:   "status [RUN_ID]",
		Short: "Show the active run, or the last one, or the given one, with its events",
		Args:  between(0, "RUN_ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withPortal(cmd, opts, func(services Portal) error { return p.status(cmd.Context(), services, opts, follow, args) })
		},
	}
	cmd.Flags().BoolVar(&follow, "follow", false, "wait until the run has ended; exit code 1 if it failed")
	return cmd
}

func (p Program) status(ctx context.Context, services Portal, opts *options, follow bool, args []string) error {
	if _, err := p.look(ctx, services); err != nil {
		return err
	}
	id := uuid.Nil
	if len(args) == 1 {
		var err error
		if id, err = services.FindRun(ctx, args[0]); err != nil {
			return err
		}
	}
	state, err := services.State(ctx, id)
	if err != nil {
		return err
	}
	if follow && !state.Run.Status.Terminal() {
		if _, err := p.follow(ctx, services, state.Run.ID); err != nil {
			return err
		}
		if state, err = services.State(ctx, state.Run.ID); err != nil {
			return err
		}
	}
	if opts.json {
		if err := p.printJSON(toStateJSON(state)); err != nil {
			return err
		}
	} else if err := p.printState(state); err != nil {
		return err
	}
	if follow {
		return ended(state.Run)
	}
	return nil
}

func (p Program) printState(s runs.State) error {
	r := s.Run
	rows := [][]string{
		{"State", string(r.Status)}, {"File", r.InputFile}, {"By", r.TriggeredBy}, {"Submitted", when(&r.CreatedAt)},
		{"Started", when(r.StartedAt)}, {"Ended", when(r.FinishedAt)}, {"Fabric job", r.JobURL},
	}
	if r.ErrorMessage != "" {
		rows = append(rows, []string{"Error", r.ErrorMessage})
	}
	if s.Phase.Sentence != "" {
		rows = append(rows, []string{"Now", s.Phase.Sentence})
	}
	for _, n := range runs.NotesOf(s.Events.Rows) {
		rows = append(rows, []string{"Note", when(&n.Time) + " " + n.By + ": " + n.Text})
	}
	if more := notShown(s.Events.Hidden); more != "" {
		rows = append(rows, []string{"", more})
	}
	for _, e := range s.Events.Rows {
		if _, ok := runs.NoteOf(e); ok {
			continue // stands above
		}
		rows = append(rows, []string{when(&e.Time), string(e.Type) + ": " + runs.HumanMessage(e)})
	}
	return p.table([]string{"Run", r.ID.String()}, rows)
}

// notShown says that a run has older events than those that are read; "" where it has not.
func notShown(hidden int) string {
	if hidden == 0 {
		return ""
	}
	return format.N(int64(hidden), "{{.N}} older event is not shown.", "{{.N}} older events are not shown.")
}

func (p Program) runsCommand(opts *options) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:   "runs",
		Short: "List past runs, latest first",
		Args:  exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withPortal(cmd, opts, func(services Portal) error {
				if _, err := p.look(cmd.Context(), services); err != nil {
					return err
				}
				list, err := services.Runs(cmd.Context(), limit)
				if err != nil {
					return err
				}
				beside, err := services.Beside(cmd.Context(), list)
				if err != nil {
					return err
				}
				out := struct {
					Runs []runJSON `json:"runs"`
				}{[]runJSON{}}
				var rows [][]string
				for _, r := range list {
					j, notes := toRunJSON(r), beside.Notes[r.ID]
					j.Notes, j.NotesHidden = toNotesJSON(notes.Rows), notes.Hidden
					if source, ok := beside.Sources[r.ID]; ok {
						j.SourceRunID = known(source.String())
					}
					out.Runs = append(out.Runs, j)
					rows = append(rows, []string{r.ID.String(), when(&r.CreatedAt), string(r.Status), lasted(r), r.TriggeredBy, r.InputFile, firstWords(notes)})
				}
				return p.show(opts, out, []string{"RUN", "SUBMITTED", "STATE", "LASTED", "BY", "FILE", "NOTE"}, rows)
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 50, "number of runs at most")
	return cmd
}

func (p Program) cancelCommand(opts *options) *cobra.Command {
	return &cobra.Command{
		Use:   "cancel RUN_ID",
		Short: "Ask Fabric to cancel a run; its state changes when Fabric says so",
		Args:  exactly("RUN_ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withRun(cmd, opts, args, func(services Portal, id uuid.UUID) error {
				if _, err := p.look(cmd.Context(), services); err != nil {
					return err
				}
				if err := services.Cancel(cmd.Context(), id); err != nil {
					return err
				}
				p.say("Fabric was asked to cancel run %s; “status %s --follow” shows when it has", id, id)
				if opts.json {
					return p.printJSON(map[string]any{"run_id": id.String(), "cancel_requested": true})
				}
				return nil
			})
		},
	}
}
