package faults

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// Control answers whoever orders faults from outside, as for a demo or a training: with the key as bearer token,
//
//	GET    /tenant   how the tenant is
//	PUT    /tenant   has it be so from now on, such as {"capacity": "paused"}; {} for as it should be
//	POST   /faults   orders a fault, such as {"class": "start job", "times": 1, "status": 429, "retry_after": "55"}; times < 0 for all
//	DELETE /faults   forgets all faults, and has the tenant be as it should be
//	DELETE /tokens   has all tokens so far count as expired, by calling expire
//
// Lengths of time are texts such as 1.5s.
func (s *Set) Control(key string, expire func()) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /tenant", func(w http.ResponseWriter, _ *http.Request) { s.showTenant(w) })
	mux.HandleFunc("PUT /tenant", func(w http.ResponseWriter, r *http.Request) {
		var t tenantJSON
		if read(w, r, &t) {
			s.SetTenant(Tenant{
				Capacity: t.Capacity, PausedBy: t.PausedBy, Closed: t.Closed, NoOneLake: t.NoOneLake, Viewer: t.Viewer, Region: t.Region, NoJobID: t.NoJobID,
				Wait: time.Duration(t.Wait), Latency: time.Duration(t.Latency), NotebookStart: time.Duration(t.NotebookStart), Hollow: t.Hollow, Hanging: t.Hanging, KilledAfter: t.KilledAfter,
				ListLag: time.Duration(t.ListLag), FullDisk: t.FullDisk,
			})
			s.showTenant(w)
		}
	})
	mux.HandleFunc("POST /faults", func(w http.ResponseWriter, r *http.Request) {
		o := orderJSON{Times: 1}
		if !read(w, r, &o) {
			return
		}
		if !classes[o.Class] {
			http.Error(w, fmt.Sprintf("there is no class %q", o.Class), http.StatusBadRequest)
			return
		}
		s.Next(o.Class, o.Times, Fault{
			Delay: time.Duration(o.Delay), Drop: o.Drop, Status: o.Status, Code: o.Code, Message: o.Message, RetryAfter: o.RetryAfter, EmptyBody: o.EmptyBody,
			Final: o.Final, Nested: o.Nested, Page: o.Page, Deduped: o.Deduped, Operation: o.Operation, Fails: o.Fails, Spoil: spoils[o.Spoil], Location: o.Location, DelayAfter: time.Duration(o.DelayAfter),
		})
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("DELETE /faults", func(w http.ResponseWriter, _ *http.Request) {
		s.Clear()
		s.SetTenant(Tenant{})
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("DELETE /tokens", func(w http.ResponseWriter, _ *http.Request) {
		expire()
		w.WriteHeader(http.StatusNoContent)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+key)) != 1 {
			http.Error(w, "the key is missing or wrong", http.StatusUnauthorized)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

var classes = map[Class]bool{
	Token: true, Start: true, Get: true, List: true, Cancel: true, ActivityRuns: true, Definition: true, Items: true, Change: true, Operations: true, LakeList: true, LakeRead: true, LakeWrite: true,
}

// spoils are the words for what happens to an answer after the request was carried out.
var spoils = map[string]Spoil{
	"": Nothing, "drop": DropAnswer, "500": Answer500, "no location": NoLocation, "location without id": LocationWithoutID, "replace location": ReplaceLocation,
}

type tenantJSON struct {
	Capacity      Capacity `json:"capacity"`
	PausedBy      string   `json:"paused_by"`
	Closed        bool     `json:"closed"`
	NoOneLake     bool     `json:"no_onelake"`
	Viewer        bool     `json:"viewer"`
	Region        string   `json:"region"`
	NoJobID       bool     `json:"no_job_id"`
	Wait          length   `json:"wait"`
	Latency       length   `json:"latency"`
	NotebookStart length   `json:"notebook_start"`
	Hollow        bool     `json:"hollow"`
	Hanging       bool     `json:"hanging"`
	KilledAfter   int      `json:"killed_after"`
	ListLag       length   `json:"list_lag"`
	FullDisk      bool     `json:"full_disk"`
}

type orderJSON struct {
	Class      Class  `json:"class"`
	Times      int    `json:"times"`
	Delay      length `json:"delay"`
	Drop       bool   `json:"drop"`
	Status     int    `json:"status"`
	Code       string `json:"code"`
	Message    string `json:"message"`
	RetryAfter string `json:"retry_after"`
	EmptyBody  bool   `json:"empty_body"`
	Final      bool   `json:"final"`
	Nested     bool   `json:"nested"`
	Page       bool   `json:"page"`
	Deduped    bool   `json:"deduped"`
	Operation  bool   `json:"operation"`
	Fails      string `json:"fails"`
	Spoil      string `json:"spoil"`
	Location   string `json:"location"`
	DelayAfter length `json:"delay_after"`
}

// length is a length of time as a text.
type length time.Duration

func (l length) MarshalText() ([]byte, error) { return []byte(time.Duration(l).String()), nil }

func (l *length) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	*l = length(d)
	return err
}

func read(w http.ResponseWriter, r *http.Request, into any) bool {
	decode := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	decode.DisallowUnknownFields()
	if err := decode.Decode(into); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return false
	}
	return true
}

func (s *Set) showTenant(w http.ResponseWriter) {
	t := s.Tenant()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(tenantJSON{
		t.Capacity, t.PausedBy, t.Closed, t.NoOneLake, t.Viewer, t.Region, t.NoJobID, length(t.Wait), length(t.Latency), length(t.NotebookStart), t.Hollow, t.Hanging, t.KilledAfter,
		length(t.ListLag), t.FullDisk,
	})
}
