package troubles

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/assets"
	"fabricportal/internal/format"
	"fabricportal/internal/plaintext"
)

var now = time.Date(2026, 11, 27, 12, 0, 1, 0, time.UTC)

// sample is an answer as it comes, and what the catalogue makes of it.
type sample struct {
	service Service
	status  int
	header  string // name: value
	body    string
	id      string
	class   Class
	want    string // in the sentence
}

func (s sample) trouble() *Trouble {
	if s.service == Step {
		t, ok := StepError(json.RawMessage(s.body))
		if !ok {
			t = Of(Answer{Service: Step})
		}
		return t
	}
	if s.service == Entra {
		return Of(Answer{Service: Entra, Doing: SigningIn, Status: s.status, Code: s.body, At: now})
	}
	header := http.Header{}
	if name, value, ok := strings.Cut(s.header, ": "); ok {
		header.Set(name, value)
	}
	return FromHTTP(s.service, Starting, s.status, header, []byte(s.body), now)
}

func fabricError(code, message string) string {
	body, _ := json.Marshal(map[string]any{"requestId": "aaaaaaaa-1111-4111-8111-111111111111", "errorCode": code, "message": message, "isRetriable": false})
	return string(body)
}

const (
	paused   = `{"requestId":"aaaaaaaa-1111-4111-8111-111111111111","errorCode":"InternalServerError","message":"An unexpected error happened on our end","isRetriable":false}`
	spark430 = `[TooManyRequestsForCapacity] HTTP Response code 430: This Spark job can't be run because you have hit a Spark compute or API rate limit.`
	notebook = `Notebook execution failed at Notebook service with http status code - '%', please check the Run logs on Notebook, additional details - 'Error name - ValueError, Error value - no order_id' : `
)

