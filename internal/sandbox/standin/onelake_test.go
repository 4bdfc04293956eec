package standin_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// lake is a DFS client of the plainest kind.
type lake struct {
	*world
	token string
}

func openLake(t *testing.T) lake {
	w := start(t, nil)
	return lake{w, w.storageToken()}
}

// encoded is a path with each segment percent-encoded.
func encoded(path string) string {
	parts := strings.Split(path, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return strings.Join(parts, "/")
}

func (l lake) call(method, path, query string, body []byte, header ...string) answer {
	l.t.Helper()
	h := map[string]string{"x-ms-version": "2021-06-08"}
	for i := 0; i < len(header); i += 2 {
		h[header[i]] = header[i+1]
	}
	address := l.OneLakeURL + "/" + l.WorkspaceID + "/" + l.LakehouseID + "/" + encoded(path)
	if query != "" {
		address += "?" + query
	}
	a, err := l.do(method, address, l.token, body, h)
	require.NoError(l.t, err)
	return a
}

func (l lake) code(a answer) string {
	l.t.Helper()
	if a.header.Get("x-ms-error-code") != "" && len(a.body) > 0 {
		require.Equal(l.t, a.header.Get("x-ms-error-code"), a.json(l.t)["error"].(map[string]any)["code"])
	}
	return fmt.Sprint(a.status, " ", a.header.Get("x-ms-error-code"))
}

func (l lake) list(query string) (names []string, continuation string) {
	l.t.Helper()
	a := l.must("GET", l.OneLakeURL+"/"+l.WorkspaceID+"?resource=filesystem&"+query, l.token, nil, map[string]string{"x-ms-version": "2021-06-08"})
	require.Equal(l.t, 200, a.status, "%s", a.body)
	for _, p := range a.json(l.t)["paths"].([]any) {
		entry := p.(map[string]any)
		require.IsType(l.t, "", entry["contentLength"], "numbers are strings")
		name := entry["name"].(string)
		if entry["isDirectory"] == "true" {
			name += "/"
		}
		names = append(names, strings.TrimPrefix(name, l.LakehouseID+"/"))
	}
	return names, a.header.Get("x-ms-continuation")
}

func TestUploadAsADesktopDoesIt(t *testing.T) {
	l := openLake(t)
	for _, name := range []string{"sales.xlsx", "with space.xlsx", "été Köln.xlsx", "100%.xlsx", "a+b.xlsx", "a#b.xlsx", "50%25.xlsx", "a&b=c.xlsx", "日本.csv"} {
		t.Run(name, func(t *testing.T) {
			part, final := "Files/import/."+name+".part", "Files/import/"+name
			require.Equal(t, "201 ", l.code(l.call("PUT", part, "resource=file", nil, "If-None-Match", "*")))
			require.Equal(t, "202 ", l.code(l.call("PATCH", part, "action=append&position=0", []byte("hello "))))
			require.Equal(t, "202 ", l.code(l.call("PATCH", part, "action=append&position=6", []byte("world"))))
			require.Equal(t, "202 ", l.code(l.call("PATCH", part, "action=append&position=6", []byte("world"))), "the same piece may come again")
			require.Equal(t, "0", l.call("HEAD", part, "", nil).header.Get("Content-Length"), "nobody sees it before the flush")
			require.Equal(t, "400 InvalidFlushPosition", l.code(l.call("PATCH", part, "action=flush&position=10", nil)))
			require.Equal(t, "400 InvalidFlushPosition", l.code(l.call("PATCH", part, "action=flush&position=12", nil)))
			require.Equal(t, "200 ", l.code(l.call("PATCH", part, "action=flush&position=11", nil)))
			require.Equal(t, "11", l.call("HEAD", part, "", nil).header.Get("Content-Length"))

			source := "/" + l.WorkspaceID + "/" + l.LakehouseID + "/" + encoded(part)
			require.Equal(t, "201 ", l.code(l.call("PUT", final, "", nil, "x-ms-rename-source", source, "If-None-Match", "*")))
			require.Equal(t, "404 SourcePathNotFound", l.code(l.call("PUT", final, "", nil, "x-ms-rename-source", source)), "as for a repeated one")
			got := l.call("GET", final, "", nil)
			require.Equal(t, "hello world", string(got.body))
			require.NotEmpty(t, got.header.Get("ETag"))
			onDisk, err := os.ReadFile(filepath.Join(l.dir, "Files", "import", name))
			require.NoError(t, err)
			require.Equal(t, "hello world", string(onDisk))
			names, _ := l.list("recursive=false&" + url.Values{"directory": {l.LakehouseID + "/Files/import"}}.Encode())
			require.Contains(t, names, final)
			require.NotContains(t, names, part)
		})
	}
	l.call("PUT", "Files/import/x", "resource=file", nil)
	for _, raw := range []string{"with space", "été", "100%", "a#b"} {
		header := "/" + l.WorkspaceID + "/" + l.LakehouseID + "/Files/import/" + raw
		require.Equal(t, "400 InvalidSourceUri", l.code(l.call("PUT", "Files/import/y", "", nil, "x-ms-rename-source", header)), "a source that is not encoded")
	}
}

func TestConditionsAndRanges(t *testing.T) {
	l := openLake(t)
	put := func(text string) string {
		l.call("PUT", "Files/import/a.csv", "resource=file", nil)
		l.call("PATCH", "Files/import/a.csv", "action=append&position=0", []byte(text))
		return l.call("PATCH", "Files/import/a.csv", fmt.Sprint("action=flush&position=", len(text)), nil).header.Get("ETag")
	}
	first := put("0123456789")
	require.Equal(t, first, l.call("HEAD", "Files/import/a.csv", "", nil).header.Get("ETag"))
	require.Equal(t, "409 PathAlreadyExists", l.code(l.call("PUT", "Files/import/a.csv", "resource=file", nil, "If-None-Match", "*")))
	require.Equal(t, "0123456789", string(l.call("GET", "Files/import/a.csv", "", nil).body), "a refused create leaves the content")

	part := l.call("GET", "Files/import/a.csv", "", nil, "Range", "bytes=2-4")
	require.Equal(t, 206, part.status)
	require.Equal(t, "234", string(part.body))
	require.Equal(t, "bytes 2-4/10", part.header.Get("Content-Range"))
	require.Equal(t, "416 InvalidRange", l.code(l.call("GET", "Files/import/a.csv", "", nil, "Range", "bytes=10-")))
	require.Equal(t, "412 ConditionNotMet", l.code(l.call("GET", "Files/import/a.csv", "", nil, "If-Match", `"0x0"`)))
	require.Equal(t, 200, l.call("GET", "Files/import/a.csv", "", nil, "If-Match", first).status)
	require.Equal(t, 304, l.call("GET", "Files/import/a.csv", "", nil, "If-None-Match", first).status)

	second := put("9876543210")
	require.NotEqual(t, first, second)
	require.NoError(t, os.WriteFile(filepath.Join(l.dir, "Files", "import", "a.csv"), []byte("by a notebook"), 0o600))
	third := l.call("HEAD", "Files/import/a.csv", "", nil)
	require.NotEqual(t, second, third.header.Get("ETag"))
	require.Equal(t, "file", third.header.Get("x-ms-resource-type"))
	require.Equal(t, "412 ConditionNotMet", l.code(l.call("DELETE", "Files/import/a.csv", "", nil, "If-Match", second)))

	l.call("PUT", "Files/import/b.csv", "resource=file", nil)
	source := "/" + l.WorkspaceID + "/" + l.LakehouseID + "/Files/import/b.csv"
	require.Equal(t, "409 PathAlreadyExists", l.code(l.call("PUT", "Files/import/a.csv", "", nil, "x-ms-rename-source", source, "If-None-Match", "*")))
	require.Equal(t, "404 RenameDestinationParentPathNotFound", l.code(l.call("PUT", "Files/none/b.csv", "", nil, "x-ms-rename-source", source)))
	require.Equal(t, "201 ", l.code(l.call("PUT", "Files/import/a.csv", "", nil, "x-ms-rename-source", source)), "without a condition it overwrites")
	require.Empty(t, l.call("GET", "Files/import/a.csv", "", nil).body)

	require.Equal(t, "200 ", l.code(l.call("DELETE", "Files/import/a.csv", "", nil)))
	require.Equal(t, "404 PathNotFound", l.code(l.call("DELETE", "Files/import/a.csv", "", nil)))
	require.Equal(t, "404 PathNotFound", l.code(l.call("GET", "Files/import/a.csv", "", nil)))
	require.Equal(t, "404 PathNotFound", l.code(l.call("HEAD", "Files/import/a.csv", "", nil)))
	require.Equal(t, "404 PathNotFound", l.code(l.call("PATCH", "Files/import/a.csv", "action=append&position=0", []byte("x"))))
}

func TestOnlyOneOfManyCreatesAndRenamesWins(t *testing.T) {
	l := openLake(t)
	for i := range 8 {
		l.call("PUT", fmt.Sprint("Files/import/part", i), "resource=file", nil)
	}
	var created, renamed atomic.Int32
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			if l.call("PUT", "Files/import/new", "resource=file", nil, "If-None-Match", "*").status == http.StatusCreated {
				created.Add(1)
			}
			source := fmt.Sprintf("/%s/%s/Files/import/part%d", l.WorkspaceID, l.LakehouseID, i)
			if l.call("PUT", "Files/import/final", "", nil, "x-ms-rename-source", source, "If-None-Match", "*").status == http.StatusCreated {
				renamed.Add(1)
			}
		})
	}
	group.Wait()
	require.EqualValues(t, 1, created.Load())
	require.EqualValues(t, 1, renamed.Load())
}

