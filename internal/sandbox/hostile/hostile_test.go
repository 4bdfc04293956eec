package hostile

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox"
	"fabricportal/internal/sandbox/standin/entra"
	"fabricportal/internal/sandbox/standin/jobs"
)

func enter(t *testing.T, o Options) *Outside {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts a sandbox")
	}
	outside := New(o)
	box, err := sandbox.Start(t.Context(), sandbox.Options{
		Around: outside.Around, Log: t.Logf,
		Runner: jobs.RunnerFunc(func(context.Context, jobs.Execution) (jobs.Outcome, error) { return jobs.Outcome{}, nil }),
	})
	require.NoError(t, err)
	t.Cleanup(box.Close)
	require.NoError(t, outside.Enter(t.Context(), box))
	t.Cleanup(func() { outside.Close(context.Background()) })
	return outside
}

// client trusts the sandbox and follows nothing.
func client(o *Outside) *http.Client {
	return &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: o.box.Authority.Pool()}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// signedIn is a request for OneLake or Fabric with a token.
func signedIn(t *testing.T, o *Outside, method, address, audience string) *http.Request {
	t.Helper()
	app := o.box.StandIn.App
	resp, err := client(o).PostForm(o.box.StandIn.AuthorityURL+"/"+app.TenantID+"/oauth2/v2.0/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {app.ClientID}, "client_secret": {app.ClientSecret}, "scope": {audience + "/.default"}})
	require.NoError(t, err)
	defer resp.Body.Close()
	var token struct {
		Token string `json:"access_token"`
	}
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&token))
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+token.Token)
	r.Header.Set("x-ms-version", "2021-06-08")
	return r
}

// TestEachAttackIsServed switches to each attack alone and looks that it is there, and gone afterwards.
func TestEachAttackIsServed(t *testing.T) {
	o := enter(t, Options{})
	lake := o.box.StandIn.OneLakeURL + "/" + o.box.StandIn.WorkspaceID + "/" + o.box.StandIn.LakehouseID + "/"
	list := o.box.StandIn.OneLakeURL + "/" + o.box.StandIn.WorkspaceID + "?resource=filesystem&recursive=false&directory=" + o.box.StandIn.LakehouseID + "/Files/import"
	job := o.box.StandIn.APIURL + "/v1/workspaces/" + o.box.StandIn.WorkspaceID + "/items/" + o.box.StandIn.PipelineIDs["sales_ingest"] + "/jobs/instances"
	ask := func(method, address, audience string) (status int, begin string) {
		r := signedIn(t, o, method, address, audience)
		resp, err := client(o).Do(r)
		require.NoError(t, err)
		defer resp.Body.Close()
		enough := time.AfterFunc(time.Second, func() { resp.Body.Close() }) // of a byte now and then
		defer enough.Stop()
		body, _ := io.ReadAll(io.LimitReader(resp.Body, 2000))
		return resp.StatusCode, string(body)
	}
	counts := func() (rows int64) {
		for _, table := range []string{"pipeline_runs", "run_events", "run_artifacts"} {
			var n int64
			require.NoError(t, o.admin.QueryRow(t.Context(), "select count(*) from "+table).Scan(&n))
			rows += n
		}
		return rows
	}
	_, usual := ask(http.MethodGet, list, entra.StorageAudience)
	for _, a := range All() {
		require.NoError(t, o.Serve(t.Context(), a.Name), a.Name)
		require.Contains(t, o.Active(), a.Name)
		require.NotEmpty(t, a.What, a.Name)
		switch a.Place {
		case Import, Documents, Rows, Text:
			var told []string
			for _, path := range []string{"Files/import/x.csv", "Files/results/current/kpis.json", "Files/results/current/manifest.json", "Files/results/current/sales_cleaned.csv", "Files/results/current/sales_cleaned.parquet"} {
				if status, _ := ask(http.MethodHead, lake+path, entra.StorageAudience); status != http.StatusNotFound {
					told = append(told, path)
				}
			}
			if status, body := ask(http.MethodGet, list, entra.StorageAudience); status != http.StatusOK || body != usual {
				told = append(told, "the list")
			}
			require.NotEmpty(t, told, a.Name)
		case Jobs:
			found := false
			for method, address := range map[string]string{
				http.MethodGet: job, http.MethodPost: job, http.MethodPut: job,
				"GET ": job + "/" + oldRun, "POST ": strings.Replace(job, "items/"+o.box.StandIn.PipelineIDs["sales_ingest"]+"/jobs/instances", "datapipelines/pipelineruns/x/queryactivityruns", 1),
			} {
				status, _ := ask(strings.TrimSpace(method), address, entra.FabricAudience)
				found = found || status == http.StatusOK || status == http.StatusAccepted || status == http.StatusPermanentRedirect || status == http.StatusBadRequest
			}
			require.True(t, found, a.Name)
		case Database:
			if a.Name == "database locked" {
				_, err := o.admin.Exec(t.Context(), "lock table run_events in access share mode nowait")
				require.Error(t, err)
				continue
			}
			require.Greater(t, counts(), int64(5), a.Name)
		case SignIn:
			continue // its answers are below, and no token comes while it is served
		}
	}
	require.NoError(t, o.Serve(t.Context()))
	require.Equal(t, int64(6), counts(), "one run with its five files")
	_, body := ask(http.MethodGet, list, entra.StorageAudience)
	require.Equal(t, usual, body)
	require.Empty(t, o.Canary.Heard())
	require.Error(t, o.Serve(t.Context(), "no such attack"))
}

