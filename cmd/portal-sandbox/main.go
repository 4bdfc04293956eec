// Portal-sandbox is a workplace for demos, training and tests: a database and stand-ins for Microsoft's services on this
// machine, which a desktop is pointed at by three environment variables.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"fabricportal/internal/sandbox"
	"fabricportal/internal/sandbox/hostile"
	"fabricportal/internal/sandbox/sampledata"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := command().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "portal-sandbox:", err)
		os.Exit(1)
	}
}

func command() *cobra.Command {
	var o sandbox.Options
	var envFile string
	var noSamples bool
	var h hostility
	root := &cobra.Command{
		Use:   "portal-sandbox",
		Short: "Plays the portal's database, Entra, Fabric and OneLake on this machine, until it is stopped",
		Long: `Plays the portal's database, Entra, Fabric and OneLake on this machine, until it is stopped.

It prints how to point a desktop or a script at it. Nothing leaves this machine, several can run side by side,
and nothing but the folder named by --dir is left when it ends.`,
		Args: cobra.NoArgs, SilenceUsage: true, SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if h.only == "list" {
				return listAttacks(cmd.OutOrStdout())
			}
			if !noSamples {
				o.SampleData = sampledata.Write
			}
			if !cmd.Flags().Changed("queue-time") {
				o.QueueTime = sandbox.DefaultQueueTime
			} else if o.QueueTime == 0 {
				o.QueueTime = -1 // asked for none, where the option's zero value means the default
			}
			o.Log = func(format string, a ...any) { fmt.Fprintf(cmd.ErrOrStderr(), "sandbox: "+format+"\n", a...) }
			return run(cmd.Context(), o, h, envFile, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := root.Flags()
	flags.StringVar(&o.Dir, "dir", "", "folder for the lakehouse and the configuration, kept at the end (default: a temporary one)")
	flags.DurationVar(&o.QueueTime, "queue-time", sandbox.DefaultQueueTime, "how long a job waits in Fabric's queue")
	flags.StringVar(&o.Python, "python", "", "Python with papermill and ipykernel (default: PORTAL_SANDBOX_PYTHON, .cache/venv, the PATH's)")
	flags.BoolVar(&noSamples, "no-sample-data", false, "write no sample files")
	flags.StringVar(&envFile, "env-file", "", "file to write the environment variables to once the sandbox is ready, for scripts")
	flags.BoolVar(&h.on, "hostile", false, "attack whoever is pointed at it, with everything that the outside world can do")
	flags.Uint64Var(&h.options.Seed, "seed", 1, "which mixtures of attacks --hostile makes")
	flags.IntVar(&h.options.Scale, "scale", 1, "how much --hostile puts into the database; 10 for gigabytes")
	flags.DurationVar(&h.round, "round", 30*time.Second, "how long --hostile keeps to one mixture")
	flags.StringVar(&h.only, "attacks", "", "the names of the only attacks of --hostile, separated by commas; “list” lists them")
	root.AddCommand(&cobra.Command{
		Use:   "sample-data DIR",
		Short: "Only writes the sample files",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return fmt.Errorf("making the folder: %w", err)
			}
			if err := sampledata.Write(args[0]); err != nil {
				return fmt.Errorf("writing the sample data: %w", err)
			}
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "The sample files are in", args[0])
			return err
		},
	})
	return root
}

func run(ctx context.Context, o sandbox.Options, h hostility, envFile string, out, log io.Writer) error {
	began := time.Now()
	if h.on {
		h.outside = hostile.New(h.options)
		o.Around = h.outside.Around
	}
	s, err := sandbox.Start(ctx, o)
	if err != nil {
		if ctx.Err() != nil {
			return errors.New("stopped before it was ready")
		}
		return err
	}
	defer func() {
		s.Close()
		fmt.Fprintln(log, "sandbox: stopped, nothing is left running")
	}()
	env := s.Env()
	if h.on {
		stop, err := h.begin(ctx, s, o.Log)
		if err != nil {
			return err
		}
		defer stop()
		env = append(env, h.outside.Env()...)
	}
	if envFile != "" {
		if err := writeWhole(envFile, lines(env, runtime.GOOS)); err != nil {
			return fmt.Errorf("writing %s: %w", envFile, err)
		}
		defer os.Remove(envFile) // what it points at is gone then
	}
	fmt.Fprintf(out, "The sandbox is ready after %.1f s. Point a desktop or a script at it:\n\n%s\n", time.Since(began).Seconds(), lines(env, runtime.GOOS))
	if s.Samples != "" {
		fmt.Fprintf(out, "Sample files:  %s\n", s.Samples)
	}
	fmt.Fprintf(out, "Faults:        curl --cacert '%s' -H 'Authorization: Bearer %s' %s/tenant -X PUT -d '{\"capacity\": \"paused\"}'\n", s.CAFile, s.StandIn.ControlKey, s.StandIn.ControlURL)
	fmt.Fprintf(out, "Lakehouse:     %s\n\nIt runs until it is stopped with Ctrl-C.\n", s.Lakehouse)
	select {
	case <-ctx.Done():
		return nil
	case <-s.Database.Done():
		return errors.New("the sandbox's PostgreSQL has ended: start the sandbox anew")
	}
}

// lines are the environment variables as a shell reads them: PowerShell on Windows, else sh.
func lines(env []string, system string) string {
	var text strings.Builder
	for _, v := range env {
		name, value, _ := strings.Cut(v, "=")
		if system == "windows" {
			fmt.Fprintf(&text, "$env:%s = '%s'\n", name, strings.ReplaceAll(value, "'", "''"))
		} else {
			fmt.Fprintf(&text, "export %s='%s'\n", name, strings.ReplaceAll(value, "'", `'\''`))
		}
	}
	return text.String()
}

// writeWhole writes a file that whoever waits for it finds complete, and only this user can read.
func writeWhole(path, content string) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".env-")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(content)
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
