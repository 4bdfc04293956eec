package entra

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Person is one who can sign in.
type Person struct {
	Name     string // of the sign-in, such as ana@sandbox.onmicrosoft.com
	ObjectID string
}

// People are those of the tenant. No password is asked for: whoever stands at the page chooses.
var People = []Person{
	{"ana@" + Domain, "aaaaaaaa-0000-4000-8000-00000000000a"},
	{"ben@" + Domain, "bbbbbbbb-0000-4000-8000-00000000000b"},
}

// grant is what a page has led to: one use, for the person, the client and the scope.
type grant struct {
	person              Person
	scope               string
	challenge, redirect string // of an authorization code
	until               time.Time
}

// device is a sign-in by code that somebody waits for.
type device struct {
	user, scope string
	person      *Person // who signed in; nil: nobody yet
	declined    bool
	until       time.Time
}

// signIns are the sign-ins of people that are under way, and those that can be renewed.
type signIns struct {
	mu        sync.Mutex
	codes     map[string]grant
	renewals  map[string]grant
	devices   map[string]*device
	pages     int // how often a page was asked for
	consented func(resource string) bool
	demand    string // the value of the claim that a sign-in has to have asked for; "" for none
}

func newSignIns() *signIns {
	return &signIns{codes: map[string]grant{}, renewals: map[string]grant{}, devices: map[string]*device{}}
}

// Pages is how often a person was shown a page to sign in.
func (a *Authority) Pages() int {
	a.people.mu.Lock()
	defer a.people.mu.Unlock()
	return a.people.pages
}

// EndSignIns has nobody be signed in any more, as when an administrator revokes all sessions.
func (a *Authority) EndSignIns() {
	a.people.mu.Lock()
	defer a.people.mu.Unlock()
	clear(a.people.renewals)
}

// Consented has people's tokens be given only for the services that it holds for; nil for all.
func (a *Authority) Consented(holds func(resource string) bool) {
	a.people.mu.Lock()
	defer a.people.mu.Unlock()
	a.people.consented = holds
}

// Demand has renewals be refused until a person has signed in at a page that asked for a claim (acrs) of this value, as when a second factor
// is required from now on.
func (a *Authority) Demand(value string) {
	a.people.mu.Lock()
	defer a.people.mu.Unlock()
	a.people.demand = value
}

// demanded is the claims that are asked for.
func demanded(value string) string {
	return `{"access_token":{"acrs":{"essential":true,"value":"` + value + `"}}}`
}

// meets tells whether claims that a page was asked with are those.
func meets(claims, value string) bool {
	var asked struct {
		AccessToken struct {
			ACRS struct {
				Value string `json:"value"`
			} `json:"acrs"`
		} `json:"access_token"`
	}
	return json.Unmarshal([]byte(claims), &asked) == nil && asked.AccessToken.ACRS.Value == value
}

const (
	codeLife   = 10 * time.Minute
	deviceLife = 15 * time.Minute
)

var page = template.Must(template.New("page").Parse(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in to your account</title>
<body style="font-family:sans-serif;max-width:26em;margin:4em auto"><h1>{{.Title}}</h1>
<form method="post" action="{{.Action}}">{{range $k, $v := .Hidden}}<input type="hidden" name="{{$k}}" value="{{$v}}">{{end}}
{{if .AskCode}}<p><label>Code <input name="user_code" autofocus></label></p>{{end}}
{{range .People}}<p><button id="{{.Name}}" name="person" value="{{.Name}}">{{.Name}}</button></p>{{end}}
<p><button id="cancel" name="person" value="">Cancel</button></p></form>`))

var back = template.Must(template.New("back").Parse(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Working…</title>
<body onload="document.forms[0].submit()"><form method="post" action="{{.Action}}">{{range $k, $v := .Hidden}}<input type="hidden" name="{{$k}}" value="{{$v}}">{{end}}
<noscript><button>Continue</button></noscript></form>`))

type shown struct {
	Title, Action string
	Hidden        map[string]string
	People        []Person
	AskCode       bool
}

func show(w http.ResponseWriter, t *template.Template, s shown) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_ = t.Execute(w, s)
}

