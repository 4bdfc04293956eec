// Package hostile makes a sandbox the worst outside world that a desktop can meet: a lakehouse, a database and a Fabric that
// somebody else fills. It serves files that lie about their size, rows and documents of megabytes, texts that lead a terminal
// or a reader astray, answers that repeat the secrets of whoever asks, and addresses that lead elsewhere, to a server that
// must hear nothing (Canary).
//
// The attacks are data: All lists them, Serve switches to some of them, Round to a mixture that changes with its number.
package hostile

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"fabricportal/internal/sandbox"
	"fabricportal/internal/sandbox/standin"
)

// Options say how bad the world is. The zero value is for tests that take a minute.
type Options struct {
	Seed  uint64 // which mixtures Round makes
	Scale int    // how much of what comes in numbers: 1 where 0; 10 fills a database with gigabytes
}

// Outside is the hostile world. Give its Around to the sandbox that it is to take over, then call Enter.
type Outside struct {
	Canary  *Canary
	Secrets *Secrets

	options Options
	box     *sandbox.Sandbox
	admin   *pgx.Conn // the owner's, for what is put into the tables; used under change

	change sync.Mutex // one change of the attacks at a time
	stop   func()     // ends what the attacks have going on, and waits for it

	mu      sync.RWMutex
	active  []Attack
	strange []string // requests for things that no configuration names
}

// New is a world that still behaves.
func New(o Options) *Outside {
	o.Scale = max(o.Scale, 1)
	return &Outside{options: o, stop: func() {}, Secrets: &Secrets{}}
}

// Enter takes over a sandbox that was started with o.Around, publishes proper results of one run, and starts the canary. Nothing is attacked before Serve or Round.
func (o *Outside) Enter(ctx context.Context, box *sandbox.Sandbox) (err error) {
	o.box = box
	o.Secrets.Plant("client secret", box.StandIn.App.ClientSecret)
	o.Secrets.Plant("database password", box.Database.AppPassword)
	// What behaves beside an attack, so that a desktop gets as far as to it.
	for _, folder := range []string{"current", "runs/" + oldRun} {
		folder = filepath.Join(box.Lakehouse, "Files", "results", filepath.FromSlash(folder))
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return fmt.Errorf("entering the lakehouse: %w", err)
		}
		for name, data := range map[string][]byte{"kpis.json": []byte(kpis(nil)), "sales_cleaned.csv": []byte("order_id,revenue\nO-1,5\nO-2,7.5\n"), "sales_cleaned.parquet": properRows()} {
			if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
				return fmt.Errorf("entering the lakehouse: %w", err)
			}
		}
	}
	if o.Canary, err = startCanary(ctx, box.Authority); err != nil {
		return err
	}
	if o.admin, err = pgx.Connect(ctx, box.AdminDSN()); err != nil {
		o.Canary.close()
		return fmt.Errorf("entering the database: %w", err)
	}
	return nil
}

// Close ends the attacks and the canary. The sandbox is its caller's.
func (o *Outside) Close(ctx context.Context) {
	o.change.Lock()
	defer o.change.Unlock()
	o.stop()
	if o.admin != nil {
		_ = o.admin.Close(ctx)
	}
	if o.Canary != nil {
		o.Canary.close()
	}
}

// Env is what an attacker would put into a user's environment, as NAME=value: variables that libraries take addresses and
// wishes from.
func (o *Outside) Env() []string {
	host, port := o.Canary.address()
	return []string{
		"PGHOST=" + host, "PGHOSTADDR=" + host, "PGPORT=" + port, "PGSSLMODE=disable", "PGUSER=evil", "PGSERVICE=evil", "PGSERVICEFILE=/nowhere",
		"PGOPTIONS=-c search_path=evil", "AZURE_AUTHORITY_HOST=" + o.Canary.HTTPS, "AZURE_SDK_GO_LOGGING=all", "MSI_ENDPOINT=" + o.Canary.HTTP,
		"GODEBUG=http2debug=2",
	}
}

