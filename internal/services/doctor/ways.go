package doctor

import (
	"net/url"

	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/setup/config"
)

// ways says how each host is reached: directly, or through which proxy, and who says so.
func (e *examination) ways(of func(address string) (transport.Way, error), cfg config.Config) {
	if of == nil {
		return
	}
	var said []string
	script := ""
	seen := map[string]bool{}
	for _, address := range []string{cfg.Fabric.AuthorityURL, cfg.Fabric.APIURL, cfg.Fabric.OneLakeURL} {
		host := address
		if u, err := url.Parse(address); err == nil {
			host = u.Host
		}
		if seen[host] {
			continue
		}
		seen[host] = true
		way, err := of(address)
		if err != nil { // its text may hold the proxy's password
			e.note("ways out", "", amiss(textBadProxy))
			return
		}
		script = way.Unfollowed
		said = append(said, e.way(host, way))
	}
	said = append(said, e.w.T("The database is reached directly."))
	if script != "" {
		e.note("ways out", "", &remark{format.Sentences(append(said, e.unfollowed(script))...)})
		return
	}
	e.note("ways out", format.Sentences(said...), nil)
}

func (e *examination) unfollowed(script string) string {
	if script == transport.DetectedScript {
		return e.w.T("The system's settings look for a script (PAC) in the network, which this program does not do on this system: where a proxy is needed, name it in HTTPS_PROXY.")
	}
	return e.w.T("The system's settings name the script (PAC) {{.Script}}, which this program does not follow on this system: where a proxy is needed, name it in HTTPS_PROXY.", "Script", script)
}

func (e *examination) way(host string, way transport.Way) string {
	if way.Proxy == nil {
		if way.From == "" {
			return e.w.T("{{.Host}} is reached directly.", "Host", host)
		}
		return e.w.T("{{.Host}} is reached directly, as {{.Who}} says.", "Host", host, "Who", e.whoSays(way.From))
	}
	return e.w.T("{{.Host}} is reached through the proxy {{.Proxy}}, as {{.Who}} says.", "Host", host, "Proxy", way.Via(), "Who", e.whoSays(way.From))
}

func (e *examination) whoSays(from string) string {
	switch from {
	case transport.FromSystem:
		return e.w.T("this computer's proxy setting")
	case transport.FromScript:
		return e.w.T("the script (PAC) of this computer's proxy setting")
	}
	return "HTTPS_PROXY"
}
