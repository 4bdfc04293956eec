package transport

import (
	"context"
	"net"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// desktops keep their proxies in GNOME's settings; others, and computers without a desktop, have the environment only.
var desktops = []string{"GNOME", "UNITY", "X-CINNAMON", "CINNAMON", "MATE", "BUDGIE", "PANTHEON"}

// systemSettings asks once.
var systemSettings = sync.OnceValue(func() systemProxies {
	if !slices.ContainsFunc(strings.Split(os.Getenv("XDG_CURRENT_DESKTOP"), ":"), func(d string) bool { return slices.Contains(desktops, strings.ToUpper(d)) }) {
		return systemProxies{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second) //nolint:forbidigo // one short question of the whole program, whoever asks first
	defer cancel()
	text, err := exec.CommandContext(ctx, "gsettings", "list-recursively", "org.gnome.system.proxy").Output()
	if err != nil {
		return systemProxies{}
	}
	return gnome(string(text))
})

var quoted = regexp.MustCompile(`'([^']*)'`)

// gnome reads what “gsettings list-recursively org.gnome.system.proxy” says.
func gnome(text string) systemProxies {
	values := map[string]string{}
	for line := range strings.Lines(text) {
		if words := strings.SplitN(strings.TrimSpace(line), " ", 3); len(words) == 3 {
			values[strings.TrimPrefix(words[0], "org.gnome.system.proxy")+" "+words[1]] = words[2]
		}
	}
	word := func(key string) string { return strings.Trim(values[key], "'") }
	switch word(" mode") {
	case "manual":
		for kind, scheme := range map[string]string{".https": "http", ".socks": "socks5"} {
			if kind == ".socks" && word(".https host") != "" {
				continue
			}
			if host, port := word(kind+" host"), word(kind+" port"); host != "" && port != "0" {
				var except []string
				for _, m := range quoted.FindAllStringSubmatch(values[" ignore-hosts"], -1) {
					except = append(except, m[1])
				}
				return systemProxies{proxy: scheme + "://" + net.JoinHostPort(host, port), noProxy: strings.Join(except, ",")}
			}
		}
	case "auto":
		return systemProxies{scriptURL: scriptAt(word(" autoconfig-url"))}
	}
	return systemProxies{}
}

// scriptAt is where a script is, as it may be shown; without an address the network is asked for one.
func scriptAt(address string) string {
	if address == "" {
		return DetectedScript
	}
	u, err := url.Parse(address)
	if err != nil {
		return "?"
	}
	u.User, u.RawQuery = nil, ""
	return u.String()
}
