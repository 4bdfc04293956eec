package auth_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/setup/config"
)

// browser is Chromium without a screen, led over a pipe by its debugging protocol: what is clicked in it is clicked as by a mouse.
type browser struct {
	t       *testing.T
	in      io.Writer
	out     *bufio.Reader
	said    bytes.Buffer
	calls   int
	session string
}

func openBrowser(t *testing.T) *browser {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("there is no chromium on this computer")
	}
	b := &browser{t: t}
	theirs, in, err := os.Pipe()
	require.NoError(t, err)
	out, answers, err := os.Pipe()
	require.NoError(t, err)
	cmd := exec.Command(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--ignore-certificate-errors", "--user-data-dir="+t.TempDir(),
		"--remote-debugging-pipe", "about:blank")
	cmd.ExtraFiles, cmd.Stderr = []*os.File{theirs, answers}, &b.said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = time.Second
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // with its children
		_ = cmd.Wait()
		for _, f := range []*os.File{theirs, in, out, answers} {
			_ = f.Close()
		}
	})
	require.NoError(t, out.SetReadDeadline(time.Now().Add(time.Minute)))
	b.in, b.out = in, bufio.NewReader(out)
	var targets struct {
		TargetInfos []struct {
			TargetID string `json:"targetId"`
			Type     string `json:"type"`
		} `json:"targetInfos"`
	}
	page := ""
	b.until("a page", func() bool {
		b.call("Target.getTargets", nil, &targets)
		for _, target := range targets.TargetInfos {
			if target.Type == "page" {
				page = target.TargetID
			}
		}
		return page != ""
	})
	var attached struct {
		SessionID string `json:"sessionId"`
	}
	b.call("Target.attachToTarget", map[string]any{"targetId": page, "flatten": true}, &attached)
	b.session = attached.SessionID
	return b
}

func (b *browser) call(method string, params map[string]any, result any) {
	b.t.Helper()
	b.calls++
	if params == nil {
		params = map[string]any{}
	}
	asked := map[string]any{"id": b.calls, "method": method, "params": params}
	if b.session != "" {
		asked["sessionId"] = b.session
	}
	message, err := json.Marshal(asked)
	require.NoError(b.t, err)
	_, err = b.in.Write(append(message, 0))
	require.NoError(b.t, err)
	for {
		line, err := b.out.ReadBytes(0)
		require.NoError(b.t, err, "%s; the browser says %s", method, &b.said)
		var got struct {
			ID     int             `json:"id"`
			Result json.RawMessage `json:"result"`
			Error  json.RawMessage `json:"error"`
		}
		require.NoError(b.t, json.Unmarshal(bytes.TrimRight(line, "\x00"), &got))
		if got.ID != b.calls { // an event
			continue
		}
		require.Empty(b.t, string(got.Error), method)
		if result != nil {
			require.NoError(b.t, json.Unmarshal(got.Result, result))
		}
		return
	}
}

func (b *browser) until(what string, ok func() bool) {
	b.t.Helper()
	end := time.Now().Add(30 * time.Second)
	for !ok() {
		if time.Now().After(end) {
			b.t.Fatalf("waited for %s: the page is %q", what, b.value(`document.documentElement.outerHTML`))
		}
		<-time.After(10 * time.Millisecond)
	}
}

// value is what the page makes of a script.
func (b *browser) value(script string) string {
	b.t.Helper()
	var got struct {
		Result struct {
			Value any `json:"value"`
		} `json:"result"`
	}
	b.call("Runtime.evaluate", map[string]any{"expression": script, "returnByValue": true}, &got)
	return fmt.Sprint(got.Result.Value)
}

// click presses the mouse in the middle of an element, once it is there.
func (b *browser) click(id string) {
	b.t.Helper()
	name, err := json.Marshal(id)
	require.NoError(b.t, err)
	var at [2]float64
	b.until("the button "+id, func() bool {
		place := b.value(`(() => { const e = document.getElementById(` + string(name) + `); if (!e || document.readyState != "complete") return "";
			const r = e.getBoundingClientRect(); return JSON.stringify([r.x + r.width / 2, r.y + r.height / 2]) })()`)
		return place != "" && json.Unmarshal([]byte(place), &at) == nil
	})
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		b.call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1}, nil)
	}
}

// TestInARealBrowser goes to the page in Chromium and clicks there: the person is signed in by what the browser brings back to this
// computer's own port, and one who declines is not.
func TestInARealBrowser(t *testing.T) {
	b := openBrowser(t)
	d := newDesk(t, config.SignInUser)
	for button, check := range map[string]func(signedIn){
		"cancel": func(got signedIn) { require.ErrorContains(t, got.err, "nobody signed in") },
		ana: func(got signedIn) {
			require.NoError(t, got.err)
			assert.Equal(t, ana, got.who)
			require.NoError(t, d.ask(t, d.cfg.StorageScope))
		},
	} {
		done := d.begin(t.Context(), nil)
		b.call("Page.navigate", map[string]any{"url": d.page(t)}, nil)
		b.click(button)
		select {
		case got := <-done:
			check(got)
		case <-time.After(30 * time.Second):
			t.Fatalf("nothing came back: %s", b.value(`document.documentElement.outerHTML`))
		}
		b.until("the page of this computer", func() bool { return strings.HasPrefix(b.value(`location.href`), "http://localhost:") })
	}
	assert.Equal(t, 2, d.Entra.Pages())
}
