package settings

import (
	"context"
	"fmt"
	"os"

	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// Keyring keeps and removes the secrets of a configuration in this computer's keyring.
type Keyring struct{}

// SetSecret keeps a secret; name is client_secret or database_password. configPath is as for config.Load; of the configuration what
// says where the secret is used is enough.
func (Keyring) SetSecret(ctx context.Context, configPath, name, value string) error {
	if n := secrets.Name(name); n != secrets.ClientSecret && n != secrets.DatabasePassword {
		return fmt.Errorf("there is no secret %q: it is %s or %s", name, secrets.ClientSecret, secrets.DatabasePassword)
	}
	needed := config.ForFabric
	if secrets.Name(name) == secrets.DatabasePassword {
		needed = config.ForDatabase
	}
	cfg, err := config.Load(configPath, os.LookupEnv)
	if err := cfg.Part(err, needed); err != nil {
		return err
	}
	_, err = secrets.NewStore(cfg, os.LookupEnv, nil).Set(ctx, secrets.Name(name), secrets.New(value))
	return err
}

// DeleteSecrets removes both.
func (Keyring) DeleteSecrets(ctx context.Context, configPath string) error {
	cfg, err := config.Load(configPath, os.LookupEnv)
	if err != nil {
		return err
	}
	store := secrets.NewStore(cfg, os.LookupEnv, nil)
	for _, n := range secrets.Names {
		if err := store.Delete(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// Known tells a redactor the secrets of a configuration, as far as they are to be had: a text from another day may hold
// them.
func Known(ctx context.Context, configPath string, redactor *secrets.Redactor) {
	cfg, err := config.Load(configPath, os.LookupEnv)
	if err != nil {
		return
	}
	store := secrets.NewStore(cfg, os.LookupEnv, nil)
	for _, n := range secrets.Names {
		if value, err := store.Get(ctx, n); err == nil {
			redactor.Add(value)
		}
	}
}
