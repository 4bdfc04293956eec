// Package locking is the single lock that keeps one run active across the whole team (run_lock, docs/specification.md §4). It has no
// time limit. It protects a Fabric job, and that job goes on when a desktop dies. So the lock is freed on evidence only.
package locking

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Key is the only lock_key there is.
const Key = "ACTIVE_PIPELINE_RUN"

// Card says who holds the lock. A zero RunID means that it is free.
type Card struct {
	RunID    uuid.UUID
	LockedAt time.Time // UTC, by the database's clock
	LockedBy Owner
	AsOf     time.Time // the database's clock when the card was read
}

// Held tells whether a run is active.
func (c Card) Held() bool { return c.RunID != uuid.Nil }

// Owner is who took the lock, as locked_by stores it: user@host|app 1.4.2|pid 4312|inst 6f1c.
type Owner struct {
	User     string
	Host     string
	App      string // version
	PID      int
	Instance string // random for each start of the program
}

// ThisProcess is the Owner of this process for the given user and program version.
func ThisProcess(user, appVersion string) Owner {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return Owner{User: user, Host: host, App: appVersion, PID: os.Getpid(), Instance: uuid.NewString()[:4]}
}

// String is the form stored in locked_by.
func (o Owner) String() string {
	return fmt.Sprintf("%s@%s|app %s|pid %d|inst %s", o.User, o.Host, o.App, o.PID, o.Instance)
}

// Name is the short form for the screen, user@host; a text of another form is shown as it stands.
func (o Owner) Name() string {
	if o.Host == "" {
		return o.User
	}
	return o.User + "@" + o.Host
}

// ParseOwner reads locked_by. Any text is accepted, since others may have written it: what does not fit becomes User.
func ParseOwner(s string) Owner {
	parts := strings.Split(s, "|")
	at := strings.LastIndex(parts[0], "@")
	if at <= 0 || len(parts) < 2 {
		return Owner{User: s}
	}
	o := Owner{User: parts[0][:at], Host: parts[0][at+1:]}
	for _, p := range parts[1:] {
		key, value, _ := strings.Cut(p, " ")
		switch key {
		case "app":
			o.App = value
		case "pid":
			_, _ = fmt.Sscanf(value, "%d", &o.PID)
		case "inst":
			o.Instance = value
		}
	}
	return o
}
