package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"fabricportal/contract"
	"fabricportal/internal/services/desktop/waitingrun"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

// Decider is what a person decides where the evidence does not.
type Decider interface {
	Examine(ctx context.Context, run uuid.UUID) (runs.Doubt, error)
	Adopt(ctx context.Context, run uuid.UUID, jobID string) error
	Dismiss(ctx context.Context, run uuid.UUID, jobIDs []string, why string) error
	Unlock(ctx context.Context, run uuid.UUID, confirm, why string) error
}

// candidateJSON is one job in “examine --json”.
type candidateJSON struct {
	JobID     string  `json:"job_id"`
	Status    string  `json:"status"`
	StartedAt *string `json:"started_at"`
	Matched   bool    `json:"carries_run_id"`
	Dismissed bool    `json:"dismissed"`
}

func (p Program) examineCommand(opts *options) *cobra.Command {
	return &cobra.Command{
		Use:   "examine RUN_ID",
		Short: "Ask Fabric about a run that is stuck, and say what can be decided about it",
		Args:  exactly("RUN_ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withRun(cmd, opts, args, func(services Portal, id uuid.UUID) error {
				found, err := p.look(cmd.Context(), services)
				if err != nil {
					return err
				}
				d := runs.Doubt{Sentence: "the run has ended just now: nothing needs to be decided"}
				if found.Run != id || found.Held() {
					if d, err = services.Examine(cmd.Context(), id); err != nil {
						return err
					}
				}
				out := struct {
					RunID      string          `json:"run_id"`
					Sentence   string          `json:"sentence"`
					Job        *string         `json:"fabric_says"`
					CanUnlock  bool            `json:"can_unlock"`
					Candidates []candidateJSON `json:"candidates"`
				}{id.String(), d.Sentence, known(d.Live), d.CanClose, []candidateJSON{}}
				var rows [][]string
				for _, c := range d.Candidates {
					j := candidateJSON{JobID: c.Job.ID, Status: string(c.Job.Status), Matched: c.Matched, Dismissed: c.Dismissed}
					if c.Job.Start != nil {
						j.StartedAt = known(c.Job.Start.UTC().Format(time.RFC3339))
					}
					out.Candidates = append(out.Candidates, j)
					rows = append(rows, []string{c.Job.ID, string(c.Job.Status), when(c.Job.Start), note(c)})
				}
				p.say("%s", d.Sentence)
				return p.show(opts, out, []string{"JOB", "STATE", "STARTED", "NOTE"}, rows)
			})
		},
	}
}

// note says what is known of a candidate besides.
func note(c runs.Candidate) string {
	switch {
	case c.Matched:
		return "carries the run's id"
	case c.Dismissed:
		return "dismissed"
	}
	return ""
}

func (p Program) adoptCommand(opts *options) *cobra.Command {
	return &cobra.Command{
		Use:   "adopt RUN_ID JOB_ID",
		Short: "Say which job in Fabric is a run's whose answer was lost (“examine” lists them)",
		Args:  exactly("RUN_ID", "JOB_ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withRun(cmd, opts, args, func(services Portal, id uuid.UUID) error {
				return p.decidedOn(opts, id, services.Adopt(cmd.Context(), id, args[1]), "job %s is now run %s's", args[1], id)
			})
		},
	}
}

func (p Program) dismissCommand(opts *options) *cobra.Command {
	var why string
	cmd := &cobra.Command{
		Use:   "dismiss RUN_ID JOB_ID",
		Short: "Say that a job in Fabric is not a run's whose answer was lost",
		Args:  exactly("RUN_ID", "JOB_ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withRun(cmd, opts, args, func(services Portal, id uuid.UUID) error {
				return p.decidedOn(opts, id, services.Dismiss(cmd.Context(), id, args[1:], why), "job %s is not run %s's any more", args[1], id)
			})
		},
	}
	cmd.Flags().StringVar(&why, "why", "", "the reason, which is recorded with your name")
	return cmd
}

func (p Program) unlockCommand(opts *options) *cobra.Command {
	var why, confirm string
	cmd := &cobra.Command{
		Use:   "unlock RUN_ID",
		Short: "Close a run that nothing can decide any more, and release the lock: the last resort",
		Long: "Close a run that nothing can decide any more, and release the lock: the last resort. It is refused while Fabric says that the\n" +
			"run's job is running (cancel it instead), and while Fabric can't be asked. --confirm takes the first thirteen characters of\n" +
			"the run's id; who did it and why is recorded.",
		Args: exactly("RUN_ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withPortal(cmd, opts, func(services Portal) error {
				id, err := services.FindRun(cmd.Context(), args[0])
				if _, ok := errors.AsType[*runs.UnknownRunError](err); ok { // a lock may name a run that the database does not have
					id, err = uuid.Parse(args[0])
				}
				if err != nil {
					return err
				}
				if _, err := p.look(cmd.Context(), services); err != nil {
					return err
				}
				return p.decidedOn(opts, id, services.Unlock(cmd.Context(), id, confirm, why), "run %s is closed and the lock is free", id)
			})
		},
	}
	cmd.Flags().StringVar(&why, "why", "", "the reason, which is recorded with your name")
	cmd.Flags().StringVar(&confirm, "confirm", "", "the first thirteen characters of the run's id")
	return cmd
}

func (p Program) decidedOn(opts *options, run uuid.UUID, err error, format string, a ...any) error {
	if err != nil {
		return err
	}
	p.say(format, a...)
	if opts.json {
		return p.printJSON(map[string]any{"run_id": run.String(), "done": true})
	}
	return nil
}

// runWhenFree tries again whenever the lock is released, until the run was started or something else is in the way.
func (p Program) runWhenFree(ctx context.Context, services Portal, inputFile string, how *contract.ReadOptions) (runs.Run, error) {
	var waitsFor uuid.UUID
	file, err := services.InputFile(ctx, inputFile)
	if err != nil {
		return runs.Run{}, err
	}
	for {
		run, err := services.Run(ctx, inputFile, how)
		var busy *locking.BusyError
		if !errors.As(err, &busy) {
			return run, err
		}
		if busy.Card.RunID != waitsFor {
			waitsFor = busy.Card.RunID
			p.say("waiting: %s", strings.TrimSpace(busy.Error()))
		}
		if _, err := services.Follow(ctx, waitsFor, func(runs.State) {}); err != nil {
			if ctx.Err() != nil {
				return runs.Run{}, errors.New("stopped waiting; nothing was started")
			}
			return runs.Run{}, err
		}
		switch now, err := services.InputFile(ctx, inputFile); {
		case err != nil:
			return runs.Run{}, err
		case !waitingrun.Same(now, file):
			return runs.Run{}, &waitingrun.ChangedError{InputFile: inputFile}
		}
	}
}
