//go:build !linux

package transport

import (
	"strings"
	"sync"

	"github.com/mattn/go-ieproxy"
)

// systemSettings are those of Windows (WinHTTP, the registry) and macOS (CFNetwork). Their own means follow a script (PAC), too.
var systemSettings = sync.OnceValue(func() systemProxies {
	conf := ieproxy.GetConf()
	out := systemProxies{noProxy: strings.ReplaceAll(conf.Static.NoProxy, ";", ",")}
	if conf.Automatic.Active {
		out.script = conf.Automatic.FindProxyForURL
	}
	if conf.Static.Active {
		out.proxy = conf.Static.Protocols["https"]
		if out.proxy == "" {
			out.proxy = conf.Static.Protocols[""]
		}
	}
	return out
})
