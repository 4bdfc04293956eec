package hostile

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"fabricportal/internal/sandbox/standin"
)

func signInAttacks() []Attack {
	on := func(name, what string, serve func(o *Outside, w http.ResponseWriter, r *http.Request) bool) Attack {
		return Attack{Name: name, Place: SignIn, What: what, service: standin.Entra, serve: serve}
	}
	onToken := func(name, what string, answer func(o *Outside, w http.ResponseWriter, r *http.Request)) Attack {
		return on(name, what, func(o *Outside, w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodPost {
				return false
			}
			answer(o, w, r)
			return true
		})
	}
	return []Attack{
		onToken("sign-in repeats", "a refusal that repeats the secret in every form", func(o *Outside, w http.ResponseWriter, r *http.Request) {
			said := o.repeats(r)
			sendJSON(w, http.StatusUnauthorized, map[string]any{
				"error": "invalid_client " + said, "error_description": "AADSTS7000215: " + said, "error_codes": []int{7000215}, "correlation_id": said, "error_uri": o.Canary.HTTPS,
			})
		}),
		on("sign-in elsewhere", "a directory that names another place for the secret", func(o *Outside, w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodGet {
				return false
			}
			tenant := o.box.StandIn.App.TenantID
			sendJSON(w, http.StatusOK, map[string]any{
				"issuer": o.box.StandIn.AuthorityURL + "/" + tenant + "/v2.0", "token_endpoint": o.Canary.HTTPS + "/" + tenant + "/oauth2/v2.0/token",
				"authorization_endpoint": o.Canary.HTTPS + "/authorize", "jwks_uri": o.Canary.HTTP + "/keys",
			})
			return true
		}),
		on("sign-in redirect", "everything of Entra sends elsewhere, and the request's body with it", func(o *Outside, w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, o.Canary.HTTPS+r.URL.RequestURI(), http.StatusPermanentRedirect)
			return true
		}),
		onToken("sign-in endless", "an answer without an end", func(_ *Outside, w http.ResponseWriter, _ *http.Request) {
			repeat(w, `{"token_type":"Bearer","expires_in":3600,"access_token":"`, "x", 1<<62)
		}),
		onToken("sign-in bad token", "a token with line breaks, that lasts for ever", func(_ *Outside, w http.ResponseWriter, _ *http.Request) {
			sendJSON(w, http.StatusOK, map[string]any{"token_type": "Bearer", "expires_in": 1 << 62, "access_token": "x\r\nHost: evil\r\n\r\n" + texts[0]})
		}),
		onToken("sign-in drip", "a byte now and then", func(_ *Outside, w http.ResponseWriter, r *http.Request) { drip(r.Context(), w, `{ `) }),
	}
}

func sendJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// The ids that only hostile rows and answers name.
var foreignIDs = []string{"0e71e000-0000-4000-8000-000000000001", "0e71e000-0000-4000-8000-000000000002", "0e71e000-0000-4000-8000-000000000003"}

