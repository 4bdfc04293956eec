// Package cli is the program's subcommands: the same services as the window's, for scripts and operators. Data goes to
// standard output, everything said about the work to standard error. It needs no display.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/panics"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/desktop/logfile"
	"fabricportal/internal/services/desktop/shapes"
	"fabricportal/internal/services/doctor"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// The exit codes, which scripts rely on.
const (
	ExitDone      = 0
	ExitFailed    = 1
	ExitUsage     = 2
	ExitLocked    = 3 // the lock is held by someone else
	ExitUndecided = 4 // a person has to decide how the file is read, or about a run
)

// Portal is what the subcommands need of the services.
type Portal interface {
	Files(ctx context.Context) ([]artifacts.File, error)
	// Upload puts a file of this machine into Files/import; an unfinished upload of the same file goes on where it ended.
	Upload(ctx context.Context, path string, how imports.How, progress func(sent, total int64)) (artifacts.File, error)
	// Unfinished names the uploads of this machine that have not come to their end; Discard gives one up.
	Unfinished() ([]imports.Unfinished, error)
	Discard(ctx context.Context, of imports.Unfinished) error
	// LeftStaging names what uploads of anybody left that nobody has been at for a week; RemoveStaging removes such a file.
	LeftStaging(ctx context.Context) ([]artifacts.File, error)
	RemoveStaging(ctx context.Context, file artifacts.File) error
	// LookInput finds out how a file in Files/import is read, with what was decided for such files before beneath o.Read.
	LookInput(ctx context.Context, name string, o analysis.Options) (*analysis.Result, shapes.Recalled, error)
	// Run starts a run of a file that is read as how says; nil: by the rules as they stand.
	Run(ctx context.Context, inputFile string, how *contract.ReadOptions) (runs.Run, error)
	// RunPreview says what a run of a file with these figures would change of what is published.
	RunPreview(ctx context.Context, now *contract.KPIs, profile *contract.ImportProfile) (comparison.Replacement, error)
	Restore(ctx context.Context, source uuid.UUID) (runs.Run, error)
	Cancel(ctx context.Context, run uuid.UUID) error
	// Follow calls seen after each change until the run has ended.
	Follow(ctx context.Context, run uuid.UUID, seen func(runs.State)) (runs.Run, error)
	// State is the given run, or with uuid.Nil the active one, else the last; runs.ErrNoRun when there is none.
	State(ctx context.Context, run uuid.UUID) (runs.State, error)
	Runs(ctx context.Context, limit int) ([]runs.Run, error)
	// Beside is what is known of listed runs besides their rows.
	Beside(ctx context.Context, list []runs.Run) (runs.Beside, error)
	// Note writes a note on a run; draft is the note's id, so that one that is tried again is there once.
	Note(ctx context.Context, run, draft uuid.UUID, text string) (runs.Note, error)
	// FindRun reads a run id or the unambiguous beginning of one.
	FindRun(ctx context.Context, idOrPrefix string) (uuid.UUID, error)
	// KPIs is the snapshot of the given run, or with uuid.Nil of current/.
	KPIs(ctx context.Context, run uuid.UUID) (contract.KPIs, error)
	Artifacts(ctx context.Context, run uuid.UUID) (runs.Artifacts, error)
	// Download saves a file of the run's folder, or with uuid.Nil of current/.
	Download(ctx context.Context, run uuid.UUID, name, toPath string, replace bool, progress func(done, total int64)) (artifacts.Saved, error)
	// InputFile is a file of Files/import as it is now.
	InputFile(ctx context.Context, name string) (artifacts.File, error)
	// Evidence packs what is known of a run into a zip in a folder, and returns its path.
	Evidence(ctx context.Context, run uuid.UUID, dir string, writer format.Writer, progress func(done, total int64)) (string, error)
	Decider
	Watcher
	Differ
	Close()
}

// Local is the work on a file of this machine, which needs no configuration.
type Local interface {
	// Analyze finds out what is in a file.
	Analyze(ctx context.Context, path string, o analysis.Options) (*analysis.Result, error)
	// SaveOffending is Analyze that also writes the rows in which a rule does not hold into a workbook.
	SaveOffending(ctx context.Context, path, to string, o analysis.Options) (*analysis.Result, error)
}

// Secrets keeps secrets in the operating system's keyring.
type Secrets interface {
	SetSecret(ctx context.Context, configPath, name, value string) error
	DeleteSecrets(ctx context.Context, configPath string) error
}

