package licences

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

//go:embed allowed.toml
var allowed string

// Policy says under which licences parts may stand.
type Policy struct {
	Allowed    []string    `toml:"allowed"` // SPDX ids
	Exceptions []Exception `toml:"exception"`
}

// Exception is a text that a person has read and allowed.
type Exception struct {
	Part    string `toml:"part"`
	File    string `toml:"file"`
	SHA256  string `toml:"sha256"`
	Licence string `toml:"licence"` // its SPDX id
	Reason  string `toml:"reason"`
}

// OurPolicy is the project's, of allowed.toml.
func OurPolicy() (Policy, error) { return ParsePolicy(allowed) }

// ParsePolicy reads one in the form of allowed.toml.
func ParsePolicy(text string) (Policy, error) {
	var p Policy
	meta, err := toml.Decode(text, &p)
	if err != nil {
		return Policy{}, fmt.Errorf("the list of licences: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return Policy{}, fmt.Errorf("the list of licences has %q, which means nothing", unknown[0])
	}
	for _, e := range p.Exceptions {
		if e.Part == "" || e.File == "" || e.SHA256 == "" || e.Licence == "" || strings.TrimSpace(e.Reason) == "" {
			return Policy{}, fmt.Errorf("the exception for %s %s lacks its part, file, sum, licence or reason", e.Part, e.File)
		}
	}
	return p, nil
}

// Apply gives the texts of the exceptions their licences, and says what speaks against shipping the parts: one sentence each,
// in their order; none where all is well.
func (p Policy) Apply(parts []Part) []string {
	var faults []string
	used := make([]bool, len(p.Exceptions))
	for i := range parts {
		part := &parts[i]
		licences := 0
		for j := range part.Texts {
			text := &part.Texts[j]
			if text.Notice {
				continue
			}
			licences++
			if at := p.exceptionFor(part.Path, text.File); at >= 0 {
				e := p.Exceptions[at]
				used[at] = true
				if sum := sumOf(text.Content); sum != e.SHA256 {
					faults = append(faults, fmt.Sprintf("%s %s: %s is not the text that was allowed: its sum is %s now. Read it, then change its exception.", part.Path, part.Version, text.File, sum))
				}
				text.Licences = []string{e.Licence}
				continue
			}
			if len(text.Licences) == 0 {
				faults = append(faults, fmt.Sprintf("%s %s: %s is not a licence that is known. Read it; if it may be shipped, make an exception with the sum %s.", part.Path, part.Version, text.File, sumOf(text.Content)))
			}
			for _, id := range text.Licences {
				if !slices.Contains(p.Allowed, id) {
					faults = append(faults, fmt.Sprintf("%s %s: %s is %s, which is not allowed.", part.Path, part.Version, text.File, id))
				}
			}
		}
		if licences == 0 {
			faults = append(faults, fmt.Sprintf("%s %s has no licence: nobody may pass it on.", part.Path, part.Version))
		}
	}
	for i, e := range p.Exceptions {
		if !used[i] {
			faults = append(faults, fmt.Sprintf("The exception for %s %s fits nothing any more: take it out.", e.Part, e.File))
		}
	}
	return faults
}

func (p Policy) exceptionFor(part, file string) int {
	return slices.IndexFunc(p.Exceptions, func(e Exception) bool { return e.Part == part && e.File == file })
}

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
