package transport

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// The values of Way.From.
const (
	FromVariables = "HTTPS_PROXY"
	FromSystem    = "system"
	FromScript    = "script"
)

// DetectedScript is the value of Way.Unfollowed where the network would be asked for a script (WPAD).
const DetectedScript = "wpad"

// Way is how a host is reached.
type Way struct {
	Proxy *url.URL // nil: directly
	From  string   // who says so; "" where nobody does
	// Unfollowed is a script (PAC) that the system's settings name and that this program can't follow here; "" where there is none.
	Unfollowed string
}

// Via is the proxy's host and port, without the password that may stand in its address; "" where there is none.
func (w Way) Via() string {
	if w.Proxy == nil {
		return ""
	}
	return w.Proxy.Host
}

// systemProxies is what the operating system's settings say.
type systemProxies struct {
	proxy     string                      // for https; "" where there is none
	noProxy   string                      // hosts that are reached directly, as in NO_PROXY
	script    func(address string) string // asks the system what its script says of an address: a proxy, or ""; nil where there is none
	scriptURL string                      // of a script that can't be followed
}

// ways finds out how hosts are reached: the environment says it, else the operating system's settings. It is safe for use by several
// goroutines.
type ways struct {
	variables httpproxy.Config
	system    func() systemProxies

	mu   sync.Mutex
	told map[string]toldWay // what a script said, by host
	now  func() time.Time
}

type toldWay struct {
	way  Way
	till time.Time
}

const (
	// scriptTime bounds one question to the system's script, which may be fetched for it.
	scriptTime = 10 * time.Second
	// scriptHolds is how long an answer holds: the computer may be carried into another network.
	scriptHolds = 5 * time.Minute
)

func newWays() *ways {
	return &ways{variables: *httpproxy.FromEnvironment(), system: systemSettings, told: map[string]toldWay{}, now: time.Now}
}

// proxy is what http.Transport asks.
func (w *ways) proxy(req *http.Request) (*url.URL, error) {
	way, err := w.of(req.URL)
	return way.Proxy, err
}

func (w *ways) of(u *url.URL) (Way, error) {
	if w.variables.HTTPSProxy != "" {
		return through(w.variables, u, FromVariables)
	}
	system := w.system()
	switch {
	case system.script != nil:
		return w.scripted(system, u)
	case system.proxy != "":
		return through(w.within(system), u, FromSystem)
	}
	return Way{Unfollowed: system.scriptURL}, nil
}

// within are the system's settings with the exceptions of the environment. They hold no user names: a password there would be nobody's
// secret, and is not sent.
func (w *ways) within(s systemProxies) httpproxy.Config {
	proxy := s.proxy
	if u, err := url.Parse(proxy); err == nil && u.User != nil {
		u.User = nil
		proxy = u.String()
	}
	return httpproxy.Config{HTTPSProxy: proxy, NoProxy: strings.Trim(s.noProxy+","+w.variables.NoProxy, ",")}
}

func through(c httpproxy.Config, u *url.URL, from string) (Way, error) {
	if !isAddress(c.HTTPSProxy) { // which httpproxy takes for none, so that what was to be hidden from the network would go there
		return Way{}, &ProxyError{Host: "in HTTPS_PROXY", Err: errNoAddress}
	}
	via, err := c.ProxyFunc()(u)
	return Way{Proxy: via, From: from}, err
}

var errNoAddress = errors.New("what names the proxy is not an address")

func isAddress(proxy string) bool {
	u, err := url.Parse(proxy)
	if err != nil || u.Scheme == "" || u.Host == "" {
		u, err = url.Parse("http://" + proxy)
	}
	return err == nil && u.Host != ""
}

// scripted asks the system's script, and nobody about this computer itself.
func (w *ways) scripted(s systemProxies, u *url.URL) (Way, error) {
	w.mu.Lock()
	defer w.mu.Unlock() // one question at a time: the others want the same answer
	host := hostPort(u)
	if known, ok := w.told[host]; ok && w.now().Before(known.till) {
		return known.way, nil
	}
	// What is excepted is decided before anybody is asked.
	if way, err := through(w.within(systemProxies{proxy: "http://unasked", noProxy: s.noProxy}), u, FromScript); err != nil || way.Proxy == nil {
		return way, err
	}
	answers := make(chan string, 1)
	address := "https://" + u.Host + "/" // no path: the script is another's
	go func() { answers <- s.script(address) }()
	said := ""
	select {
	case said = <-answers:
	case <-time.After(scriptTime): // the call can't be interrupted; its answer is dropped
	}
	way := Way{From: FromScript}
	var err error
	if said = strings.TrimSpace(said); said == "" {
		said = s.proxy // as Windows does where the script is not to be had
	}
	if said != "" {
		way, err = through(w.within(systemProxies{proxy: said, noProxy: s.noProxy}), u, FromScript)
	}
	if err == nil {
		w.told[host] = toldWay{way, w.now().Add(scriptHolds)}
	}
	return way, err
}

// Way tells how the host of a base address is reached.
func (n *Network) Way(address string) (Way, error) {
	u, err := url.Parse(address)
	if err != nil {
		return Way{}, err
	}
	return n.ways.of(u)
}