// Program is what main hands to the subcommands.
type Program struct {
	Version string
	Open    func(ctx context.Context, configPath string) (Portal, error)
	Local   Local
	Secrets Secrets
	SignIn  SignIn
	// Funnel is the configured funnel figures, nil where there is no configuration or none are set.
	Funnel func(configPath string) (*contract.Funnel, error)
	Doctor func(ctx context.Context, configPath string, how doctor.Manner) []doctor.Check
	// Diagnostics is what helps somebody else to find a fault, without secrets and data.
	Diagnostics func(ctx context.Context, configPath string, checks bool) string
	// Trial makes a real run of a tiny file; with replace also where figures are published, which it puts back.
	Trial func(ctx context.Context, configPath string, replace bool, said func(string)) []doctor.Check
	// Deployer is for a workspace, "" for the configured one.
	Deployer func(ctx context.Context, configPath, workspaceID string) (Deployer, error)
	// Settings says of each setting what it is and who says so, and where the organisation's policy is; "" where there is none. Where a
	// setting is wrong, it says what there is all the same.
	Settings func(configPath string) ([]config.Setting, string, error)
	// Known tells the redactor the secrets of a configuration, as far as they are to be had.
	Known func(ctx context.Context, configPath string)
	// Window opens the window, and files in it, by their full paths; nil in a build without one.
	Window func(ctx context.Context, configPath string, files []string) error

	Journal  *logfile.Journal  // nil: nothing is logged
	Redactor *secrets.Redactor // nil: it knows no secrets, but what they look like
	Session  *secrets.Session  // holds the secrets that are asked for on the terminal; nil: none are

	In       io.Reader
	Out, Err io.Writer

	data io.Writer // standard output, for documents
}

// options are the flags that all subcommands take.
type options struct {
	config string
	json   bool
	level  string // of the log; "": as it is
}

// failure carries an exit code other than the one its error would have.
type failure struct {
	code int
	err  error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// Execute runs the program with the given arguments and returns its exit code.
func Execute(ctx context.Context, p Program, args []string) int {
	p, flush := p.guarded()
	if out, ok := p.Out.(*screen); ok && len(args) > 0 && args[0] == cobra.ShellCompRequestCmd {
		out.keepTabs()
	}
	root := p.rootCommand()
	root.SetArgs(args)
	cmd, err := p.executed(ctx, root)
	log := p.Journal.Logger().With("command", nameOf(cmd))
	if err != nil {
		fmt.Fprintln(p.Err, "portal-desktop: "+errorText(err))
	}
	if failed := flush(); err == nil && failed != nil {
		err = fmt.Errorf("writing to standard output: %w", failed)
	}
	if err != nil {
		log.Warn("failed", "code", exitCode(err), "error", err)
		return exitCode(err)
	}
	log.Info("done")
	return ExitDone
}

// executed runs a command. A fault of this program ends it with a sentence; its text, which may hold anything, is kept for
// “log --crash” and not printed.
func (p Program) executed(ctx context.Context, root *cobra.Command) (cmd *cobra.Command, err error) {
	defer func() {
		if fault := panics.Of(recover()); fault != nil {
			p.Journal.Crashed(fmt.Sprintf("panic: %v\n%s", fault.Value, fault.Stack))
			cmd, err = root, fmt.Errorf("%w; “portal-desktop log --crash” shows what to send", fault)
		}
	}()
	return root.ExecuteContextC(ctx)
}

// nameOf is how the log names what was asked for.
func nameOf(cmd *cobra.Command) string {
	if !cmd.HasParent() {
		return "window"
	}
	return strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
}

func exitCode(err error) int {
	if f, ok := errors.AsType[*failure](err); ok {
		return f.code
	}
	if _, ok := errors.AsType[*locking.BusyError](err); ok {
		return ExitLocked
	}
	return ExitFailed
}

func usage(err error) error { return &failure{ExitUsage, err} }

func (p Program) rootCommand() *cobra.Command {
	opts := &options{}
	root := &cobra.Command{
		Use:   "portal-desktop [FILE]",
		Short: "Check an Excel file, run the team's Fabric pipeline on it, see what came out",
		Long: "Without a subcommand the window opens, and FILE in it, a workbook or text file; where the window is open already, it comes forward.\n" +
			"With a subcommand, the same work is done without a window: data goes to standard output,\n" +
			"everything else to standard error.\n\nExit codes: 0 done; 1 failed; 2 wrong usage; 3 another run holds the lock; 4 a person has to\n" +
			"decide how the file is read (of “watch --once”: about a run; of “run --stop-at-large-change”: about what would be replaced).",
		Version:       p.Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			_, err := filesOf(args)
			return err
		},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if opts.level != "" {
				if err := p.Journal.SetLevel(opts.level); err != nil {
					return usage(fmt.Errorf("--log-level: %w", err))
				}
			}
			if _, person := p.terminal(); person && cmd.HasParent() && p.Session != nil { // the window asks by itself
				p.Session.Ask = p.askMissing
			}
			p.Journal.Logger().Info("began", "command", nameOf(cmd))
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if p.Window == nil {
				return usage(errors.New("this build has no window: use a subcommand (“portal-desktop --help” lists them), or the build with the window"))
			}
			files, err := filesOf(args)
			if err != nil {
				return err
			}
			return p.Window(cmd.Context(), opts.config, files)
		},
	}
	root.SetIn(p.In)
	root.SetOut(p.Out)
	root.SetErr(p.Err)
	root.PersistentFlags().StringVar(&opts.config, "config", "", "configuration `FILE` (default: PORTAL_CONFIG, else portal.toml in the user's configuration folder)")
	root.PersistentFlags().BoolVar(&opts.json, "json", false, "print data as JSON with stable field names")
	root.PersistentFlags().StringVar(&opts.level, "log-level", "", "what is logged: `LEVEL` error, warn, info, debug or off (default: PORTAL_LOG, else info)")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(
		p.profileCommand(opts), p.checkCommand(opts), p.cleanCommand(opts), p.filesCommand(opts), p.uploadCommand(opts), p.uploadsCommand(opts), p.runCommand(opts), p.statusCommand(opts),
		p.runsCommand(opts), p.kpisCommand(opts), p.artifactsCommand(opts), p.downloadCommand(opts), p.evidenceCommand(opts), p.changesCommand(opts), p.restoreCommand(opts), p.noteCommand(opts),
		p.cancelCommand(opts), p.examineCommand(opts), p.adoptCommand(opts), p.dismissCommand(opts), p.unlockCommand(opts), p.watchCommand(opts),
		p.doctorCommand(opts), p.settingsCommand(opts), p.deployCommand(opts), p.secretCommand(opts), p.logCommand(opts), p.diagnosticsCommand(opts),
	)
	root.AddCommand(p.signInCommands(opts)...)
	return root
}

