package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"fabricportal/internal/format"
	"fabricportal/internal/services/runs"
)

// Watcher looks after the runs without a window.
type Watcher interface {
	// Look brings the runs as far as it can within 10 s, and says what it found, "" for nothing.
	Look(ctx context.Context) (runs.Outcome, string, error)
	// Watch does it until ctx ends, and calls seen after each pass, on one goroutine.
	Watch(ctx context.Context, seen func(runs.Outcome, error))
}

// look is what each command does first that shows the state of a run or needs it. What keeps it from being done does not keep the
// command from its work, but for the database's silence, without which there is none.
func (p Program) look(ctx context.Context, services Portal) (runs.Outcome, error) {
	out, said, err := services.Look(ctx)
	if said != "" {
		p.say("%s", said)
	}
	switch {
	case err == nil:
	case ctx.Err() != nil, runs.Unreachable(err):
		return out, err
	default:
		p.say("the runs could not be looked after, so what is shown may be older: %v", err)
	}
	return out, nil
}

func (p Program) watchCommand(opts *options) *cobra.Command {
	var once bool
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Look after the runs as an open window does, for a server or a task scheduler",
		Long: "Look after the runs as an open window does: ask Fabric about the active run, record its end, release the lock. Several may do it\n" +
			"at once. A line is printed for each change; Ctrl-C or SIGTERM ends it orderly, with exit code 0.\n" +
			"With --once it looks one time, for at most 10 s. Exit code 0: there was nothing to do, or it is done; 1: the database or Fabric could\n" +
			"not be asked, so that the next look has to do it; 4: a run needs a person (“examine” says what can be decided).",
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withPortal(cmd, opts, func(services Portal) error {
				if once {
					return p.watchOnce(cmd.Context(), services, opts)
				}
				return p.watch(cmd.Context(), services, opts)
			})
		},
	}
	cmd.Flags().BoolVar(&once, "once", false, "look one time, and say by the exit code what came of it")
	return cmd
}

// watchJSON is what “watch --json” prints of a look, each on a line of its own.
type watchJSON struct {
	Time      string  `json:"time"`
	RunID     *string `json:"run_id"` // of the run that holds the lock, or held it before
	Status    *string `json:"status"`
	InputFile *string `json:"input_file"`
	LockHeld  *bool   `json:"lock_held"` // null where the database could not be asked
	Action    string  `json:"action"`
	Sentence  *string `json:"sentence"`
	Error     *string `json:"error"` // why the database or Fabric could not be asked
}

func toWatchJSON(out runs.Outcome, said string, err error) watchJSON {
	held := out.Held()
	doc := watchJSON{
		Time: time.Now().UTC().Format(time.RFC3339), Status: known(string(out.Status)), InputFile: known(out.InputFile), LockHeld: &held,
		Action: string(out.Action), Sentence: known(said),
	}
	if out.Run != uuid.Nil {
		doc.RunID = known(out.Run.String())
	}
	if doc.Action == "" {
		doc.Action = "nothing"
	}
	switch {
	case err != nil:
		doc.Error, doc.LockHeld = known(err.Error()), nil
	case out.FabricErr != nil:
		doc.Error = known(out.FabricErr.Error())
	}
	return doc
}

func (p Program) watchOnce(ctx context.Context, services Portal, opts *options) error {
	out, said, err := services.Look(ctx)
	switch {
	case opts.json:
		if err := p.printLineJSON(toWatchJSON(out, said, err)); err != nil {
			return err
		}
	case said != "":
		p.print("%s", said)
	}
	switch {
	case err != nil:
		return err
	case out.FabricErr != nil:
		return fmt.Errorf("the active run could not be looked after: %w", out.FabricErr)
	case out.Unfinished:
		return errors.New("looking after the runs was not finished in time: the next look goes on with it")
	case !out.Held():
		return nil
	}
	needed := out.Action == runs.Undecided
	if !needed {
		state, err := services.State(ctx, out.Run)
		if err != nil {
			return err
		}
		needed = state.Phase.Kind == runs.PhaseNeedsYou
	}
	if needed {
		return &failure{ExitUndecided, fmt.Errorf("run %s needs a person: “examine %s” says what can be decided", runs.ShortID(out.Run), out.Run)}
	}
	return nil
}

// watch prints each change until it is told to end, which is no failure.
func (p Program) watch(ctx context.Context, services Portal, opts *options) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	p.say("watching; Ctrl-C ends it")
	var heard news
	var broken error // the reader of our lines is gone; written on the one goroutine that Watch waits for
	services.Watch(ctx, func(out runs.Outcome, err error) {
		said := heard.of(out, err)
		if said == "" || broken != nil {
			return
		}
		if opts.json {
			broken = p.printLineJSON(toWatchJSON(out, said, err))
		} else {
			broken = p.printNow("%s  %s", time.Now().Format(time.DateTime), said)
		}
		if broken != nil {
			stop()
		}
	})
	if broken != nil {
		return broken
	}
	p.say("stopped watching; runs in Fabric go on, and the next look brings them here")
	return nil
}

// news keeps what was told, so that each change is told once.
type news struct {
	told             string
	database, fabric bool // did not answer the last time
}

// of is what there is to tell of a pass; "" for nothing new.
func (n *news) of(out runs.Outcome, err error) string {
	if err != nil {
		if n.database {
			return ""
		}
		n.database = true
		return format.Sentence(fmt.Errorf("the runs can't be looked after: %w", err))
	}
	var said string
	if n.database {
		n.database, said = false, "The runs are looked after again."
	}
	switch {
	case out.FabricErr != nil && n.fabric:
		return said
	case out.FabricErr != nil:
		n.fabric = true
	case out.AskedFabric && n.fabric:
		n.fabric, said = false, format.Sentences(said, "Fabric answers again.")
	}
	if now := out.Sentence(); now != "" && now != n.told {
		n.told, said = now, format.Sentences(said, now)
	}
	return said
}
