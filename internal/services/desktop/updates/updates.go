// Package updates asks an address of the organisation whether there is a newer version of this program. It tells, and never fetches or
// installs one.
package updates

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"fabricportal/internal/plaintext"
)

const (
	// MaxBody is how many bytes an answer may have; it says a version and a sentence.
	MaxBody = 64 << 10

	askTime     = 15 * time.Second
	form        = 1 // of the document
	longestNote = 300
	longestPart = 6 // digits of one number of a version
)

// Doer sends a request; *http.Client is one. It follows no redirect, and reaches the one host only.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Newer is a version that is newer than this program.
type Newer struct {
	Version string // such as 1.4.0
	Note    string // a line of the organisation, such as where it is found; "" where it says none
}

var (
	errTooLarge  = errors.New("the answer is larger than such a document can be")
	errNoVersion = errors.New("the answer names no version such as 1.4.0")
)

// document is what the address answers.
type document struct {
	SchemaVersion int    `json:"schema_version"`
	Version       string `json:"version"`
	Note          string `json:"note"`
}

// Ask asks the address once. ok tells whether there is a newer version than mine. The request says nothing of this computer, its user or
// what they do, not even mine.
func Ask(ctx context.Context, by Doer, address, mine string) (newer Newer, ok bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Newer{}, false, err
	}
	req.Header.Set("User-Agent", "portal-desktop")
	req.Header.Set("Accept", "application/json")
	resp, err := by.Do(req)
	if err != nil {
		return Newer{}, false, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return Newer{}, false, fmt.Errorf("the address answered with HTTP %d", resp.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, MaxBody+1))
	if err != nil {
		return Newer{}, false, err
	}
	return read(data, mine)
}

func read(data []byte, mine string) (Newer, bool, error) {
	if len(data) > MaxBody {
		return Newer{}, false, errTooLarge
	}
	var d document
	if err := json.Unmarshal(data, &d); err != nil {
		return Newer{}, false, fmt.Errorf("the answer is not the document that was asked for: %w", err)
	}
	if d.SchemaVersion != form {
		return Newer{}, false, fmt.Errorf("the answer is of form %d, and this program knows form %d", d.SchemaVersion, form)
	}
	theirs, ok := numbers(d.Version)
	if !ok {
		return Newer{}, false, errNoVersion
	}
	own, ok := numbers(mine)
	if !ok {
		return Newer{}, false, fmt.Errorf("this program's own version, %s, can't be compared", mine)
	}
	for i := range theirs {
		if theirs[i] > own[i] {
			return Newer{d.Version, plaintext.Line(d.Note, longestNote)}, true, nil
		}
		if theirs[i] < own[i] {
			break
		}
	}
	return Newer{}, false, nil
}

// numbers are the three of a version.
func numbers(version string) (out [3]int, ok bool) {
	version, _, _ = strings.Cut(version, "+") // what follows names a build
	parts := strings.Split(version, ".")
	if len(parts) != len(out) {
		return out, false
	}
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil || n < 0 || len(p) > longestPart || p != strconv.Itoa(n) {
			return out, false
		}
		out[i] = n
	}
	return out, true
}
