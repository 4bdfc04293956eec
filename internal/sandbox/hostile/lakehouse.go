package hostile

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"fabricportal/internal/sandbox/standin"
)

// onLake is an attack of OneLake's answers to whoever may sign in.
func onLake(place Place, name, what string, serve func(o *Outside, w http.ResponseWriter, r *http.Request) bool) Attack {
	return Attack{Name: name, Place: place, What: what, service: standin.OneLake, serve: serve}
}

// onFiles is an attack by what files of Files/results hold, in current/ as in the folders of all runs.
func onFiles(place Place, name, what string, of func(o *Outside) map[string]file) Attack {
	return onLake(place, name, what, func(o *Outside, w http.ResponseWriter, r *http.Request) bool {
		folder, file := path.Split(lakePath(r))
		if r.Method != http.MethodGet && r.Method != http.MethodHead || !strings.HasPrefix(folder, "Files/results/") {
			return false
		}
		f, ok := of(o)[file]
		if ok {
			f.answer(w, r, name)
		}
		return ok
	})
}

// lakePath is the path within the lakehouse that a request is for; "" for others, listings among them.
func lakePath(r *http.Request) string {
	parts := strings.SplitN(strings.Trim(r.URL.Path, "/"), "/", 3)
	if len(parts) < 3 {
		return ""
	}
	return parts[2]
}

// listed is the folder that a request lists; "" where it lists none.
func listed(r *http.Request) string {
	if r.URL.Query().Get("resource") != "filesystem" {
		return ""
	}
	_, folder, _ := strings.Cut(r.URL.Query().Get("directory"), "/")
	return strings.Trim(folder, "/")
}

// inFolder is one entry of a listing.
func (o *Outside) inFolder(folder, name, size string) map[string]any {
	return map[string]any{
		"name": o.box.StandIn.LakehouseID + "/" + folder + "/" + name, "contentLength": size, "etag": "0x1", "owner": "$superuser",
		"lastModified": time.Unix(1_780_000_000, 0).UTC().Format(http.TimeFormat), "permissions": "---------",
	}
}

func sendList(w http.ResponseWriter, paths []map[string]any) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	_ = json.NewEncoder(w).Encode(map[string]any{"paths": paths})
}

const importFolder = "Files/import"

// onImportList is an attack by the listing of Files/import.
func onImportList(name, what string, answer func(o *Outside, w http.ResponseWriter, r *http.Request)) Attack {
	return onLake(Import, name, what, func(o *Outside, w http.ResponseWriter, r *http.Request) bool {
		if listed(r) != importFolder {
			return false
		}
		answer(o, w, r)
		return true
	})
}

// onImportFile is an attack by what any file in Files/import holds.
func onImportFile(name, what string, f file) Attack {
	return onLake(Import, name, what, func(o *Outside, w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasPrefix(lakePath(r), importFolder+"/") || r.Method != http.MethodGet && r.Method != http.MethodHead {
			return false
		}
		f.answer(w, r, name)
		return true
	})
}