func TestListing(t *testing.T) {
	l := openLake(t)
	for _, name := range []string{"results/current/kpis.json", "results/current/a.csv", "results/runs/r1/kpis.json", "results/a.b", "import/x.xlsx"} {
		require.Equal(t, "201 ", l.code(l.call("PUT", "Files/"+name, "resource=file", nil)))
	}
	require.Equal(t, "201 ", l.code(l.call("PUT", "Files/empty", "resource=directory", nil)))
	in := func(directory string) string { return url.Values{"directory": {l.LakehouseID + directory}}.Encode() }

	names, _ := l.list("recursive=false&" + in("/Files"))
	require.Equal(t, []string{"Files/empty/", "Files/import/", "Files/results/"}, names)
	want := []string{
		"Files/results/a.b", "Files/results/current/", "Files/results/current/a.csv", "Files/results/current/kpis.json",
		"Files/results/runs/", "Files/results/runs/r1/", "Files/results/runs/r1/kpis.json",
	}
	names, _ = l.list("recursive=true&" + in("/Files/results"))
	require.Equal(t, want, names)
	var paged []string
	query := "recursive=true&maxResults=2&" + in("/Files/results")
	names, next := l.list(query)
	paged = append(paged, names...)
	for next != "" {
		require.Len(t, names, 2)
		names, next = l.list(query + "&" + url.Values{"continuation": {next}}.Encode())
		paged = append(paged, names...)
	}
	require.Equal(t, want, paged)

	root := l.OneLakeURL + "/" + l.WorkspaceID + "?resource=filesystem"
	version := map[string]string{"x-ms-version": "2021-06-08"}
	require.Equal(t, "404 PathNotFound", l.code(l.must("GET", root+"&recursive=false&"+in("/Files/none"), l.token, nil, version)))
	require.Equal(t, "400 MissingRequiredQueryParameter", l.code(l.must("GET", root+"&"+in("/Files"), l.token, nil, version)))
	require.Equal(t, "400 UnsupportedQueryParameter", l.code(l.must("GET", root+"&recursive=true&prefix=x", l.token, nil, version)))
	require.Equal(t, "200 ", l.code(l.must("GET", root+"&recursive=true&"+in("/Files"), l.token, nil, nil)), "no version is needed")
	require.Equal(t, "400 InvalidHeaderValue", l.code(l.must("GET", root+"&recursive=true&"+in("/Files"), l.token, nil, map[string]string{"x-ms-version": "new"})))

	require.Equal(t, "409 DirectoryNotEmpty", l.code(l.call("DELETE", "Files/results/runs", "", nil)))
	require.Equal(t, "200 ", l.code(l.call("DELETE", "Files/results/runs", "recursive=true", nil)))
	require.Equal(t, "directory", l.call("HEAD", "Files/empty", "", nil).header.Get("x-ms-resource-type"))
}