var samples = map[string]sample{
	"paused, as seen":             {Fabric, 500, "", paused, "capacity_unknown", Refused, "resume it"},
	"the same, retriable":         {Fabric, 500, "", strings.Replace(paused, "false", "true", 1), "own_problem", Passing, "HTTP 500"},
	"the same, not said":          {Fabric, 500, "", `{"errorCode":"InternalServerError","message":"x"}`, "own_problem", Passing, "HTTP 500"},
	"paused, by its code":         {Fabric, 404, "", fabricError("CapacityNotActive", "x"), "capacity_paused", Refused, "the administrator of the capacity"},
	"paused, in words":            {Fabric, 400, "", fabricError("BadRequest", "The capacity of the workspace has been paused"), "capacity_paused", Refused, "resume it"},
	"paused, for OneLake":         {OneLake, 403, "", `{"error":{"code":"CapacityPaused","message":"x"}}`, "capacity_paused", Refused, "resume it"},
	"paused, in a step":           {Step, 0, "", fabricError("2011", `{"error":{"code":"CapacityNotActive","message":"no"}}`), "capacity_paused", Refused, "resume it"},
	"full":                        {Fabric, 430, "Retry-After: 20", fabricError("TooManyRequestsForCapacity", "x"), "capacity_full", Passing, "try again in 20 s"},
	"full, without a body":        {Fabric, 430, "", "", "capacity_full", Passing, "in a few minutes"},
	"full, in a step":             {Step, 0, "", fabricError("2011", spark430), "capacity_full", Passing, "a larger one"},
	"full, as 429":                {Fabric, 429, "", fabricError("CapacityLimitExceeded", "x"), "capacity_full", Passing, "a larger one"},
	"no capacity":                 {Fabric, 403, "", fabricError("FeatureNotAvailable", "x"), "no_capacity", Refused, "a Fabric capacity"},
	"inbound policy":              {Fabric, 403, "", fabricError("RequestDeniedByInboundPolicy", "Request is denied due to inbound communication policy"), "network_policy", Refused, "VPN"},
	"inbound policy, in words":    {OneLake, 403, "", `{"error":{"code":"Forbidden","message":"denied due to inbound policy"}}`, "network_policy", Refused, "VPN"},
	"service principals off":      {Fabric, 403, "", fabricError("PrincipalTypeNotSupported", "x"), "principals_off", Refused, "Service principals can call"},
	"no right to the notebook":    {Fabric, 403, "", fabricError("MissingMinimalPermissions", "x"), "notebook_rights", Refused, "the pipeline's owner"},
	"a step without the right":    {Step, 0, "", fabricError("6002", strings.Replace(notebook[:strings.Index(notebook, ", additional")], "%", "403", 1)), "notebook_rights", Refused, "the pipeline's owner"},
	"a proxy's page":              {Fabric, 403, "", "<html>Blocked", "not_the_service", Refused, "something in between"},
	"a gateway's page":            {OneLake, 502, "", "<html>Bad gateway", "not_the_service", Passing, "in the place of OneLake"},
	"401":                         {Fabric, 401, "", fabricError("TokenExpired", "expired"), "sign_in", Refused, "fabric.client_id"},
	"401 with nothing":            {Fabric, 401, "", "", "sign_in", Refused, "fabric.client_id"},
	"403 for want of a role":      {Fabric, 403, "", fabricError("InsufficientPrivileges", "The caller has no rights"), "role", Refused, "Contributor"},
	"403 with nothing":            {Fabric, 403, "", "", "forbidden", Refused, "lets this network in"},
	"no pipeline":                 {Fabric, 400, "", fabricError("InvalidJobType", "x"), "not_a_pipeline", Refused, "data pipelines"},
	"404":                         {Fabric, 404, "", fabricError("ItemNotFound", "x"), "not_found", Refused, "fabric.pipeline_id"},
	"404 for want of rights":      {Fabric, 404, "", fabricError("EntityNotFound", "x"), "not_found", Refused, "a member"},
	"404 of the workspace":        {Fabric, 404, "", fabricError("WorkspaceNotFound", "x"), "workspace_not_found", Refused, "check its id"},
	"a name that is taken":        {Fabric, 409, "", fabricError("ItemDisplayNameAlreadyInUse", "x"), "name_taken", Refused, "rename or delete it"},
	"a name not free yet":         {Fabric, 400, "", fabricError("ItemDisplayNameNotAvailableYet", "x"), "name_reserved", Passing, "in a few minutes"},
	"too many items":              {Fabric, 400, "", fabricError("WorkspaceItemsLimitExceeded", "x"), "items_limit", Refused, "delete some"},
	"a definition that is none":   {Fabric, 400, "", fabricError("CorruptedPayload", "x"), "definition_refused", Refused, "newer version"},
	"409":                         {Fabric, 409, "", fabricError("ItemHasRunningJob", "x"), "conflict", Passing, "the pipeline's owner"},
	"429 of jobs":                 {Fabric, 429, "Retry-After: 55", fabricError("TooManyRequestsForJobs", "x"), "jobs_busy", Passing, "in 55 s"},
	"429 with Retry-After":        {Fabric, 429, "Retry-After: 1", fabricError("RequestBlocked", "x"), "asked_too_often", Passing, "in 1 s"},
	"429 without Retry-After":     {Fabric, 429, "", "", "asked_too_often", Passing, "in a few minutes"},
	"429 with a date":             {Fabric, 429, "Retry-After: Fri, 27 Nov 2026 12:05:01 GMT", "", "asked_too_often", Passing, "in 5 min"},
	"429 with nonsense":           {Fabric, 429, "Retry-After: -5", "", "asked_too_often", Passing, "in a few minutes"},
	"OneLake closed outside":      {OneLake, 403, "", `{"error":{"code":"Forbidden","message":"Access from applications external to Fabric is off"}}`, "onelake_outside", Refused, "switch on"},
	"OneLake 401":                 {OneLake, 401, "", "", "onelake_sign_in", Refused, "fabric.storage_scope"},
	"OneLake 403":                 {OneLake, 403, "x-ms-error-code: AuthorizationPermissionMismatch", "", "onelake_forbidden", Refused, "AuthorizationPermissionMismatch"},
	"OneLake 404":                 {OneLake, 404, "", `{"error":{"code":"WorkspaceNotFound","message":"x"}}`, "onelake_not_found", Refused, "fabric.lakehouse_id"},
	"OneLake and names":           {OneLake, 400, "", `{"error":{"code":"FriendlyNameSupportDisabled","message":"x"}}`, "onelake_names", Refused, "fabric.lakehouse_id"},
	"OneLake busy":                {OneLake, 429, "Retry-After: 500", `{"error":{"code":"Busy"}}`, "own_problem", Passing, "8 min 20 s"},
	"a redirect":                  {Fabric, 302, "", "", "redirect", Refused, "redirect"},
	"503":                         {Fabric, 503, "", "", "own_problem", Passing, "HTTP 503"},
	"another job":                 {Fabric, 200, "", `{"errorCode":"another_job"}`, "another_job", Passing, "another job"},
	"an endless list":             {Fabric, 200, "", `{"errorCode":"endless_list"}`, "endless_list", Passing, "to an end"},
	"no definition":               {Fabric, 200, "", `{"errorCode":"no_definition"}`, "no_definition", Passing, "save it"},
	"garbage":                     {Fabric, 200, "", "<html>", "not_understood", Passing, "while starting the pipeline"},
	"a step's own words":          {Step, 0, "", fabricError("6002", strings.Replace(notebook, "%", "200", 1)), "step", Refused, "ValueError: no order_id"},
	"a step as text":              {Step, 0, "", `"boom"`, "step", Refused, "boom"},
	"anything else":               {Fabric, 418, "", fabricError("Teapot", "I am a teapot"), "unknown", Refused, "I am a teapot"},
	"wrong secret":                {Entra, 401, "", "AADSTS7000215", "entra_wrong_secret", Refused, "AADSTS7000215"},
	"expired secret":              {Entra, 401, "", "AADSTS7000222", "entra_secret_expired", Refused, "expired"},
	"no secret":                   {Entra, 401, "", "AADSTS7000216", "entra_no_secret", Refused, "secret set client_secret"},
	"unknown application":         {Entra, 400, "", "AADSTS700016", "entra_unknown_app", Refused, "fabric.client_id"},
	"not in the tenant":           {Entra, 401, "", "AADSTS7000229", "entra_app_not_in_tenant", Refused, "add it"},
	"disabled":                    {Entra, 401, "", "AADSTS7000112", "entra_app_disabled", Refused, "enable it"},
	"not assigned":                {Entra, 400, "", "AADSTS501051", "entra_not_assigned", Refused, "assign"},
	"unknown tenant":              {Entra, 400, "", "AADSTS90002", "entra_unknown_tenant", Refused, "fabric.tenant_id"},
	"unknown service":             {Entra, 400, "", "AADSTS500011", "entra_unknown_service", Refused, "fabric.api_scope"},
	"wrong scope":                 {Entra, 400, "", "AADSTS70011", "entra_scope", Refused, "fabric.storage_scope"},
	"no consent":                  {Entra, 400, "", "AADSTS65001", "entra_consent", Refused, "consent"},
	"conditional access":          {Entra, 400, "", "AADSTS53003", "entra_conditional_access", Refused, "conditional access"},
	"the clock":                   {Entra, 400, "", "AADSTS700024", "entra_clock", Refused, "clock"},
	"Entra busy, by its code":     {Entra, 400, "", "AADSTS90033", "entra_busy", Passing, "busy"},
	"Entra busy":                  {Entra, 503, "", "", "entra_busy_status", Passing, "HTTP 503"},
	"Entra's unknown code at 503": {Entra, 503, "", "AADSTS50999", "entra_busy_status", Passing, "HTTP 503"},
	"Entra redirects":             {Entra, 302, "", "", "entra_redirect", Passing, "redirect"},
	"unknown certificate":         {Entra, 401, "", "AADSTS700027", "entra_certificate", Refused, "fabric.certificate_file"},
	"nobody has signed in":        {Entra, 401, "", SignInNeeded, "entra_sign_in", Refused, "portal-desktop signin"},
	"the sign-in has ended":       {Entra, 400, "", "AADSTS700082", "entra_sign_in", Refused, "has ended"},
	"declined":                    {Entra, 400, "", "authorization_declined", "entra_declined", Refused, "start again"},
	"no public client":            {Entra, 400, "", "AADSTS7000218", "entra_public_client", Refused, "http://localhost"},
	"another code":                {Entra, 400, "", "AADSTS50999", "entra_code", Refused, "AADSTS50999"},
	"invalid client":              {Entra, 401, "", "invalid_client", "entra_client", Refused, "fabric.client_id"},
	"nothing at all":              {Entra, 403, "", "", "entra_refused", Refused, "HTTP 403"},
}