// exactly is cobra.ExactArgs with a sentence that names the arguments.
func exactly(names ...string) cobra.PositionalArgs { return between(len(names), names...) }

// between accepts from min to len(names) arguments.
func between(min int, names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < min {
			return usage(fmt.Errorf("%s is missing: usage is “%s”", names[len(args)], cmd.UseLine()))
		}
		if len(args) > len(names) {
			return usage(fmt.Errorf("%q is one argument too many: usage is “%s”", args[len(names)], cmd.UseLine()))
		}
		return nil
	}
}

// withPortal opens the services for the time of one command.
func (p Program) withPortal(cmd *cobra.Command, opts *options, work func(Portal) error) error {
	services, err := p.Open(cmd.Context(), opts.config)
	if err != nil {
		return err
	}
	defer services.Close()
	return work(services)
}

// withRun is withPortal for a command whose first argument names a run.
func (p Program) withRun(cmd *cobra.Command, opts *options, args []string, work func(Portal, uuid.UUID) error) error {
	return p.withPortal(cmd, opts, func(services Portal) error {
		id, err := services.FindRun(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		return work(services, id)
	})
}

// progress returns a callback that reports at most once a second, and nothing of what takes less.
func (p Program) progress(doing string) func(done, total int64) {
	tell := p.reading(doing)
	return func(done, total int64) { tell(0, done, total) }
}

// reading is progress that tells the rows too.
func (p Program) reading(doing string) func(rows, done, total int64) {
	start := time.Now()
	last, before := start, int64(-1) // what was there at the beginning, as from an earlier try, took no time
	return func(rows, done, total int64) {
		now := time.Now()
		if before < 0 {
			if before = 0; now.Sub(start) < time.Second/2 && done < total {
				start, before = now, done
			}
		}
		if now.Sub(last) < time.Second || done <= before || done >= total {
			return
		}
		last = now
		took := now.Sub(start)
		text := doing + ": " + format.English.Percent(float64(done)/float64(total), 0)
		if rows > 0 {
			text += ", " + format.N(rows, "{{.N}} row", "{{.N}} rows")
		}
		left := time.Duration(float64(took) * float64(total-done) / float64(done-before))
		p.say("%s, %s/s, %s left", text, format.Bytes(int64(float64(done-before)/took.Seconds())), format.Duration(max(left, time.Second)))
	}
}
