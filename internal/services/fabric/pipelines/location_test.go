package pipelines

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	jobsPath = "/v1/workspaces/" + ws + "/items/" + item + "/jobs/instances"
	here     = "https://api.fabric.microsoft.com" + jobsPath + "/" + job
)

// knownPlaces are addresses that name the job, as Fabric was seen or is documented to give them.
var knownPlaces = []string{
	here, strings.ToUpper(here), here + "?x=1",
	"https://wabi-west-europe-redirect.analysis.windows.net" + jobsPath + "/" + job,
	"https://WABI-US-north-central-b-redirect.analysis.windows.net:443" + jobsPath + "/" + job,
	"https://33333333333343338333333333333333.z33.w.api.fabric.microsoft.com" + jobsPath + "/" + job,
	"https://127.0.0.1:8443" + jobsPath + "/" + job, "https://[::1]:8443" + jobsPath + "/" + job,
	strings.Replace(here, "/jobs/", "/jobs/Pipeline/", 1),
}

// hostilePlaces name no job of this workspace's pipeline, or not in a way that all parsers take alike.
var hostilePlaces = []string{
	" ", job, jobsPath + "/" + job, "//api.fabric.microsoft.com" + jobsPath + "/" + job,
	"http://api.fabric.microsoft.com" + jobsPath + "/" + job, "ftp://api.fabric.microsoft.com" + jobsPath + "/" + job, "https:api.fabric.microsoft.com" + jobsPath + "/" + job,
	"https://" + jobsPath + "/" + job, "https:///api.fabric.microsoft.com" + jobsPath + "/" + job, `https:\\api.fabric.microsoft.com` + jobsPath + "/" + job,
	`https://api.fabric.microsoft.com\@evil.org` + jobsPath + "/" + job, "https://api.fabric.microsoft.com@evil.org" + jobsPath + "/" + job,
	"https://u:p@api.fabric.microsoft.com" + jobsPath + "/" + job, "https://@api.fabric.microsoft.com" + jobsPath + "/" + job,
	"https://evil.org/api.fabric.microsoft.com" + jobsPath + "/" + job, "https://evil.org/?" + here, "https://evil.org/?u=" + here, "https://evil.org/#" + here,
	"https://api.fabric.microsoft.com:" + jobsPath + "/" + job, "https://api.fabric.microsoft.com:x" + jobsPath + "/" + job, "https://api.fabric.microsoft.com:443:443" + jobsPath + "/" + job,
	"https://api.fabric.microsoft.com." + jobsPath + "/" + job, "https://-" + jobsPath + "/" + job, "https://api.fabr\u0456c.microsoft.com" + jobsPath + "/" + job, // a Cyrillic letter
	"https://api\u3002fabric.microsoft.com" + jobsPath + "/" + job, "https://[::1" + jobsPath + "/" + job, "https://[" + jobsPath + "/" + job, "https://[::1%25eth0]" + jobsPath + "/" + job,
	strings.Replace(here, ws, job2, 1), strings.Replace(here, item, job2, 1), strings.Replace(here, "/v1/", "/v2/", 1), strings.Replace(here, "/v1/", "//v1/", 1), strings.Replace(here, "/v1/", "/x/v1/", 1),
	strings.Replace(here, "/items/", "/items/../items/", 1), strings.Replace(here, "/items/", "/workspaces/", 1), strings.Replace(here, "/jobs/", "%2fjobs%2f", 1), strings.Replace(here, "/jobs/", "/jobs//", 1),
	strings.Replace(here, "/jobs/", `\jobs\`, 1), strings.Replace(here, "/jobs/", "/jobs/a/b/", 1), strings.Replace(here, "/jobs/", "/jobs/../", 1),
	here + "/", here + "/cancel", here + "/../../x", here + "%00", here + "#x", here + ";x", here + "\n", "\t" + here, here + "\r\nX: y", here + "@evil.org", here + "?a?b",
	strings.TrimSuffix(here, job) + "00000000-0000-0000-0000-000000000000", strings.TrimSuffix(here, job) + strings.ReplaceAll(job, "-", ""),
	strings.TrimSuffix(here, job) + "{" + job + "}", strings.TrimSuffix(here, job) + "urn:uuid:" + job, strings.TrimSuffix(here, job) + "..",
	"javascript:alert(1)//" + here, "file:///etc/passwd", "data:text/html," + here, here + "?" + strings.Repeat("x", 3000),
}

func workspaceClient() *Client {
	c := &Client{}
	c.cfg.APIURL, c.cfg.WorkspaceID = "https://api.fabric.microsoft.com", ws
	return c
}

// TestJobOf takes the job from an address by its path, whatever its host.
func TestJobOf(t *testing.T) {
	c := workspaceClient()
	for _, raw := range knownPlaces {
		id, err := c.jobOf(item, raw)
		require.NoError(t, err, raw)
		assert.Equal(t, job, id)
	}
	for _, raw := range []string{
		"https://api.fabric.microsoft.com" + jobsPath, "https://api.fabric.microsoft.com" + jobsPath + "/", "https://wabi-x-redirect.analysis.windows.net" + jobsPath + "?jobType=Execute",
	} {
		id, err := c.jobOf(item, raw)
		require.NoError(t, err, raw)
		assert.Empty(t, id, "an address of the item's jobs that names none")
	}
	assert.GreaterOrEqual(t, len(hostilePlaces), 30)
	for _, raw := range hostilePlaces {
		id, err := c.jobOf(item, raw)
		assert.ErrorIs(t, err, errJobURL, raw)
		assert.Empty(t, id)
		assert.NotContains(t, errJobURL.Error(), "evil")
	}
	_, err := c.jobOf("x", here)
	require.Error(t, err)
	assert.Equal(t, here, c.JobURL(item, strings.ToUpper(job)))
}

func FuzzJobOf(f *testing.F) {
	c := workspaceClient()
	for _, raw := range append(hostilePlaces, knownPlaces...) {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		id, err := c.jobOf(item, raw)
		if err != nil || id == "" {
			return
		}
		// What passes also means the same to Go's parser.
		u, perr := url.Parse(raw)
		require.NoError(t, perr)
		assert.Equal(t, "https", u.Scheme)
		assert.Nil(t, u.User)
		assert.NotEmpty(t, u.Hostname())
		assert.True(t, strings.HasSuffix(strings.ToLower(u.Path), "/"+id))
		assert.True(t, isGUID(id))
	})
}

// TestAStartIsKnownByItsIDAndNeverByItsHost has Fabric answer with every one of these addresses, at a host that watches: the job is
// taken where the answer names it, and nothing is ever asked or told there.
func TestAStartIsKnownByItsIDAndNeverByItsHost(t *testing.T) {
	canary := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s was called, with %q", r.URL, r.Header.Get("Authorization"))
	}))
	defer canary.Close()
	f, c := newFabric(t, nil)
	answer := func(location, id string) (Started, error) {
		f.handle = func(w http.ResponseWriter, r *http.Request, _ string) {
			if r.Method != http.MethodPost || strings.HasSuffix(r.URL.Path, "/cancel") {
				_, _ = w.Write([]byte(`{"id":"` + job + `","status":"InProgress"}`))
				return
			}
			w.Header()["Location"] = []string{location}
			if id != "" {
				w.Header().Set("x-ms-job-id", id)
			}
			w.WriteHeader(http.StatusAccepted)
		}
		return c.Start(t.Context(), request())
	}
	elsewhere := func(raw string) string { // at the canary
		return strings.NewReplacer("https://api.fabric.microsoft.com", canary.URL, "evil.org", canary.Listener.Addr().String()).Replace(raw)
	}
	for _, raw := range append([]string{canary.URL + jobsPath + "/" + job}, knownPlaces...) {
		for _, id := range []string{"", strings.ToUpper(job)} {
			got, err := answer(elsewhere(raw), id)
			require.NoError(t, err, raw)
			assert.Equal(t, job, got.JobID)
			assert.Equal(t, elsewhere(raw), got.JobURL, "what Fabric said is kept for people")
			// All that follows goes to the configured host.
			_, err = c.Get(t.Context(), item, got.JobID)
			require.NoError(t, err)
			require.NoError(t, c.Cancel(t.Context(), item, got.JobID))
		}
	}
	for _, raw := range hostilePlaces {
		raw = elsewhere(strings.Map(func(r rune) rune { // what a header can't hold is for TestJobOf
			if r < ' ' {
				return -1
			}
			return r
		}, raw))
		if _, err := c.jobOf(item, raw); err == nil || strings.TrimSpace(raw) == "" {
			continue
		}
		got, err := answer(raw, job)
		require.NoError(t, err, "the header names the job: %s", raw)
		assert.Equal(t, f.instances()+"/"+job, got.JobURL, "a place that is not the job's is not kept")
		_, err = answer(raw, "")
		var doubt *InDoubtError
		require.ErrorAs(t, err, &doubt, raw)
		assert.True(t, doubt.Accepted)
		assert.NotContains(t, err.Error(), canary.Listener.Addr().String())
	}
	for _, s := range f.seen() {
		assert.True(t, strings.HasPrefix(s.uri, jobsPath), s.uri)
	}
}

// TestIDsFromTheDatabaseAreLookedAtAnew hands the client what somebody may have written into a row.
func TestIDsFromTheDatabaseAreLookedAtAnew(t *testing.T) {
	f, c := newFabric(t, func(http.ResponseWriter, *http.Request, string) { t.Error("asked") })
	for _, id := range append([]string{"", ".", "..", "../" + job, job + "/..", job + "?x", job + "#", job + "%2f", "{" + job + "}", "urn:uuid:" + job,
		strings.ReplaceAll(job, "-", ""), "00000000-0000-0000-0000-000000000000", job + " ", "@evil.org", "null", strings.Repeat("a", 5000)}, hostilePlaces...) {
		if id == job {
			continue // no place, but an id
		}
		var gone *NotFoundError
		_, err := c.Get(t.Context(), item, id)
		require.ErrorAs(t, err, &gone, id)
		assert.Less(t, len(err.Error()), 200)
		require.ErrorAs(t, c.Cancel(t.Context(), item, id), &gone, id)
		_, err = c.ActivityRuns(t.Context(), id, time.Now(), time.Now())
		require.Error(t, err, id)
		assert.Empty(t, c.JobURL(item, id))
		assert.Empty(t, c.JobURL(id, job))
		assert.Empty(t, c.JobPage(t.Context(), item, id).URL)
		_, err = c.Get(t.Context(), id, job)
		require.Error(t, err)
		_, err = c.List(t.Context(), id, time.Now())
		require.Error(t, err)
	}
	assert.Empty(t, f.seen())
}
