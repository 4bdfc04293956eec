package portal

import (
	"context"
	"log/slog"
	"os"
	"strings"

	"github.com/google/uuid"

	"fabricportal/fabric"
	"fabricportal/internal/services/deployment"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/auth"
	"fabricportal/internal/services/fabric/items"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// Deployer puts what runs in Fabric into a workspace.
type Deployer struct {
	*deployment.Deployer
	log       *slog.Logger
	lakehouse string // the configured one, where the workspace is the configured one
	client    *items.Client
}

// OpenDeployer reads the configuration, of which a part is enough, for a workspace: its id, or "" for the configured one.
func OpenDeployer(ctx context.Context, opts Options, workspaceID string) (*Deployer, error) {
	cfg, err := config.Load(opts.ConfigPath, os.LookupEnv)
	if err := cfg.Part(err, config.ForFabric); err != nil {
		return nil, err
	}
	configured := strings.ToLower(cfg.Fabric.WorkspaceID)
	if workspaceID == "" {
		workspaceID = configured
	}
	workspaceID = strings.ToLower(strings.TrimSpace(workspaceID))
	if id, err := uuid.Parse(workspaceID); err != nil || id.String() != workspaceID || id == uuid.Nil {
		return nil, &deployment.TargetError{Sentence: "it is not known which workspace is meant: give its id with --workspace; it stands in the workspace's address in Fabric, after /groups/"}
	}
	secret, err := secrets.NewStore(cfg, os.LookupEnv, opts.Session).Get(ctx, secrets.ClientSecret)
	if err != nil {
		return nil, err
	}
	redactor := opts.Redactor
	if redactor == nil {
		redactor = secrets.NewRedactor()
	}
	redactor.Add(secret)
	d := &Deployer{log: opts.Journal.Logger()}
	if workspaceID == configured {
		d.lakehouse = cfg.Fabric.LakehouseID
	}
	cfg.Fabric.WorkspaceID = workspaceID
	network, err := transport.New(cfg.CAFile)
	if err != nil {
		return nil, err
	}
	credential, err := auth.New(cfg.Fabric, secret, network, stateFolder(cfg.StateDir, signInFolder))
	if err != nil {
		return nil, err
	}
	credential.Granted = redactor.AddPassing
	d.client = items.New(cfg.Fabric, credential, network, opts.Version)
	d.Deployer = &deployment.Deployer{
		WorkspaceID: workspaceID, Source: fabric.Items, Items: d.client,
		Folders: func(lakehouseID string) deployment.Folders {
			in := cfg.Fabric
			in.LakehouseID = lakehouseID
			return artifacts.NewOneLake(in, credential, network, opts.Version)
		},
	}
	return d, nil
}

// Plan is the deployment's, with the configured lakehouse where none is named.
func (d *Deployer) Plan(ctx context.Context, lakehouse string) (*deployment.Plan, error) {
	if lakehouse == "" {
		lakehouse = d.lakehouse
	}
	return d.Deployer.Plan(ctx, lakehouse)
}

// Apply is the deployment's, with what was done in the log.
func (d *Deployer) Apply(ctx context.Context, p *deployment.Plan, force bool, said func(string)) error {
	err := d.Deployer.Apply(ctx, p, force, func(done string) {
		d.log.Info("deployed", "workspace", p.WorkspaceID, "what", done)
		said(done)
	})
	if err != nil {
		d.log.Warn("deploying failed", "workspace", p.WorkspaceID, "error", err)
	}
	return err
}

// Close gives the connections back.
func (d *Deployer) Close() { d.client.CloseIdleConnections() }