// passed are the parameters of an authorize request that its page hands on.
var passed = []string{"client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "code_challenge", "code_challenge_method", "claims"}

// authorize is the page on which a person signs in (RFC 6749, 4.1.1, with PKCE, RFC 7636); Entra shows faults on it.
func (a *Authority) authorize(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	fault := a.authorizeFault(r)
	if fault != "" {
		http.Error(w, "Sorry, but we're having trouble signing you in. "+fault, http.StatusBadRequest)
		return
	}
	hidden := map[string]string{}
	for _, k := range passed {
		hidden[k] = r.Form.Get(k)
	}
	if r.Method == http.MethodGet {
		a.people.mu.Lock()
		a.people.pages++
		a.people.mu.Unlock()
		show(w, page, shown{Title: "Pick an account", Action: r.URL.Path, Hidden: hidden, People: People})
		return
	}
	answer := map[string]string{"state": r.Form.Get("state")}
	if p, ok := personOf(r.PostForm.Get("person")); ok {
		code := rand.Text()
		a.people.mu.Lock()
		if a.people.demand != "" && meets(r.Form.Get("claims"), a.people.demand) {
			a.people.demand = ""
		}
		a.people.codes[code] = grant{p, r.Form.Get("scope"), r.Form.Get("code_challenge"), r.Form.Get("redirect_uri"), time.Now().Add(codeLife)}
		a.people.mu.Unlock()
		answer["code"] = code
	} else {
		answer["error"], answer["error_description"] = "access_denied", "AADSTS65004: User declined to consent to access the app."
	}
	show(w, back, shown{Action: r.Form.Get("redirect_uri"), Hidden: answer})
}

func (a *Authority) authorizeFault(r *http.Request) string {
	redirect, err := url.Parse(r.Form.Get("redirect_uri"))
	switch {
	case !a.knows(r.PathValue("tenant")):
		return "AADSTS90002: Tenant not found."
	case !strings.EqualFold(r.Form.Get("client_id"), a.client()):
		return "AADSTS700016: Application not found in the directory."
	case err != nil || redirect.Scheme != "http" || redirect.Hostname() != "localhost":
		return "AADSTS50011: The redirect URI specified in the request does not match the redirect URIs configured for the application."
	case r.Form.Get("response_type") != "code" || r.Form.Get("response_mode") != "form_post":
		return "AADSTS900144: The request must ask for a code, as form_post."
	case r.Form.Get("code_challenge_method") != "S256" || r.Form.Get("code_challenge") == "":
		return "AADSTS50148: Proof Key for Code Exchange is required."
	}
	return ""
}

// devicecode begins a sign-in by code (RFC 8628).
func (a *Authority) devicecode(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	if !strings.EqualFold(r.PostForm.Get("client_id"), a.client()) {
		refuse(w, http.StatusBadRequest, "unauthorized_client", 700016, "Application not found in the directory.")
		return
	}
	code, user := rand.Text(), rand.Text()[:9]
	a.people.mu.Lock()
	a.people.devices[code] = &device{user: user, scope: r.PostForm.Get("scope"), until: time.Now().Add(deviceLife)}
	a.people.mu.Unlock()
	at := a.base(r) + "/common/oauth2/deviceauth"
	answer(w, http.StatusOK, map[string]any{
		"user_code": user, "device_code": code, "verification_uri": at, "expires_in": int(deviceLife / time.Second), "interval": 1,
		"message": fmt.Sprintf("To sign in, use a web browser to open the page %s and enter the code %s to authenticate.", at, user),
	})
}

// deviceauth is the page on which the code is entered.
func (a *Authority) deviceauth(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		show(w, page, shown{Title: "Enter code", Action: r.URL.Path, People: People, AskCode: true})
		return
	}
	_ = r.ParseForm()
	a.people.mu.Lock()
	defer a.people.mu.Unlock()
	for _, d := range a.people.devices {
		if d.user != strings.ToUpper(strings.TrimSpace(r.PostForm.Get("user_code"))) || time.Now().After(d.until) {
			continue
		}
		if p, ok := personOf(r.PostForm.Get("person")); ok {
			d.person = &p
		} else {
			d.declined = true
		}
		show(w, page, shown{Title: "You have signed in. You can close this window."})
		return
	}
	http.Error(w, "That code didn't work. Check the code and try again.", http.StatusBadRequest)
}

func personOf(name string) (Person, bool) {
	at := slices.IndexFunc(People, func(p Person) bool { return p.Name == name })
	if at < 0 {
		return Person{}, false
	}
	return People[at], true
}