func importAttacks() []Attack {
	return []Attack{
		onImportList("import names", "names with escapes, turned directions, .., devices and streams", func(o *Outside, w http.ResponseWriter, _ *http.Request) {
			var paths []map[string]any
			for i, text := range texts {
				paths = append(paths, o.inFolder(importFolder, text, fmt.Sprint(i)), o.inFolder(importFolder, text+".xlsx", "5"))
			}
			paths = append(paths, o.inFolder("Files/results", "elsewhere.csv", "5"), map[string]any{"name": 5, "contentLength": []int{1}}, nil,
				o.inFolder(importFolder, unbroken(70*kilobyte), "5"), o.inFolder(importFolder, allForms(o.box.StandIn.App.ClientSecret)+".csv", "5"))
			sendList(w, paths)
		}),
		onImportList("import ten thousand", "10,000 files with names of 200 characters", func(o *Outside, w http.ResponseWriter, r *http.Request) {
			page := 0
			_, _ = fmt.Sscan(r.URL.Query().Get("continuation"), &page)
			var paths []map[string]any
			for i := range 5000 {
				paths = append(paths, o.inFolder(importFolder, fmt.Sprintf("%0190d.xlsx", page*5000+i), "100"))
			}
			if page == 0 {
				w.Header().Set("x-ms-continuation", "1")
			}
			sendList(w, paths)
		}),
		onImportList("import endless pages", "a continuation that never ends, with 5,000 files on each page", func(o *Outside, w http.ResponseWriter, r *http.Request) {
			page := 0
			_, _ = fmt.Sscan(r.URL.Query().Get("continuation"), &page)
			w.Header().Set("x-ms-continuation", fmt.Sprint(page+1))
			var paths []map[string]any
			for i := range 5000 {
				paths = append(paths, o.inFolder(importFolder, fmt.Sprintf("%d-%d.csv", page, i), "100"))
			}
			sendList(w, paths)
		}),
		onImportList("import sizes", "sizes below nothing, beyond all numbers, and that are none; times of no calendar", func(o *Outside, w http.ResponseWriter, _ *http.Request) {
			var paths []map[string]any
			for i, size := range []any{"-5", "9223372036854775807", "99999999999999999999999", "1e30", "", "NaN", "0x10", -1, 1e300, true, nil, []int{1}, map[string]any{}} {
				p := o.inFolder(importFolder, fmt.Sprintf("size-%d.csv", i), "")
				p["contentLength"] = size
				p["lastModified"] = []any{"never", "Mon, 01 Jan 0001 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", 5, nil}[i%5]
				paths = append(paths, p)
			}
			sendList(w, paths)
		}),
		onImportList("import endless list", "one entry after the other, for ever", func(o *Outside, w http.ResponseWriter, _ *http.Request) {
			entry, _ := json.Marshal(o.inFolder(importFolder, "again.csv", "5"))
			repeat(w, `{"paths":[`, string(entry)+",", 1<<62)
		}),
		onImportList("import deep list", "a document nested a million times", func(_ *Outside, w http.ResponseWriter, _ *http.Request) {
			repeat(w, `{"paths":`, "[", megabyte)
		}),
		onImportList("import drip", "a byte now and then", func(_ *Outside, w http.ResponseWriter, r *http.Request) { drip(r.Context(), w, `{"paths":[ `) }),
		onImportList("import error", "a refusal that repeats who asks, in colours", func(o *Outside, w http.ResponseWriter, r *http.Request) {
			w.Header().Set("x-ms-error-code", "Evil\tCode "+texts[4])
			w.WriteHeader(http.StatusForbidden)
			_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"code": "Evil" + texts[0], "message": o.repeats(r)}})
		}),
		onLake(Import, "import redirect", "all of OneLake sends elsewhere", func(o *Outside, w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, o.Canary.HTTPS+r.URL.RequestURI(), http.StatusTemporaryRedirect)
			return true
		}),
		onLake(Import, "import endless error", "all of OneLake refuses at endless length", func(_ *Outside, w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(http.StatusConflict)
			repeat(w, `{"error":{"code":"X","message":"`, texts[0], 1<<62)
			return true
		}),
		onImportFile("import lying file", "a file that is told to have 50 bytes and has no end", endless("50", "order_id,order_date,revenue\n", "1,2026-01-01,5\n")),
		onImportFile("import one line", "600 MB in one cell", repeated("order_id,order_date,revenue\n1,2026-01-01,", "x", huge)),
		onImportFile("import short file", "a file that breaks off", file{"5000000000", func(w io.Writer) { _, _ = w.Write([]byte("order_id\n1\n")) }, true}),
	}
}

// repeats is a message with all that is known of who asks.
func (o *Outside) repeats(r *http.Request) string {
	_ = r.ParseForm()
	secret := r.PostForm.Get("client_secret")
	if secret == "" {
		secret = o.box.StandIn.App.ClientSecret
	}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	parts := []string{texts[0], "you sent " + allForms(secret), texts[2], dressedText(), "\nwith " + url.QueryEscape(r.Header.Get("User-Agent"))}
	if token != "" {
		parts = append(parts, "your token "+allForms(token), "Authorization: Bearer "+token)
	}
	return strings.Join(append(parts, "password "+allForms(o.box.Database.AppPassword)), "; ")
}
