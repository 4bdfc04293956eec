package transport

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSettingsOfGNOME(t *testing.T) {
	const listed = `org.gnome.system.proxy autoconfig-url 'http://wpad.contoso.com/proxy.pac'
org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8', '*.contoso.com']
org.gnome.system.proxy mode '%s'
org.gnome.system.proxy.http host 'web.contoso.com'
org.gnome.system.proxy.http port 8080
org.gnome.system.proxy.https host '%h'
org.gnome.system.proxy.https port 3128
org.gnome.system.proxy.socks host 'socks.contoso.com'
org.gnome.system.proxy.socks port 1080
`
	set := func(mode, host string) systemProxies {
		return gnome(strings.NewReplacer("%s", mode, "%h", host).Replace(listed))
	}
	require.Equal(t, systemProxies{}, set("none", "gateway.contoso.com"))
	require.Equal(t, systemProxies{proxy: "http://gateway.contoso.com:3128", noProxy: "localhost,127.0.0.0/8,*.contoso.com"}, set("manual", "gateway.contoso.com"))
	require.Equal(t, systemProxies{proxy: "socks5://socks.contoso.com:1080", noProxy: "localhost,127.0.0.0/8,*.contoso.com"}, set("manual", ""))
	require.Equal(t, systemProxies{scriptURL: "http://wpad.contoso.com/proxy.pac"}, set("auto", "gateway.contoso.com"))
	require.Equal(t, systemProxies{scriptURL: DetectedScript}, gnome("org.gnome.system.proxy mode 'auto'\norg.gnome.system.proxy autoconfig-url ''\n"))
	require.Equal(t, systemProxies{scriptURL: "http://wpad/proxy.pac"}, gnome("org.gnome.system.proxy mode 'auto'\norg.gnome.system.proxy autoconfig-url 'http://ana:hunter2@wpad/proxy.pac?of=ana'\n"))
	for _, odd := range []string{"", "no such schema", "org.gnome.system.proxy mode\n", "org.gnome.system.proxy mode 'manual'\n"} {
		require.Equal(t, systemProxies{}, gnome(odd))
	}
}
