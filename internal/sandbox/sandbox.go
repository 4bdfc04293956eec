// Package sandbox is a workplace for demos, training and tests: a private PostgreSQL with the portal's schema, and stand-ins
// for Entra, Fabric and OneLake that really run the notebooks. The product knows nothing of it; it is pointed at a sandbox
// by its configuration, as it would be at the real services.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"fabricportal/fabric"
	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/postgres"
	"fabricportal/internal/sandbox/standin"
	"fabricportal/internal/sandbox/standin/jobs"
)

// SampleFile is the sample that lies in Files/import from the start, where there are samples.
const SampleFile = "sales_orders_fact.xlsx"

// Options are how a sandbox is to be. The zero value is a quick one for tests, without sample data.
type Options struct {
	Dir               string                   // its folder, made where missing and kept at the end; a temporary one where empty
	QueueTime         time.Duration            // how long a job is NotStarted; DefaultQueueTime where 0, none where negative
	RetryAfter        time.Duration            // what Fabric asks clients to wait, in whole seconds; 1 s where 0, none where negative
	Python            string                   // with papermill and ipykernel; looked for where empty
	Runner            jobs.Runner              // executes notebooks instead of Python, for tests that need none
	Definitions       fs.FS                    // notebooks and pipelines; those of package fabric where nil
	IgnoreConcurrency bool                     // jobs overlap even where the pipeline's definition says one at a time
	PageSize          int                      // job instances on a page of a listing, 100 where 0
	SampleData        func(dir string) error   // writes sample files, such as sampledata.Write; nil for none
	TimestampTZ       bool                     // whether the schema's times are timestamptz instead of timestamp
	ServerTimeZone    string                   // PostgreSQL's TimeZone, UTC where empty
	Around            standin.Around           // stands before each of Microsoft's services; nil for nothing
	Log               func(f string, a ...any) // what is said about the start; nil for nothing
}

// DefaultQueueTime is how long a job waits before it starts.
const DefaultQueueTime = time.Second

// Sandbox is a running sandbox.
type Sandbox struct {
	Dir       string // everything that is kept on the disk, the database excepted
	Samples   string // folder with the sample files, as files on this PC; "" where there are none
	Lakehouse string // the lakehouse's folder: that in which Files is
	StateDir  string // the desktop's outbox and caches
	CAFile    string // PEM with the certificate authority to trust
	Config    string // path of the portal.toml for it

	Authority *certs.Authority // signed the certificates of all its servers
	Database  *postgres.Server
	StandIn   *standin.StandIn

	temporary bool
}

// Start starts a sandbox. It runs until Close, or until this program ends, in whatever way.
func Start(ctx context.Context, o Options) (*Sandbox, error) {
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	if o.Definitions == nil {
		o.Definitions = fabric.Items
	}
	s := &Sandbox{}
	if err := s.makeFolder(o.Dir); err != nil {
		return nil, err
	}
	if err := s.start(ctx, o); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Sandbox) makeFolder(dir string) (err error) {
	if dir == "" {
		s.temporary = true
		dir, err = os.MkdirTemp("", "portal-sandbox-")
	} else if dir, err = filepath.Abs(dir); err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return fmt.Errorf("making the sandbox's folder: %w", err)
	}
	s.Dir = dir
	s.Lakehouse = filepath.Join(dir, "onelake", "lakehouse")
	s.StateDir = filepath.Join(dir, "state")
	s.CAFile = filepath.Join(dir, "ca.pem")
	s.Config = filepath.Join(dir, "portal.toml")
	// Two sandboxes, or one and the rest of another, would mix their runs.
	if _, err := os.Stat(s.Config); err == nil {
		return fmt.Errorf("%s already holds a sandbox: choose another folder, or remove that one", dir)
	}
	for _, sub := range []string{s.Lakehouse, s.StateDir, filepath.Join(dir, "jobs")} {
		if err := os.MkdirAll(sub, 0o700); err != nil {
			return fmt.Errorf("making the sandbox's folder: %w", err)
		}
	}
	return nil
}

func (s *Sandbox) start(ctx context.Context, o Options) error {
	if o.Runner == nil {
		python, err := jobs.FindPython(ctx, o.Python)
		if err != nil {
			return err
		}
		o.Log("Python from %s", python)
		o.Runner = jobs.Papermill{Python: python, Dir: filepath.Join(s.Dir, "jobs")}
	}
	authority, err := certs.New()
	if err != nil {
		return err
	}
	s.Authority = authority
	if err := os.WriteFile(s.CAFile, authority.PEM(), 0o644); err != nil {
		return fmt.Errorf("writing the sandbox's certificate: %w", err)
	}
	var removeAfter []string
	if s.temporary {
		removeAfter = []string{s.Dir} // also when this program is killed
	}
	s.Database, err = postgres.Start(ctx, postgres.Options{
		Authority: authority, Dir: s.Dir, TimestampTZ: o.TimestampTZ, TimeZone: o.ServerTimeZone, RemoveAfter: removeAfter, Log: o.Log,
	})
	if err != nil {
		return err
	}
	s.StandIn, err = standin.Start(ctx, standin.Options{
		Authority: authority, LakehouseDir: s.Lakehouse, PendingDir: filepath.Join(s.Dir, "onelake", "pending"), Definitions: o.Definitions, Runner: o.Runner,
		QueueTime: orDefault(o.QueueTime, DefaultQueueTime), RetryAfter: orDefault(o.RetryAfter, time.Second), PageSize: o.PageSize,
		IgnoreConcurrency: o.IgnoreConcurrency, Around: o.Around, Log: o.Log,
	})
	if err != nil {
		return err
	}
	for _, name := range []string{ingestPipeline, restorePipeline} {
		if s.StandIn.PipelineIDs[name] == "" {
			return fmt.Errorf("the definitions hold no pipeline %s", name)
		}
	}
	if o.SampleData != nil {
		if err := s.putSamples(o.SampleData); err != nil {
			return err
		}
	}
	return s.WriteConfig(s.Config)
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return max(d, 0)
}

// putSamples writes the sample files beside the lakehouse, and one of them into it, so that there is something to look at.
func (s *Sandbox) putSamples(write func(dir string) error) error {
	dir := filepath.Join(s.Dir, "samples")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("writing the sample data: %w", err)
	}
	if err := write(dir); err != nil {
		return fmt.Errorf("writing the sample data: %w", err)
	}
	s.Samples = dir
	content, err := os.ReadFile(filepath.Join(dir, SampleFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(s.Lakehouse, "Files", "import", SampleFile), content, 0o644)
	}
	if err != nil {
		return fmt.Errorf("putting the sample data into the lakehouse: %w", err)
	}
	return nil
}

// Close ends everything, waits for it, and removes what is temporary.
func (s *Sandbox) Close() {
	if s.StandIn != nil {
		s.StandIn.Close()
	}
	if s.Database != nil {
		s.Database.Stop()
	}
	if s.temporary {
		_ = os.RemoveAll(s.Dir)
	}
}
