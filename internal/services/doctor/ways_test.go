package doctor

import (
	"errors"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/setup/config"
)

func TestHowEachHostIsReached(t *testing.T) {
	proxy, err := url.Parse("http://ana:hunter2@proxy.contoso.com:3128")
	require.NoError(t, err)
	cfg := config.Default()
	said := func(of func(address string) (transport.Way, error)) Check {
		e := &examination{ctx: t.Context(), w: format.English}
		e.ways(of, cfg)
		require.Len(t, e.checks, 1)
		require.Equal(t, "ways out", e.checks[0].Name)
		require.NotContains(t, e.checks[0].Message, "hunter2")
		return e.checks[0]
	}
	found := said(func(address string) (transport.Way, error) {
		return map[string]transport.Way{
			cfg.Fabric.AuthorityURL: {Proxy: proxy, From: transport.FromVariables}, cfg.Fabric.APIURL: {From: transport.FromSystem}, cfg.Fabric.OneLakeURL: {Proxy: proxy, From: transport.FromScript},
		}[address], nil
	})
	require.Equal(t, "login.microsoftonline.com is reached through the proxy proxy.contoso.com:3128, as HTTPS_PROXY says. api.fabric.microsoft.com is reached directly, as this computer's proxy setting says. "+
		"onelake.dfs.fabric.microsoft.com is reached through the proxy proxy.contoso.com:3128, as the script (PAC) of this computer's proxy setting says. The database is reached directly.", found.Message)
	require.True(t, found.OK && !found.Warning)

	found = said(func(string) (transport.Way, error) { return transport.Way{Unfollowed: "http://wpad/proxy.pac"}, nil })
	require.True(t, found.OK && found.Warning)
	require.Contains(t, found.Message, "api.fabric.microsoft.com is reached directly. ")
	require.Contains(t, found.Message, "name the script (PAC) http://wpad/proxy.pac, which this program does not follow on this system: where a proxy is needed, name it in HTTPS_PROXY.")

	found = said(func(string) (transport.Way, error) { return transport.Way{Unfollowed: transport.DetectedScript}, nil })
	require.True(t, found.OK && found.Warning)
	require.Contains(t, found.Message, "look for a script (PAC) in the network")

	found = said(func(string) (transport.Way, error) { return transport.Way{}, errors.New("http://ana:hunter2@x") })
	require.False(t, found.OK)
	require.Contains(t, found.Message, "correct HTTPS_PROXY")
}