// forPerson answers the grants of people. It tells whether the grant is one.
func (a *Authority) forPerson(w http.ResponseWriter, r *http.Request, form url.Values) bool {
	kind := form.Get("grant_type")
	a.people.mu.Lock()
	defer a.people.mu.Unlock()
	var g grant
	var ok bool
	switch kind {
	case "authorization_code":
		g, ok = a.people.codes[form.Get("code")]
		delete(a.people.codes, form.Get("code"))
		sum := sha256.Sum256([]byte(form.Get("code_verifier")))
		if !ok || time.Now().After(g.until) || encode(sum[:]) != g.challenge || form.Get("redirect_uri") != g.redirect {
			refuse(w, http.StatusBadRequest, "invalid_grant", 54005, "OAuth2 Authorization code was already redeemed, please retry with a new valid code, or the Code_Verifier does not match.")
			return true
		}
	case "refresh_token":
		if g, ok = a.people.renewals[form.Get("refresh_token")]; !ok {
			refuse(w, http.StatusBadRequest, "invalid_grant", 50173, "The provided grant has expired due to it being revoked, a fresh auth token is needed.")
			return true
		}
		if a.people.demand != "" {
			refuseWith(w, http.StatusBadRequest, "interaction_required", 50076, "Due to a configuration change made by your administrator, or because you moved to a new location, "+
				"you must use multi-factor authentication to access the resource.", map[string]any{"claims": demanded(a.people.demand), "suberror": "basic_action"})
			return true
		}
	case "urn:ietf:params:oauth:grant-type:device_code", "device_code":
		d, known := a.people.devices[form.Get("device_code")]
		switch {
		case !known || time.Now().After(d.until):
			refuse(w, http.StatusBadRequest, "expired_token", 70020, "The provided value for the input parameter 'device_code' is not valid. This device code has expired.")
			return true
		case d.declined:
			refuse(w, http.StatusBadRequest, "authorization_declined", 70018, "User declined to authenticate.")
			return true
		case d.person == nil:
			refuse(w, http.StatusBadRequest, "authorization_pending", 70016, "OAuth 2.0 device flow error. Authorization is pending. Continue polling.")
			return true
		}
		delete(a.people.devices, form.Get("device_code"))
		g = grant{person: *d.person, scope: d.scope}
	default:
		return false
	}
	a.grantTo(w, r, g.person, form.Get("scope"), g.scope)
	return true
}

// grantTo hands out tokens for the one service that is asked for. The renewal is good for all of them, as Entra's is.
func (a *Authority) grantTo(w http.ResponseWriter, r *http.Request, p Person, asked, first string) {
	if asked == "" {
		asked = first
	}
	resource := ""
	for s := range strings.FieldsSeq(asked) {
		if at, ok := strings.CutSuffix(s, "/.default"); ok {
			resource = strings.TrimSuffix(at, "/")
		}
	}
	if !slices.Contains(audiences, resource) {
		refuse(w, http.StatusBadRequest, "invalid_resource", 500011, fmt.Sprintf("The resource principal named %s was not found in the tenant named Sandbox.", resource))
		return
	}
	if a.people.consented != nil && !a.people.consented(resource) {
		refuse(w, http.StatusBadRequest, "invalid_grant", 65001, "The user or administrator has not consented to use the application.")
		return
	}
	tenant, client := a.tenant(), a.client()
	token, lifetime := a.Tokens.issueTo(p.Name, resource, a.base(r)+"/"+tenant+"/v2.0", tenant, client)
	renewal := rand.Text()
	a.people.renewals[renewal] = grant{person: p, scope: first}
	now := time.Now()
	id, _ := json.Marshal(map[string]any{"aud": client, "iss": a.base(r) + "/" + tenant + "/v2.0", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		"oid": p.ObjectID, "sub": p.ObjectID, "tid": tenant, "preferred_username": p.Name, "name": p.Name, "ver": "2.0"})
	info, _ := json.Marshal(map[string]string{"uid": p.ObjectID, "utid": tenant})
	seconds := int(lifetime / time.Second)
	answer(w, http.StatusOK, map[string]any{
		"token_type": "Bearer", "scope": resource + "/.default", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token,
		"refresh_token": renewal, "id_token": encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + encode(id) + ".", "client_info": encode(info),
	})
}

func (a *Authority) client() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.app.ClientID
}
