package portal

import (
	"context"

	"fabricportal/internal/services/desktop/updates"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/setup/policy"
)

// Newer asks the address that the organisation's policy names whether there is a newer version of this program. Without an address, and
// where the policy switches it off, nobody is asked. It only tells.
func (p *Portal) Newer(ctx context.Context) (updates.Newer, bool) {
	decided, err := policy.Machine()
	if err != nil || decided.UpdateURL == "" || !decided.UpdateCheck {
		return updates.Newer{}, false
	}
	client := p.network.Client(transport.ClientOptions{Hosts: []string{decided.UpdateURL}, MaxBody: updates.MaxBody + 1})
	defer client.CloseIdleConnections()
	newer, ok, err := updates.Ask(ctx, client, decided.UpdateURL, p.Version)
	if err != nil && ctx.Err() == nil {
		p.log.Info("asking for a newer version", "error", err) // nothing depends on it
	}
	return newer, ok && err == nil
}
