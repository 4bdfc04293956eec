//go:build linux

package soak

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"
)

// forever is when an operation returns whose answer was lost.
const forever = math.MaxInt64

// lockModel is the lock as a register that holds a run's id, or nobody.
var lockModel = porcupine.Model{
	Init: func() any { return nobody },
	Step: func(state, input, output any) (bool, any) {
		in, out, holder := input.(entry), output.(string), state.(string)
		switch in.op {
		case opAcquire:
			if out == outBusy {
				return holder != nobody, holder
			}
			return holder == nobody, in.run
		case opRelease:
			return holder == in.run, nobody
		}
		return holder == out, holder
	},
	DescribeOperation: func(input, output any) string {
		in := input.(entry)
		if in.op == opRead {
			return fmt.Sprintf("read: %.13s", output)
		}
		return fmt.Sprintf("%s %.13s: %s", in.op, in.run, output)
	},
}

// maxOperations bounds a history for the checker, whose memory grows with its square.
const maxOperations = 5000

// operations makes a history of what was recorded. What is not known of an operation whose answer was lost is made good
// from the rest, always in its favour: an acquisition happened if its run is recorded, before the first who saw it; a run
// is released once, and of the releases without an answer one did it if no other did, before the first who saw it gone.
func operations(all []entry, b book) []porcupine.Operation {
	status := map[string]string{}
	for _, r := range b.runs {
		status[r.ID] = r.Status
	}
	seen, gone := map[string]int64{}, map[string]int64{} // when a run was first seen to hold the lock, and to hold it no longer
	acquired, releasedOK := map[string]int64{}, map[string]bool{}
	for _, e := range all {
		switch {
		case e.op == opAcquire:
			acquired[e.run] = e.call
		case e.op == opRelease && e.out == outOK:
			releasedOK[e.run] = true
		case e.op == opRead && e.out != outUnknown && e.out != nobody:
			seen[e.out] = min(e.ret, orForever(seen, e.out))
		}
	}
	for _, e := range all {
		if e.op != opRead || e.out == outUnknown {
			continue
		}
		for run := range seen {
			if e.out != run && e.call > seen[run] {
				gone[run] = min(e.ret, orForever(gone, run))
			}
		}
	}
	lastSeen := map[string]int64{} // the latest call of a reading that saw the run hold the lock
	for _, e := range all {
		if e.op == opRead && status[e.out] != "" {
			lastSeen[e.out] = max(lastSeen[e.out], e.call)
		}
	}
	var ops, reads []porcupine.Operation
	lost := map[string]entry{}
	add := func(e entry) {
		// A run takes the lock once and lets it go once. So who saw it hold the lock narrows when that can have been, which
		// spares the checker most of its search; what contradicts itself stays as it was recorded, for the checker to find.
		narrow := e
		if e.op == opAcquire {
			narrow.ret = min(e.ret, max(e.call+1, orForever(seen, e.run)))
		} else {
			narrow.call, narrow.ret = max(e.call, lastSeen[e.run]), min(e.ret, max(e.call+1, orForever(gone, e.run)))
		}
		if narrow.call < narrow.ret {
			e = narrow
		}
		ops = append(ops, porcupine.Operation{ClientId: e.client, Input: e, Call: e.call, Output: e.out, Return: e.ret})
	}
	for _, e := range all {
		switch {
		case e.op == opRead && e.out != outUnknown, e.op == opAcquire && e.out == outBusy:
			if e.ret-e.call < int64(longRead) { // those of a frozen desktop tell nothing
				reads = append(reads, porcupine.Operation{ClientId: e.client, Input: e, Call: e.call, Output: e.out, Return: e.ret})
			}
		case e.op == opAcquire && e.out == outOK, e.op == opRelease && e.out == outOK:
			add(e)
		case e.op == opAcquire && e.out == outUnknown && status[e.run] != "":
			e.out, e.ret = outOK, forever
			add(e)
		case e.op == opRelease && e.out == outUnknown && ranks[status[e.run]] == 3 && !releasedOK[e.run]:
			first, ok := lost[e.run]
			if !ok || e.call < first.call {
				lost[e.run] = e
			}
		}
	}
	for _, e := range lost {
		e.out, e.ret = outOK, forever
		add(e)
	}
	rand.Shuffle(len(reads), func(i, j int) { reads[i], reads[j] = reads[j], reads[i] })
	return append(ops, reads[:min(len(reads), max(0, maxOperations-len(ops)))]...)
}

