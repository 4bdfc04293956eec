// Package standin plays Microsoft's side over HTTPS on the loopback address: Entra, Fabric and OneLake's two endpoints, each at
// a port of its own, so that a request to the wrong one fails as it would in reality.
package standin

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/standin/entra"
	"fabricportal/internal/sandbox/standin/fabricapi"
	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/sandbox/standin/jobs"
	"fabricportal/internal/sandbox/standin/onelake"
)

// Options are how the stand-in is to be.
type Options struct {
	Authority         *certs.Authority
	LakehouseDir      string        // the lakehouse's folder: that in which Files is
	PendingDir        string        // for uploads that are not complete yet; on the same file system
	Definitions       fs.FS         // item folders, as package fabric has them; none, and an empty workspace, where nil
	Runner            jobs.Runner   // executes the notebooks
	QueueTime         time.Duration // how long a job is NotStarted
	RetryAfter        time.Duration // what Fabric asks clients to wait, in whole seconds
	Tenant            faults.Tenant // how Microsoft's side is at first
	PageSize          int           // of job listings, 100 where 0
	IgnoreConcurrency bool          // jobs overlap even where the pipeline's definition says one at a time
	Around            Around        // stands before each service; nil for nothing
	Log               func(format string, args ...any)

	LakehouseName string // SandboxLakehouse where empty
}

// Service is one of the services that are played.
type Service string

// The services.
const (
	Entra   Service = "entra"
	Fabric  Service = "fabric"
	OneLake Service = "onelake"
)

// Around puts something before a service that sees each request first and may answer it in the service's place.
type Around func(Service, http.Handler) http.Handler

// StandIn is the running servers.
type StandIn struct {
	AuthorityURL string
	APIURL       string
	OneLakeURL   string
	BlobURL      string // OneLake's other endpoint
	ControlURL   string // where faults are ordered from outside; see faults.Set.Control
	ControlKey   string

	App           entra.App
	WorkspaceID   string
	LakehouseID   string
	PipelineIDs   map[string]string // by name, such as sales_ingest
	LakehouseName string

	Faults *faults.Set
	Tokens *entra.Tokens
	Entra  *entra.Authority
	Jobs   *jobs.Engine // also the oracle: every job that was ever accepted

	lake    *onelake.Server
	servers []*http.Server
	closing context.Context // for Close, which outlives the context of Start
	group   sync.WaitGroup
}

// Start starts the servers. They run until Close.
func Start(ctx context.Context, o Options) (*StandIn, error) {
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	s := &StandIn{
		App:         entra.App{TenantID: uuid.NewString(), ClientID: uuid.NewString(), ClientSecret: "sandbox~" + strings.ReplaceAll(uuid.NewString(), "-", "")},
		WorkspaceID: uuid.NewString(), LakehouseID: uuid.NewString(), LakehouseName: cmp.Or(o.LakehouseName, "SandboxLakehouse"),
		PipelineIDs: map[string]string{}, Faults: faults.New(), closing: context.WithoutCancel(ctx),
	}
	s.Faults.SetTenant(o.Tenant)
	place := jobs.Place{WorkspaceID: s.WorkspaceID, LakehouseID: s.LakehouseID, LakehouseName: s.LakehouseName}
	pipelines, notebooks, err := jobs.Deploy(o.Definitions, place, func(string, string) string { return uuid.NewString() })
	if err != nil {
		return nil, err
	}
	for _, p := range pipelines {
		s.PipelineIDs[p.Name] = p.ID
	}
	tlsConfig, err := o.Authority.LoopbackTLS("Fabric Data Portal sandbox")
	if err != nil {
		return nil, err
	}
	var listen net.ListenConfig
	var listeners []net.Listener
	var urls []string
	for range 5 {
		l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			closeAll(listeners)
			return nil, fmt.Errorf("starting the sandbox's servers: %w", err)
		}
		listeners = append(listeners, l)
		urls = append(urls, "https://"+l.Addr().String())
	}
	s.AuthorityURL, s.APIURL, s.OneLakeURL, s.BlobURL, s.ControlURL, s.ControlKey = urls[0], urls[1], urls[2], urls[3], urls[4], uuid.NewString()
	s.Entra = entra.New(s.App)
	s.Tokens = s.Entra.Tokens
	s.lake, err = onelake.New(onelake.Options{
		Dir: o.LakehouseDir, PendingDir: o.PendingDir, WorkspaceID: s.WorkspaceID, LakehouseID: s.LakehouseID, Tokens: s.Tokens, Faults: s.Faults,
	})
	if err != nil {
		closeAll(listeners)
		return nil, err
	}
	s.Jobs = jobs.New(ctx, jobs.Options{
		QueueTime: o.QueueTime, IgnoreConcurrency: o.IgnoreConcurrency, LakehouseRoot: o.LakehouseDir, Place: place, Pipelines: pipelines, Notebooks: notebooks,
		Runner: jobs.InSession(o.Runner, func() jobs.Session {
			t := s.Faults.Tenant()
			return jobs.Session{Start: t.NotebookStart, Hollow: t.Hollow, Hanging: t.Hanging, KilledAfter: t.KilledAfter}
		}),
	})
	api := fabricapi.New(fabricapi.Options{
		BaseURL: s.APIURL, OneLakeURL: s.OneLakeURL, WorkspaceID: s.WorkspaceID, WorkspaceName: "Sandbox", LakehouseID: s.LakehouseID, LakehouseName: s.LakehouseName,
		Engine: s.Jobs, Pipelines: pipelines, Notebooks: notebooks, Tokens: s.Tokens, Faults: s.Faults, RetryAfter: o.RetryAfter, PageSize: o.PageSize,
	})
	if o.Around == nil {
		o.Around = func(_ Service, service http.Handler) http.Handler { return service }
	}
	services := []http.Handler{
		o.Around(Entra, s.Entra.Handler(s.Faults)), o.Around(Fabric, api.Handler()), o.Around(OneLake, s.lake.Handler()), o.Around(OneLake, s.lake.BlobHandler()),
		s.Faults.Control(s.ControlKey, s.Tokens.ExpireAll),
	}
	for i, handler := range services {
		s.serve(tls.NewListener(listeners[i], withHTTP2(tlsConfig)), handler, o.Log)
	}
	return s, nil
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		l.Close()
	}
}

func withHTTP2(c *tls.Config) *tls.Config {
	c = c.Clone()
	c.NextProtos = []string{"h2", "http/1.1"}
	return c
}

func (s *StandIn) serve(l net.Listener, handler http.Handler, logf func(string, ...any)) {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: log.New(lineWriter(logf), "", 0),
	}
	s.servers = append(s.servers, server)
	s.group.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			logf("a server of the sandbox ended: %v", err)
		}
	})
}

type lineWriter func(string, ...any)

func (w lineWriter) Write(b []byte) (int, error) {
	w("%s", strings.TrimSpace(string(b)))
	return len(b), nil
}

// Close ends the servers and all jobs, and waits for them.
func (s *StandIn) Close() {
	s.Faults.Close()
	s.Jobs.Close()
	ctx, cancel := context.WithTimeout(s.closing, 2*time.Second)
	defer cancel()
	for _, server := range s.servers {
		if server.Shutdown(ctx) != nil {
			_ = server.Close()
		}
	}
	s.group.Wait()
	s.lake.Close()
}
