package doctor

import (
	"context"
	"errors"
	"strings"
	"time"

	"fabricportal/internal/format"
	"fabricportal/internal/services/db"
)

// skewLimit is how far this computer's clock may be off before it is said. Nothing is decided by it, but times on the
// screen look wrong, and sign-in fails from about five minutes on.
const skewLimit = 2 * time.Minute

// skewed says how far this computer's clock is off.
func skewed(skew time.Duration) *format.Said {
	if skew < 0 {
		return format.Say("this computer's clock is {{.Off}} behind the database's: set it by a time server", "Off", skew.Abs().Round(time.Second))
	}
	return format.Say("this computer's clock is {{.Off}} ahead of the database's: set it by a time server", "Off", skew.Abs().Round(time.Second))
}

// Notices are what keeps the program from doing all of its work: of the tables, this role's rights, and the clock. skew is how far this
// computer's clock is ahead of the database's. The error is the database's.
func Notices(ctx context.Context, d Database) (notices []format.Sayer, skew time.Duration, err error) {
	health, err := d.Ping(ctx)
	if err != nil {
		return nil, 0, err
	}
	blocking, _, err := differences(ctx, d)
	if err != nil {
		return nil, 0, err
	}
	notices = blocking
	if health.Skew.Abs() > skewLimit {
		notices = append(notices, skewed(health.Skew))
	}
	return notices, health.Skew, nil
}

// differences are those of the tables and rights: what blocks work, and what could be narrower.
func differences(ctx context.Context, d Database) (blocking, narrower []format.Sayer, err error) {
	found, err := d.CheckSchema(ctx)
	for _, f := range found {
		if f.Blocking {
			blocking = append(blocking, f.Said)
		} else {
			narrower = append(narrower, f.Said)
		}
	}
	return blocking, narrower, err
}

// listed are things that are amiss, one after the other.
func listed(all []format.Sayer, w format.Writer) string {
	said := make([]string, len(all))
	for i, s := range all {
		said[i] = s.Say(w)
	}
	return strings.Join(said, "; ")
}

func (e *examination) database(s Services) {
	reached := e.try("database", func(ctx context.Context) (string, error) {
		h, err := s.Database.Ping(ctx)
		if err != nil {
			return "", err
		}
		if h.Skew.Abs() > skewLimit {
			return "", format.Say("the database answers, but {{.Clock}}", "Clock", skewed(h.Skew))
		}
		found := e.w.T("PostgreSQL {{.Version}} answers in {{.N}} ms, encrypted.", "Version", h.ServerVersion, "N", h.Took.Milliseconds())
		if !h.Encrypted {
			found = e.w.T("PostgreSQL {{.Version}} answers in {{.N}} ms, not encrypted.", "Version", h.ServerVersion, "N", h.Took.Milliseconds())
		}
		if !h.Encrypted {
			return "", &remark{found}
		}
		return found, nil
	})
	if !reached {
		return
	}
	e.try("tables and rights", func(ctx context.Context) (string, error) {
		blocking, narrower, err := differences(ctx, s.Database)
		switch {
		case err != nil:
			return "", err
		case len(blocking) > 0:
			return "", errors.New(listed(blocking, e.w))
		case len(narrower) > 0:
			return "", &remark{e.w.T("The tables and rights are as needed. Narrower would be better: {{.What}}.", "What", listed(narrower, e.w))}
		}
		return e.w.T("The tables and rights are as needed, and no more."), nil
	})
	e.try("wake-ups between desktops", func(ctx context.Context) (string, error) { return hearing(ctx, s.Listen, e.w) })
}

// hearing tries whether changes by other desktops come by themselves. Where they don't, the program works all the same, a
// few seconds later.
func hearing(ctx context.Context, listen func(state func(db.Hearing)) Listener, w format.Writer) (string, error) {
	states := make(chan db.Hearing, 10)
	l := listen(func(h db.Hearing) {
		select {
		case states <- h:
		default:
		}
	})
	l.Start(ctx)
	defer l.Stop()
	for {
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case h := <-states:
			switch {
			case h.State == db.Listening:
				return w.T("Changes by other desktops arrive at once."), nil
			case h.Why != nil:
				return "", &remark{w.Sentence(h.Why)}
			}
		}
	}
}