// longRead is how long a reading may take to be of use.
const longRead = time.Second

func orForever(m map[string]int64, run string) int64 {
	if at, ok := m[run]; ok {
		return at
	}
	return forever
}

// checkHistory tells whether what the desktops saw of the lock could have been seen of one lock; else it leaves a picture.
func checkHistory(dir string, b book) (operationsChecked int, found []violation, err error) {
	all, err := readHistory(dir)
	if err != nil {
		return 0, nil, err
	}
	ops := operations(all, b)
	began := time.Now()
	defer func() {
		fmt.Printf("%d operations on the lock, %v to put them in an order\n", len(ops), time.Since(began).Round(time.Millisecond))
	}()
	result, info := porcupine.CheckOperationsVerbose(lockModel, ops, 2*time.Minute)
	switch result {
	case porcupine.Ok:
		return len(ops), nil, nil
	case porcupine.Unknown:
		return len(ops), []violation{{"lock", "", fmt.Sprintf("whether %d operations on the lock can be put in an order could not be told in time", len(ops))}}, nil
	}
	path := filepath.Join(os.TempDir(), fmt.Sprintf("portal-soak-lock-%d.html", os.Getpid()))
	if err := porcupine.VisualizePath(lockModel, info, path); err != nil {
		return len(ops), nil, err
	}
	return len(ops), []violation{{"lock", "", "what the desktops saw of the lock can't be put in an order; a picture is in " + path}}, nil
}

func TestTheHistoryOfOneLock(t *testing.T) {
	rows := func(ids ...string) book {
		var b book
		for _, id := range ids {
			b.runs = append(b.runs, runRow{ID: id, Status: "FAILED"})
		}
		return b
	}
	for name, c := range map[string]struct {
		history string // op run call return out
		ok      bool
	}{
		"one after the other":      {"acquire a 1 2 ok\nread - 3 4 a\nrelease a 5 6 ok\nacquire b 7 8 ok\nread - 9 10 b", true},
		"busy while it is held":    {"acquire a 1 2 ok\nacquire b 3 4 busy\nrelease a 5 6 ok", true},
		"two holders":              {"acquire a 1 2 ok\nacquire b 3 4 ok\nrelease a 5 6 ok", false},
		"busy while it is free":    {"acquire a 1 2 busy", false},
		"an old reading":           {"acquire a 1 2 ok\nread - 3 4 nobody", false},
		"a reading at once":        {"acquire a 1 5 ok\nread - 3 4 nobody", true},
		"a release that was none":  {"acquire a 1 2 ok\nrelease b 3 4 ok", false},
		"released twice":           {"acquire a 1 2 ok\nrelease a 3 4 ok\nrelease a 5 6 ok", false},
		"a lost acquisition":       {"acquire a 1 - unknown\nread - 3 4 a\nrelease a 5 6 ok\nread - 7 8 nobody", true},
		"a lost release":           {"acquire a 1 2 ok\nread - 2 3 a\nrelease a 4 - unknown\nrelease a 5 - unknown\nread - 6 7 a\nread - 8 9 nobody\nacquire b 10 11 ok", true},
		"a lost release came back": {"acquire a 1 2 ok\nread - 2 3 a\nrelease a 4 - unknown\nread - 6 7 nobody\nread - 8 9 a", false},
	} {
		t.Run(name, func(t *testing.T) {
			var all []entry
			for i, line := range strings.Split(c.history, "\n") {
				w := strings.Fields(line)
				e := entry{client: i, op: w[0], run: w[1], out: w[4], ret: forever}
				_, err := fmt.Sscan(w[2], &e.call)
				require.NoError(t, err)
				if w[3] != "-" {
					_, err = fmt.Sscan(w[3], &e.ret)
					require.NoError(t, err)
				}
				all = append(all, e)
			}
			require.Equal(t, c.ok, porcupine.CheckOperations(lockModel, operations(all, rows("a", "b"))))
		})
	}
}