func TestTheRoundsServeEverything(t *testing.T) {
	served := map[string]bool{}
	o := New(Options{Seed: 5})
	for n := range Rounds() {
		names, err := o.Round(t.Context(), n)
		require.ErrorIs(t, err, errNoBox)
		for _, name := range names {
			served[name] = true
		}
	}
	require.Len(t, served, len(All()))
	other, _ := New(Options{Seed: 6}).Round(t.Context(), 0)
	first, _ := o.Round(t.Context(), 0)
	again, _ := New(Options{Seed: 5}).Round(t.Context(), 0)
	require.Equal(t, first, again)
	require.NotEqual(t, first, other)
}

func TestTheCanaryHears(t *testing.T) {
	o := enter(t, Options{})
	require.Empty(t, o.Canary.Heard())
	for _, address := range []string{o.Canary.HTTP, o.Canary.HTTPS} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/here", strings.NewReader("a secret"))
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer mine")
		resp, err := client(o).Do(r)
		require.NoError(t, err)
		resp.Body.Close()
	}
	heard := strings.Join(o.Canary.Heard(), "\n")
	require.Equal(t, 2, strings.Count(heard, "a connection"))
	require.Equal(t, 2, strings.Count(heard, `POST /here, Authorization "Bearer mine", body "a secret"`))
}

// TestWhatIsStrangeIsNoted: a desktop that believes a foreign row asks for an id that only that row names.
func TestWhatIsStrangeIsNoted(t *testing.T) {
	o := enter(t, Options{})
	r := signedIn(t, o, http.MethodGet, o.box.StandIn.APIURL+"/v1/workspaces/"+strings.ToUpper(foreignIDs[0])+"/items/x", entra.FabricAudience)
	resp, err := client(o).Do(r)
	require.NoError(t, err)
	resp.Body.Close()
	require.Len(t, o.Strange(), 1)
	require.Contains(t, o.Secrets.Find([]byte("I have "+r.Header.Get("Authorization"))), "access token (plain)")
}

func TestSecretsAreFoundInEveryForm(t *testing.T) {
	const secret = "sandbox~5f0c1a9e77d94b02"
	s := &Secrets{}
	s.Plant("secret", secret)
	for _, f := range forms {
		require.NotEmpty(t, s.Find([]byte("it was "+f.of(secret)+", you know")), f.name)
	}
	for shift := range 3 {
		require.NotEmpty(t, s.Find([]byte(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("u", shift)+":"+secret+":rest")))), shift)
	}
	for _, d := range dressed {
		require.NotEmpty(t, s.Find([]byte(dressedText())), d.name)
	}
	require.Empty(t, s.Find([]byte("nothing here, and no sandbox~5f0c1a")))
}

func TestWhatIsNotPlain(t *testing.T) {
	for _, text := range []string{"a\x1bb", "a\u202eb", "a\rb", "a\u009bb", "a\x7fb", "a\xffb", "a\u2028b"} {
		require.NotEmpty(t, NotPlain([]byte(text)), "%q", text)
	}
	require.Empty(t, NotPlain([]byte("naïve\tמכירות 😀\nsecond line\n")))
}

// TestTheBombsAreFilesOfTheirKind: those that are refused for their form alone would prove nothing.
func TestTheBombsAreFilesOfTheirKind(t *testing.T) {
	o := New(Options{})
	for _, a := range At(Rows) {
		if a.Name == "rows endless" || a.Name == "rows large" {
			continue
		}
		w := &kept{header: http.Header{}}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://x/w/l/Files/results/current/sales_cleaned.parquet", nil)
		require.NoError(t, err)
		require.True(t, a.serve(o, w, r))
		data := w.body.Bytes()
		require.True(t, bytes.HasPrefix(data, []byte("PAR1")) && bytes.HasSuffix(data, []byte("PAR1")), a.Name)
		require.Less(t, len(data), 16*megabyte, a.Name)
	}
}

// TestTheGzipBombUnpacks: its pieces are put together by hand.
func TestTheGzipBombUnpacks(t *testing.T) {
	r, err := gzip.NewReader(bytes.NewReader(gzipped([]byte("head"), strings.Repeat("A", 1000), 7)))
	require.NoError(t, err)
	data, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Equal(t, "head"+strings.Repeat("A", 7000), string(data))
}

type kept struct {
	header http.Header
	body   bytes.Buffer
}

func (k *kept) Header() http.Header         { return k.header }
func (k *kept) WriteHeader(int)             {}
func (k *kept) Write(b []byte) (int, error) { return k.body.Write(b) }

// TestTheFloodFloods counts wake-ups as a desktop hears them.
func TestTheFloodFloods(t *testing.T) {
	o := enter(t, Options{})
	conn, err := pgx.Connect(t.Context(), o.box.Database.AppDSN())
	require.NoError(t, err)
	defer conn.Close(context.Background())
	_, err = conn.Exec(t.Context(), "listen portal")
	require.NoError(t, err)
	require.NoError(t, o.Serve(t.Context(), "database flood"))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for range 500 {
		_, err := conn.WaitForNotification(ctx)
		require.NoError(t, err)
	}
	require.NoError(t, o.Serve(t.Context()))
}

// TestWhatTheEnvironmentSays: an attacker's variables name the canary, so that who believes them is heard.
func TestWhatTheEnvironmentSays(t *testing.T) {
	o := enter(t, Options{})
	env := o.Env()
	_, port := o.Canary.address()
	require.True(t, slices.Contains(env, "PGPORT="+port), fmt.Sprint(env))
	require.Contains(t, env, "AZURE_AUTHORITY_HOST="+o.Canary.HTTPS)
}
