package settings

import (
	"context"
	"errors"
	"os"

	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// Kept is what is known of a configuration's secrets before anything is entered.
type Kept struct {
	Places    map[secrets.Name]secrets.Place // where each was found
	NoKeyring bool                           // this computer's keyring can't be used: what is entered stays in memory
}

func keptOf(ctx context.Context, store *secrets.Store) Kept {
	out := Kept{Places: map[secrets.Name]secrets.Place{}}
	for _, n := range secrets.Names {
		_, place, err := store.Find(ctx, n)
		out.Places[n] = place
		if _, unusable := errors.AsType[*secrets.UnavailableError](err); unusable || place == secrets.Memory {
			out.NoKeyring = true
		}
	}
	return out
}

// NeedsSecrets tells whether an error of opening a configuration is that of a computer whose keyring can't be used: the configuration is
// in order, and a person has only to enter its secrets.
func NeedsSecrets(err error) bool {
	_, ok := errors.AsType[*secrets.UnavailableError](err)
	return ok
}

// Unlock takes the secrets of a configuration that is in order, for a computer whose keyring can't be used. It writes no file.
type Unlock struct {
	ConfigPath string // as for config.Load
	Session    *secrets.Session
}

// Kept says which secrets there are already; the others have to be entered.
func (u Unlock) Kept(ctx context.Context) (Kept, error) {
	store, err := u.store()
	if err != nil {
		return Kept{}, err
	}
	return keptOf(ctx, store), nil
}

// Save holds the secrets that were entered, by their names. Where one is missing, it says so by its name and holds none.
func (u Unlock) Save(ctx context.Context, values map[string]string) (map[string]error, error) {
	store, err := u.store()
	if err != nil {
		return nil, err
	}
	problems := map[string]error{}
	if lacking(ctx, store, values, problems); len(problems) > 0 {
		return problems, nil
	}
	return nil, keep(ctx, store, values)
}

// lacking notes the secrets that were neither entered nor kept before, each with why.
func lacking(ctx context.Context, store *secrets.Store, values map[string]string, problems map[string]error) {
	for _, n := range secrets.Names {
		if values[string(n)] != "" {
			continue
		}
		if _, err := store.Get(ctx, n); err != nil {
			problems[string(n)] = notKept(err)
		}
	}
}

// keep puts the secrets that were entered into the store.
func keep(ctx context.Context, store *secrets.Store, values map[string]string) error {
	for _, n := range secrets.Names {
		if v := values[string(n)]; v != "" {
			if _, err := store.Set(ctx, n, secrets.New(v)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (u Unlock) store() (*secrets.Store, error) {
	cfg, err := config.Load(u.ConfigPath, os.LookupEnv)
	if err != nil {
		return nil, err
	}
	return secrets.NewStore(cfg, os.LookupEnv, u.Session), nil
}