func TestNamesAndPlacesThatAreRefused(t *testing.T) {
	l := openLake(t)
	outside := filepath.Join(filepath.Dir(l.dir), "secret")
	require.NoError(t, os.WriteFile(outside, []byte("secret"), 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(l.dir, "Files", "link")))
	version := map[string]string{"x-ms-version": "2021-06-08"}
	base := l.OneLakeURL + "/" + l.WorkspaceID + "/" + l.LakehouseID
	for address, want := range map[string]string{
		base + "/Files/../../secret":                                       "400 InvalidUri",
		base + "/Files/%2e%2e/%2e%2e/secret":                               "400 InvalidUri",
		base + "/Files/..%2f..%2fsecret":                                   "400 InvalidUri",
		base + "/Files/..%5c..%5csecret":                                   "400 InvalidUri",
		base + "/Files//x":                                                 "400 InvalidUri",
		base + "/Files/%00":                                                "400 InvalidUri",
		base + "/Elsewhere/x":                                              "404 PathNotFound",
		base + ".Lakehouse/Files/x":                                        "400 FriendlyNameSupportDisabled",
		l.OneLakeURL + "/Sandbox/SandboxLakehouse.Lakehouse/Files/x":       "400 FriendlyNameSupportDisabled",
		l.OneLakeURL + "/{" + l.WorkspaceID + "}/" + l.LakehouseID + "/x":  "400 FriendlyNameSupportDisabled",
		l.OneLakeURL + "/" + uuid.NewString() + "/" + l.LakehouseID + "/x": "404 WorkspaceNotFound",
		l.OneLakeURL + "/" + l.WorkspaceID + "/" + uuid.NewString() + "/x": "404 ArtifactNotFound",
	} {
		request, err := http.NewRequestWithContext(t.Context(), "GET", l.OneLakeURL, nil)
		require.NoError(t, err)
		// Written as it stands: a client would tidy the path up before it sent it.
		request.URL.Opaque = strings.TrimPrefix(address, "https:")
		request.Header.Set("Authorization", "Bearer "+l.token)
		request.Header.Set("x-ms-version", "2021-06-08")
		response, err := l.client.Do(request)
		require.NoError(t, err)
		response.Body.Close()
		require.Equal(t, want, fmt.Sprint(response.StatusCode, " ", response.Header.Get("x-ms-error-code")), address)
	}
	link := l.call("GET", "Files/link", "", nil)
	require.NotEqual(t, 200, link.status, "a link may not lead out of the lakehouse")
	require.NotContains(t, string(link.body), "secret\n")
	for _, path := range []string{"Files", "Tables", "Mine"} {
		require.Contains(t, []string{"403 OperationNotAllowedOnTheFirstLevel", "404 PathNotFound"}, l.code(l.call("PUT", path, "resource=directory", nil)))
	}
	require.Equal(t, "403 OperationNotAllowedOnTheFirstLevel", l.code(l.call("DELETE", "Files", "recursive=true", nil)))
	traversal := "/" + l.WorkspaceID + "/" + l.LakehouseID + "/Files/%2e%2e/%2e%2e/secret"
	require.Equal(t, "400 InvalidSourceUri", l.code(l.call("PUT", "Files/import/x", "", nil, "x-ms-rename-source", traversal)))
	up := l.must("GET", l.OneLakeURL+"/"+l.WorkspaceID+"?resource=filesystem&recursive=true&directory="+l.LakehouseID+"/Files/../..", l.token, nil, version)
	require.Equal(t, "400 InvalidUri", l.code(up))
	bad := base64.StdEncoding.EncodeToString([]byte("x")) + "!"
	require.Equal(t, 400, l.must("GET", l.OneLakeURL+"/"+l.WorkspaceID+"?resource=filesystem&recursive=true&directory="+l.LakehouseID+"/Files&continuation="+url.QueryEscape(bad), l.token, nil, version).status)
}