// Round switches to the mixture of a number: for each place that can be attacked another attack than the round before, until
// each has had its turn. The sign-in is left alone in two of three rounds, as nothing else is reached without it.
func (o *Outside) Round(ctx context.Context, number int) ([]string, error) {
	var names []string
	for i, place := range places {
		list := At(place)
		random := rand.New(rand.NewPCG(o.options.Seed, uint64(i)))
		random.Shuffle(len(list), func(a, b int) { list[a], list[b] = list[b], list[a] })
		turn := number
		if place == SignIn {
			if number%3 != 2 {
				continue
			}
			turn = number / 3
		}
		names = append(names, list[turn%len(list)].Name)
	}
	return names, o.Serve(ctx, names...)
}

// Rounds is how many rounds it takes until each attack was served at least once.
func Rounds() int {
	most := 0
	for _, place := range places {
		n := len(At(place))
		if place == SignIn {
			n *= 3
		}
		most = max(most, n)
	}
	return most
}

// Serve switches to the named attacks and no others; none of them is a world that behaves, with empty tables.
func (o *Outside) Serve(ctx context.Context, names ...string) error {
	var wanted []Attack
	for _, name := range names {
		i := slices.IndexFunc(attacks, func(a Attack) bool { return a.Name == name })
		if i < 0 {
			return fmt.Errorf("there is no attack %q", name)
		}
		wanted = append(wanted, attacks[i])
	}
	o.change.Lock()
	defer o.change.Unlock()
	o.stop()
	o.stop = func() {}
	o.mu.Lock()
	o.active = nil
	o.mu.Unlock()
	if err := o.clear(ctx); err != nil {
		return fmt.Errorf("emptying the tables: %w", err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var going sync.WaitGroup
	o.stop = func() { cancel(); going.Wait() }
	if !slices.ContainsFunc(wanted, func(a Attack) bool { return a.fill != nil }) {
		wanted = append(wanted, ordinary)
	}
	for _, a := range wanted {
		if a.fill != nil {
			if err := o.fill(ctx, a); err != nil {
				return fmt.Errorf("preparing “%s”: %w", a.Name, err)
			}
		}
		if a.goOn != nil {
			work, err := a.goOn(ctx, o)
			if err != nil {
				return fmt.Errorf("beginning “%s”: %w", a.Name, err)
			}
			going.Go(work)
		}
	}
	o.mu.Lock()
	o.active = wanted
	o.mu.Unlock()
	return nil
}

// Rest ends what the attacks have going on, such as locks, so that others can look at the tables. Rows and answers stay.
func (o *Outside) Rest() {
	o.change.Lock()
	defer o.change.Unlock()
	o.stop()
	o.stop = func() {}
}

// Active are the names of the attacks that are served now.
func (o *Outside) Active() []string {
	o.mu.RLock()
	defer o.mu.RUnlock()
	var names []string
	for _, a := range o.active {
		names = append(names, a.Name)
	}
	return names
}

// Strange are the requests so far for workspaces or items that the configuration does not name: what a row or an answer told
// and a desktop believed.
func (o *Outside) Strange() []string {
	o.mu.RLock()
	defer o.mu.RUnlock()
	return slices.Clone(o.strange)
}

// Around stands before the sandbox's services (standin.Options).
func (o *Outside) Around(service standin.Service, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.note(r)
		o.mu.RLock()
		active := o.active
		o.mu.RUnlock()
		if r.Method == http.MethodHead {
			w = bodyless{w} // else what has no end would be written to nobody, for ever
		}
		for _, a := range active {
			if a.serve != nil && a.service == service && a.serve(o, w, r) {
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// note keeps what a request tells: the tokens that it carries, and ids that only a hostile row can have told.
func (o *Outside) note(r *http.Request) {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		o.Secrets.Plant("access token", token)
	}
	for _, id := range foreignIDs {
		if strings.Contains(strings.ToLower(r.URL.Path), id) {
			o.mu.Lock()
			o.strange = append(o.strange, r.Method+" "+r.URL.Path)
			o.mu.Unlock()
		}
	}
}

// bodyless takes no body.
type bodyless struct{ http.ResponseWriter }

func (bodyless) Write([]byte) (int, error) { return 0, http.ErrBodyNotAllowed }

var errNoBox = errors.New("the world has no sandbox yet: call Enter")
