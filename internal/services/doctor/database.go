package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"fabricportal/internal/format"
	"fabricportal/internal/services/db"
)

// skewLimit is how far this computer's clock may be off before it is said. Nothing is decided by it, but times on the
// screen look wrong, and sign-in fails from about five minutes on.
const skewLimit = 2 * time.Minute

// skewError words how far this computer's clock is off.
func skewError(skew time.Duration) error {
	direction := "ahead of"
	if skew < 0 {
		direction = "behind"
	}
	return fmt.Errorf("this computer's clock is %s %s the database's: set it by a time server", skew.Abs().Round(time.Second), direction)
}

// Notices are what keeps the program from doing all of its work, as sentences: of the tables, this role's rights, and the
// clock. skew is how far this computer's clock is ahead of the database's. The error is the database's.
func Notices(ctx context.Context, d Database) (notices []string, skew time.Duration, err error) {
	health, err := d.Ping(ctx)
	if err != nil {
		return nil, 0, err
	}
	blocking, _, err := differences(ctx, d)
	if err != nil {
		return nil, 0, err
	}
	for _, b := range blocking {
		notices = append(notices, format.Sentence(errors.New(b)))
	}
	if health.Skew.Abs() > skewLimit {
		notices = append(notices, format.Sentence(skewError(health.Skew)))
	}
	return notices, health.Skew, nil
}

// differences are the sentences about the tables and rights: what blocks work, and what could be narrower.
func differences(ctx context.Context, d Database) (blocking, narrower []string, err error) {
	found, err := d.CheckSchema(ctx)
	for _, f := range found {
		if f.Blocking {
			blocking = append(blocking, f.Sentence)
		} else {
			narrower = append(narrower, f.Sentence)
		}
	}
	return blocking, narrower, err
}

func (e *examination) database(s Services) {
	reached := e.try("database", func(ctx context.Context) (string, error) {
		h, err := s.Database.Ping(ctx)
		if err != nil {
			return "", err
		}
		secure := "encrypted"
		if !h.Encrypted {
			secure = "not encrypted"
		}
		if h.Skew.Abs() > skewLimit {
			return "", fmt.Errorf("the database answers, but %w", skewError(h.Skew))
		}
		found := fmt.Sprintf("PostgreSQL %s answers in %d ms, %s.", h.ServerVersion, h.Took.Milliseconds(), secure)
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
			return "", errors.New(strings.Join(blocking, "; "))
		case len(narrower) > 0:
			return "", &remark{"The tables and rights are as needed. Narrower would be better: " + strings.Join(narrower, "; ") + "."}
		}
		return "The tables and rights are as needed, and no more.", nil
	})
	e.try("wake-ups between desktops", func(ctx context.Context) (string, error) { return hearing(ctx, s.Listen) })
}

// hearing tries whether changes by other desktops come by themselves. Where they don't, the program works all the same, a
// few seconds later.
func hearing(ctx context.Context, listen func(state func(db.Hearing)) Listener) (string, error) {
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
				return "Changes by other desktops arrive at once.", nil
			case h.Reason != "":
				return "", &remark{format.Sentence(errors.New(h.Reason))}
			}
		}
	}
}