// TestEveryEntryIsFound goes through answers as they were seen or are documented, at least one for each entry.
func TestEveryEntryIsFound(t *testing.T) {
	found := map[string]bool{}
	for name, s := range samples {
		t.Run(name, func(t *testing.T) {
			got := s.trouble()
			assert.Equal(t, s.id, got.ID)
			assert.Equal(t, s.class, got.Class)
			assert.Contains(t, got.Error(), s.want)
			assert.NotContains(t, got.Error(), "{{")
			assert.NotContains(t, got.Error(), "()")
			assert.NotContains(t, got.Error(), "  ")
			if got.RequestID != "" && s.service != Step {
				assert.True(t, strings.HasSuffix(got.Error(), " (request aaaaaaaa-1111-4111-8111-111111111111, 2026-11-27 12:00:01 UTC)"), got.Error())
			}
			found[got.ID] = true
		})
	}
	for _, e := range All() {
		assert.True(t, found[e.ID], "no sample for %s", e.ID)
	}
}

// TestEveryEntryIsInBothLanguages holds the catalogue against the window's translations.
func TestEveryEntryIsInBothLanguages(t *testing.T) {
	for _, language := range []string{"en", "de"} {
		data, err := assets.Translations.ReadFile("translation/" + language + ".json")
		require.NoError(t, err)
		var all map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(data, &all))
		texts := map[string]string{}
		for key, raw := range all {
			var text string
			if json.Unmarshal(raw, &text) == nil {
				texts[key] = text
			}
		}
		for _, text := range Texts() {
			require.NotEmpty(t, texts[text], "%s: %s", language, text)
		}
		w := format.Writer{Text: func(english string) string { return texts[english] }}
		for name, s := range samples {
			trouble := s.trouble()
			said := trouble.Say(w)
			assert.NotContains(t, said, "{{", name)
			if language == "en" {
				assert.Equal(t, trouble.Error(), said, "en.json is what the program says")
			} else if trouble.ID != "step" {
				assert.NotEqual(t, trouble.Error(), said, "%s is said in German", name)
			}
		}
	}
}