func jobAttacks() []Attack {
	on := func(name, what string, serve func(o *Outside, w http.ResponseWriter, r *http.Request) bool) Attack {
		return Attack{Name: name, Place: Jobs, What: what, service: standin.Fabric, serve: serve}
	}
	always := func(name, what string, answer func(o *Outside, w http.ResponseWriter, r *http.Request)) Attack {
		return on(name, what, func(o *Outside, w http.ResponseWriter, r *http.Request) bool { answer(o, w, r); return true })
	}
	starts := func(r *http.Request) bool {
		return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/jobs/instances")
	}
	return []Attack{
		always("jobs repeat", "refusals that repeat secret and token in every form, in colours", func(o *Outside, w http.ResponseWriter, r *http.Request) {
			said := o.repeats(r)
			w.Header().Set("RequestId", base64.StdEncoding.EncodeToString([]byte(o.box.StandIn.App.ClientSecret)))
			w.Header().Set("x-ms-public-api-error-code", "Evil"+texts[4])
			sendJSON(w, http.StatusBadRequest, map[string]any{
				"requestId": said, "errorCode": "Evil" + texts[0] + said, "message": said, "moreDetails": []any{map[string]any{"errorCode": said, "message": said}},
			})
		}),
		on("jobs elsewhere", "started jobs that are said to be at the canary", func(o *Outside, w http.ResponseWriter, r *http.Request) bool {
			if !starts(r) {
				return false
			}
			w.Header().Set("Location", fmt.Sprintf("%s/v1/workspaces/%s/items/%s/jobs/instances/%s", o.Canary.HTTPS, foreignIDs[0], foreignIDs[1], foreignIDs[2]))
			w.Header().Set("Retry-After", "999999999")
			w.WriteHeader(http.StatusAccepted)
			return true
		}),
		always("jobs redirect", "everything of Fabric sends elsewhere", func(o *Outside, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, o.Canary.HTTPS+r.URL.RequestURI(), http.StatusPermanentRedirect)
		}),
		on("jobs endless pages", "a list of jobs whose next page is at the canary, for ever", func(o *Outside, w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "/jobs/instances") {
				return false
			}
			var jobs []any
			for range 100 {
				jobs = append(jobs, hostileJob())
			}
			sendJSON(w, http.StatusOK, map[string]any{"value": jobs, "continuationToken": uuid.NewString(), "continuationUri": o.Canary.HTTPS + r.URL.Path})
			return true
		}),
		on("jobs of another", "each question about a job is answered with another one, whose words are bombs", func(o *Outside, w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodGet || !strings.Contains(r.URL.Path, "/jobs/instances/") {
				return false
			}
			sendJSON(w, http.StatusOK, hostileJob())
			return true
		}),
		on("jobs activities", "activity runs of a megabyte each", func(o *Outside, w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, "/queryactivityruns") {
				return false
			}
			w.Header().Set("Content-Type", "application/json")
			row, _ := json.Marshal(map[string]any{
				"activityName": texts[0], "activityType": "TridentNotebook", "status": texts[2], "activityRunId": uuid.NewString(), "pipelineName": unbroken(megabyte),
				"output": map[string]any{"result": map[string]any{"error": map[string]any{"ename": texts[4], "evalue": o.repeats(r)}, "exitValue": unbroken(megabyte)}},
				"error":  map[string]any{"errorCode": texts[1], "message": texts[3] + unbroken(megabyte)}, "input": map[string]any{"parameters": map[string]any{"run_id": texts[0]}},
			})
			repeat(w, `{"value":[`, string(row)+",", 1<<62)
			return true
		}),
		always("jobs endless", "answers without an end", func(_ *Outside, w http.ResponseWriter, _ *http.Request) {
			repeat(w, `{"value":[`, `{"id":"x"},`, 1<<62)
		}),
		always("jobs deep", "answers nested a million times", func(_ *Outside, w http.ResponseWriter, _ *http.Request) { repeat(w, `{"value":`, "[", megabyte) }),
		always("jobs drip", "a byte now and then", func(_ *Outside, w http.ResponseWriter, r *http.Request) { drip(r.Context(), w, `{"value":[ `) }),
	}
}

// hostileJob is a job that is nobody's, in words that mean to harm.
func hostileJob() map[string]any {
	return map[string]any{
		"id": uuid.NewString(), "itemId": foreignIDs[1], "jobType": texts[0], "invokeType": texts[4], "status": "Completed" + texts[0], "rootActivityId": foreignIDs[2],
		"startTimeUtc": "9999-99-99T99:99:99", "endTimeUtc": "0000-00-00T00:00:00.0000000",
		"failureReason": map[string]any{"requestId": texts[1], "errorCode": texts[2], "message": texts[0] + unbroken(3000) + dressedText()},
	}
}
