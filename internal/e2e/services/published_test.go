package services

import (
	"errors"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/e2e/published"
	"fabricportal/internal/sandbox/standin"
	"fabricportal/internal/sandbox/standin/traffic"
)

// heard is all that Fabric's API was asked, and what the stand-in answered.
type heard struct {
	mu  sync.Mutex
	all []traffic.Exchange
}

// around listens at Fabric's API; see standin.Options.
func (h *heard) around(service standin.Service, next http.Handler) http.Handler {
	if service != standin.Fabric {
		return next
	}
	return traffic.Tap(next, func(x traffic.Exchange) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.all = append(h.all, x)
	})
}

var guid = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// form is a request without what differs from one to the next.
func form(x traffic.Exchange) string {
	names := []string{}
	for name := range x.Query {
		names = append(names, name+"=")
	}
	slices.Sort(names)
	text := x.Method + " " + guid.ReplaceAllString(x.Path, "…")
	if len(names) > 0 {
		text += "?" + strings.Join(names, "&")
	}
	return text
}

// newer is a start in the form that replaced the one with a query parameter: it is published, and has the same bodies.
func newer(x traffic.Exchange) (traffic.Exchange, bool) {
	kind := x.Query.Get("jobType")
	before, ok := strings.CutSuffix(x.Path, "/jobs/instances")
	if x.Method != http.MethodPost || !ok || kind == "" {
		return x, false
	}
	x.Path, x.Query = before+"/jobs/"+kind+"/instances", nil
	return x, true
}

// requirePublished holds all that was said to the OpenAPI that Microsoft publishes, requests and answers, and what is not in there
// to the table of docs/fabric.md, line by line: neither may have more than the other.
func (h *heard) requirePublished(t *testing.T) {
	t.Helper()
	folder := filepath.Join("..", "..", "..", "..", "shared", "fabric-openapi")
	if _, err := os.Stat(folder); err != nil {
		t.Skip("the OpenAPI of microsoft/fabric-rest-api-specs is not in ../shared/fabric-openapi, beside the project")
	}
	api, err := published.Load(os.DirFS(folder), "platform/swagger.json", "dataPipeline/swagger.json", "lakehouse/swagger.json", "notebook/swagger.json")
	require.NoError(t, err)
	h.mu.Lock()
	all := slices.Clone(h.all)
	h.mu.Unlock()
	require.NotEmpty(t, all)
	lacks, forms := map[string]bool{}, map[string]int{}
	for _, x := range all {
		forms[form(x)]++
		if spelt, ok := newer(x); ok {
			lacks[form(x)] = true
			x = spelt
		}
		for _, err := range []error{api.Request(x.Method, x.Path, x.Query, x.Request), api.Answer(x.Method, x.Path, x.Status, x.Header, x.Response)} {
			switch {
			case errors.Is(err, published.ErrUnpublished):
				lacks[form(x)] = true
			case err != nil:
				t.Errorf("%v\n%s\n%s", err, x.Request, x.Response)
			}
		}
	}
	t.Logf("%d requests in %d forms: %v", len(all), len(forms), forms)
	require.Equal(t, documented(t), slices.Sorted(maps.Keys(lacks)), "docs/fabric.md has a table of what the published OpenAPI lacks")
}

// documented are the first cells of the table in docs/fabric.md.
func documented(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "fabric.md"))
	require.NoError(t, err)
	_, section, found := strings.Cut(string(text), "What the OpenAPI lacks")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	var forms []string
	for line := range strings.SplitSeq(section, "\n") {
		if cell, ok := strings.CutPrefix(line, "| `"); ok {
			cell, _, _ = strings.Cut(cell, "`")
			forms = append(forms, cell)
		}
	}
	slices.Sort(forms)
	return forms
}