func TestInnermost(t *testing.T) {
	for message, want := range map[string][2]string{
		"":      {"", ""},
		"plain": {"plain", ""},
		`{"errorCode":"A","message":"{\"error\":{\"code\":\"B\",\"message\":\"the inner one\"}}"}`:                   {"the inner one", "B"},
		`Operation on target X failed: {"message":"\"{\\\"errorCode\\\":\\\"C\\\",\\\"message\\\":\\\"deep\\\"}\""}`: {"deep", "C"},
		`{"error":{"code":"A","message":"outer","details":[{"code":"D","message":"detail"}]}}`:                       {"detail", "D"},
		`failed - 'Error name - KeyError, Error value - 'city'' : `:                                                  {"KeyError: 'city'", ""},
		`failed - 'Error name - RunFailed, Error value - The file has no rows.' : `:                                  {"The file has no rows.", ""},
		`a {broken json: {"message": 5} and {"other":1}`:                                                             {`a {broken json: {"message": 5} and {"other":1}`, ""},
		`"quoted"`: {"quoted", ""},
		`braces {} everywhere {"message":"here"}`: {"here", ""},
	} {
		text, code := Innermost(message)
		assert.Equal(t, want, [2]string{text, code}, message)
	}
	deep := `"x"`
	for range 20 {
		raw, _ := json.Marshal(map[string]string{"message": deep})
		deep = string(raw)
	}
	text, _ := Innermost(deep)
	assert.NotEmpty(t, text, "an end in any case")
	text, _ = Innermost(strings.Repeat("{", 1<<20))
	assert.LessOrEqual(t, len(text), maxNested)
}

// TestNothingHarmfulIsShown goes through what an answer must not bring to a screen.
func TestNothingHarmfulIsShown(t *testing.T) {
	for _, hostile := range []string{
		"line\nbreak\x1b[31mred\u202e turned", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.signature", "client_secret=canary-secret", "pass\u200bword=canary-secret",
		`{"message":"password=canary-secret"}`, strings.Repeat("long ", 5000), "{{.Wait}} {{.Said}}",
	} {
		for _, s := range []Service{Fabric, OneLake, Step} {
			got := FromHTTP(s, Starting, 418, http.Header{"Requestid": {hostile}}, []byte(fabricError(hostile, hostile)), now)
			text := got.Error()
			assert.NotContains(t, text, "canary-secret")
			assert.NotContains(t, text, "eyJhbGci")
			assert.NotContains(t, text, "\n")
			assert.NotContains(t, text, "\x1b")
			assert.NotContains(t, text, "\u202e")
			assert.Less(t, len(text), 3000)
		}
	}
	for _, body := range []string{"", "null", "[]", "5", `{"errorCode":5,"message":[],"requestId":{},"moreDetails":5,"isRetriable":"x"}`, `{"error":null}`, strings.Repeat(`{"error":`, 1000)} {
		got := FromHTTP(Fabric, Starting, 500, nil, []byte(body), now)
		assert.Contains(t, got.Error(), "HTTP 500", body)
	}
	odd := FromHTTP(Fabric, Starting, 400, nil, []byte(`{"errorCode":5,"message":"the text counts","moreDetails":[{"errorCode":"Inner","message":"and the detail"}]}`), now)
	assert.Contains(t, odd.Error(), "the text counts: and the detail [Inner]")
}

func FuzzFromHTTP(f *testing.F) {
	for _, s := range samples {
		f.Add(s.status, s.body)
	}
	f.Add(400, `{"message":"{\"message\":\"{\\\"message\\\":5}\"}","moreDetails":[{"message":"Error name - a, Error value - b"}]}`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		texts := []string{FromHTTP(Fabric, Starting, status, nil, []byte(body), now).Error(), FromHTTP(OneLake, UsingFiles, status, nil, []byte(body), now).Error()}
		if step, ok := StepError([]byte(body)); ok {
			texts = append(texts, step.Error())
		}
		for _, text := range texts {
			if !plaintext.Shows(text, 10_000) {
				t.Errorf("%q", text)
			}
		}
	})
}
