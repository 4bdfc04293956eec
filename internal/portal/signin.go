package portal

import (
	"context"
	"os"

	"fabricportal/internal/services/fabric/auth"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// SignIn has the person at this computer sign in to Microsoft with a configuration, for programs without a window.
func SignIn(ctx context.Context, opts Options, show func(code, page string)) (who string, lasts bool, err error) {
	cfg, err := config.Load(opts.ConfigPath, os.LookupEnv)
	if err != nil {
		return "", false, err
	}
	network, err := transport.New(cfg.CAFile)
	if err != nil {
		return "", false, err
	}
	credential, err := auth.New(cfg.Fabric, secrets.Secret{}, network, stateFolder(cfg.StateDir, signInFolder))
	if err != nil {
		return "", false, err
	}
	defer credential.CloseIdleConnections()
	if opts.Redactor != nil {
		credential.Granted = opts.Redactor.AddPassing
	}
	return credential.SignIn(ctx, func(c auth.Code) { show(c.Code, c.Page) })
}

// SignOut forgets who signed in with a configuration.
func SignOut(ctx context.Context, opts Options) error {
	cfg, err := config.Load(opts.ConfigPath, os.LookupEnv)
	if err != nil {
		return err
	}
	return auth.SignOut(ctx, cfg.Fabric, stateFolder(cfg.StateDir, signInFolder))
}
