package pipelines

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestAnswersThatAreNone lets Fabric answer every call with what is no answer: each ends in a sentence, within the memory, and
// nobody else is called, least of all with the token.
func TestAnswersThatAreNone(t *testing.T) {
	var heard atomic.Int32
	evil := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { heard.Add(1) }))
	defer evil.Close()
	text := func(status int, kind, body string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Location", evil.URL+"/v1/anything")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	endless := func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		piece := []byte(strings.Repeat(`{"value":[`, 10<<10))
		for range 10 << 10 { // a gigabyte, which nobody takes
			if _, err := w.Write(piece); err != nil {
				return
			}
		}
	}
	answers := map[string]func(http.ResponseWriter){
		"garbage":            text(200, "application/json", "\x00\xff{]"),
		"a web page":         text(200, "text/html", "<html><body>Sign in to the network</body></html>"),
		"200 with an error":  text(200, "application/json", `{"requestId":"r","errorCode":"InternalServerError","message":"An unexpected error happened on our end"}`),
		"nothing":            text(200, "application/json", ""),
		"an array of arrays": text(200, "application/json", `[[[]]]`),
		"a number":           text(200, "application/json", `7`),
		"null":               text(200, "application/json", `null`),
		"endless":            endless,
		"302":                text(302, "text/html", ""),
		"307":                text(307, "application/json", ""),
		"202 elsewhere":      text(202, "application/json", ""),
	}
	calls := map[string]func(context.Context, *Client) error{
		"Get": func(ctx context.Context, c *Client) error { _, err := c.Get(ctx, item, job); return err },
		"List": func(ctx context.Context, c *Client) error {
			_, err := c.List(ctx, item, time.Now().Add(-time.Hour))
			return err
		},
		"Item":       func(ctx context.Context, c *Client) error { _, err := c.Item(ctx, item); return err },
		"Parameters": func(ctx context.Context, c *Client) error { _, err := c.Parameters(ctx, item); return err },
		"ActivityRuns": func(ctx context.Context, c *Client) error {
			_, err := c.ActivityRuns(ctx, job, time.Now().Add(-time.Hour), time.Now())
			return err
		},
		"Start": func(ctx context.Context, c *Client) error {
			_, err := c.Start(ctx, StartRequest{ItemID: item, SendBy: time.Now().Add(time.Minute)})
			return err
		},
	}
	for answer, write := range answers {
		for name, call := range calls {
			if slices.Contains([]string{"an array of arrays", "a number", "null"}, answer) && name == "ActivityRuns" {
				continue // of the steps, on which nothing depends, what can't be read is left out
			}
			t.Run(answer+" to "+name, func(t *testing.T) {
				_, c := newFabric(t, func(w http.ResponseWriter, _ *http.Request, _ string) { write(w) })
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				err := call(ctx, c)
				require.Error(t, err)
				require.NotContains(t, err.Error(), token)
				require.NotContains(t, err.Error(), "\n", "one sentence")
				require.Less(t, len(err.Error()), 1000)
			})
		}
	}
	require.Zero(t, heard.Load(), "nobody else was called")
}
