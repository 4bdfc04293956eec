//go:build linux

package soak

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/sandbox/netfault"
	"fabricportal/internal/sandbox/postgres"
	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/sandbox/standin/jobs"
)

// hostile makes Fabric answer as badly as it was ever seen to, and a little worse.
func (w *world) hostile() {
	f := w.fabric.Faults
	f.Pick(faults.Start, w.startFault)
	question := func() faults.Fault {
		switch n := rand.IntN(100); {
		case n < 3:
			return faults.Fault{Status: 503}
		case n < 6:
			return faults.Fault{Status: 500, EmptyBody: true}
		case n < 8:
			return faults.Fault{Drop: true}
		case n < 10:
			return faults.Fault{Status: 429, RetryAfter: "1"}
		case n < 12:
			return faults.Fault{Spoil: faults.DropAnswer}
		case n < 25:
			return faults.Fault{DelayAfter: w.some(200)}
		}
		return faults.Fault{}
	}
	for _, c := range []faults.Class{faults.Get, faults.List, faults.Cancel, faults.ActivityRuns} {
		f.Pick(c, question)
	}
	f.Pick(faults.Token, func() faults.Fault {
		if rand.IntN(100) < 3 {
			return faults.Fault{Status: 503}
		}
		return faults.Fault{}
	})
	f.ListLag(time.Duration(300 * w.scale * float64(time.Millisecond)))
}

// startFault is what becomes of one start request (docs/run-protocol.md §3 step 3, and the hostile Locations besides).
func (w *world) startFault() faults.Fault {
	var f faults.Fault
	switch n := rand.IntN(100); {
	case n < 6:
		f.Status = 503
	case n < 10:
		f.Status, f.RetryAfter = 429, "1"
	case n < 20:
		f.Spoil = faults.DropAnswer
	case n < 25:
		f.Spoil = faults.Answer500
	case n < 28:
		f.Spoil = faults.NoLocation
	case n < 30:
		f.Spoil = faults.LocationWithoutID
	case n < 33:
		f.Spoil, f.Location = faults.ReplaceLocation, hostileLocations[rand.IntN(len(hostileLocations))]
	case n < 36:
		f.Deduped = true
	case n < 37:
		f.Drop = true
	}
	if rand.IntN(100) < 30 {
		f.Delay = w.some(300)
	}
	if rand.IntN(100) < 15 {
		f.DelayAfter = w.some(500)
	}
	return f
}

var hostileLocations = []string{
	"https://evil.example/v1/workspaces/w/items/i/jobs/instances/" + uuid.NewString(),
	"https://user@127.0.0.1/jobs/instances/../../../" + uuid.NewString(),
	"//evil.example/" + uuid.NewString(), "javascript:alert(1)", "/jobs/instances/not-a-guid", "\u202e",
}

// some is a random time up to so many milliseconds, scaled.
func (w *world) some(ms float64) time.Duration {
	return time.Duration(rand.Float64() * ms * w.scale * float64(time.Millisecond))
}

// tenants are states in which Microsoft's side is for moments. The region's host is none: who calls it is found out.
var tenants = []faults.Tenant{
	{Region: "https://wabi-test-redirect.analysis.invalid"}, {Region: "https://wabi-test-redirect.analysis.invalid", NoJobID: true},
	{Capacity: faults.Paused}, {Capacity: faults.Paused, PausedBy: "CapacityNotActive"}, {Capacity: faults.Full},
}

// mischief shows the latest job in wrong ways for moments: as another word, as not started again, or not at all. And it has the
// tenant be in another state.
func (w *world) mischief(ctx context.Context) {
	for pause(ctx, w.some(1500)) {
		if rand.IntN(3) == 0 {
			w.fabric.Faults.SetTenant(tenants[rand.IntN(len(tenants))])
			pause(ctx, w.some(1500))
			w.fabric.Faults.SetTenant(faults.Tenant{})
		}
		all := w.fabric.Jobs.Jobs()
		if len(all) == 0 {
			continue
		}
		id := all[len(all)-1].ID
		switch rand.IntN(4) {
		case 0:
			w.fabric.Faults.ShowStatus(id, "Hibernating")
		case 1:
			w.fabric.Faults.ShowStatus(id, jobs.NotStarted)
		case 2:
			w.fabric.Faults.Vanish(id)
		case 3: // for ever, as after the time for which Fabric keeps them: only one whose run has long ended
			if len(all) > 20 {
				w.fabric.Faults.Vanish(all[len(all)-20].ID)
			}
		}
		pause(ctx, w.some(800))
		w.fabric.Faults.ShowStatus(id, "")
		w.fabric.Faults.Reappear(id)
	}
}

// network is one desktop's way to the database and to Fabric.
type network struct{ database, fabric *netfault.Proxy }

// weather makes the networks bad in turns.
func (w *world) weather(ctx context.Context, all []network) {
	for pause(ctx, w.some(2000)) {
		hit := all[rand.IntN(len(all)):][:1]
		if rand.IntN(6) == 0 {
			hit = all
		}
		onFabric, f := rand.IntN(2) == 0, w.badWeather()
		set := func(f netfault.Fault) {
			for _, n := range hit {
				if onFabric {
					n.fabric.Set(f)
				} else {
					n.database.Set(f)
				}
			}
		}
		set(f)
		pause(ctx, w.some(2000))
		set(netfault.Fault{})
	}
}

func (w *world) badWeather() netfault.Fault {
	switch m := netfault.Mode(rand.IntN(7)); m {
	case netfault.Pass:
		return netfault.Fault{Delay: w.some(150)}
	case netfault.SlowClose:
		return netfault.Fault{Mode: m, Delay: w.some(500)}
	case netfault.CutAfter:
		return netfault.Fault{Mode: m, Bytes: rand.Int64N(6000)}
	default:
		return netfault.Fault{Mode: m}
	}
}

// sabotage ends connections of the database at random, and now and then the whole server, which comes back by itself after
// it has recovered as it does from pg_ctl restart -m immediate: one of its processes dying is a crash of all of them.
func (w *world) sabotage(ctx context.Context, terminated, crashes *atomic.Int64) {
	const victims = "from pg_stat_activity where usename = '" + postgres.AppRole + "' and datname = current_database()"
	for pause(ctx, w.some(1200)) {
		if rand.IntN(20) > 0 {
			tag, err := w.admin.Exec(ctx, "select pg_terminate_backend(pid) "+victims+" order by random() limit 1")
			if err == nil {
				terminated.Add(tag.RowsAffected())
			}
			continue
		}
		var pid int
		if err := w.admin.QueryRow(ctx, "select pid "+victims+" order by random() limit 1").Scan(&pid); err == nil && syscall.Kill(pid, syscall.SIGKILL) == nil {
			crashes.Add(1)
		}
	}
}
