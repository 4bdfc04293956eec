package twosides

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ownSide are the fields in which the documents of two programs differ anyway: who made them and when. The others are all compared.
var ownSide = map[string]bool{"profile.generator": true, "profile.generated_at": true, "kpis.generator": true, "kpis.computed_at": true}

// difference is a place in the documents of a file where the two sides say different things.
type difference struct {
	file    string // with the options, where some were given
	path    string // such as profile.columns[2].min
	desktop string
	python  string
}

func (d difference) String() string {
	return fmt.Sprintf("%s\n    %s\n      desktop  %s\n      notebook %s", d.file, d.path, d.desktop, d.python)
}

// differences compares what the two sides make of a file.
func differences(file string, desktop, python *answer) []difference {
	var out []difference
	add := func(path, a, b string) { out = append(out, difference{file, path, a, b}) }
	if python.Fault != nil {
		lines := strings.Split(strings.TrimSpace(*python.Fault), "\n")
		add("fault", outcome(desktop), lines[len(lines)-1])
		return out
	}
	if (desktop.Profile == nil) != (python.Profile == nil) {
		add("refused", outcome(desktop), outcome(python))
		return out
	}
	compare("profile", desktop.Profile, python.Profile, add)
	if desktop.Profile != nil {
		compare("kpis", desktop.KPIs, python.KPIs, add)
		compare("rows", desktop.Rows, python.Rows, add)
		if a, b := desktop.failed(), python.failed(); a != b {
			add("failed", a, b)
		}
	}
	return out
}

// outcome is why a side gives no documents, where it gives none.
func outcome(a *answer) string {
	if a.Profile == nil && a.Refused != nil {
		return "refused: " + *a.Refused
	}
	return "read"
}

// failed is the sentence with which a run of a file that can be read would fail. What questions ask is in the profile.
func (a *answer) failed() string {
	switch profile := a.Profile.(map[string]any); {
	case a.Refused == nil:
		return ""
	case len(profile["reading"].(map[string]any)["questions"].([]any)) > 0:
		return "asked"
	default:
		return *a.Refused
	}
}

func compare(path string, a, b any, add func(path, a, b string)) {
	if ownSide[path] {
		return
	}
	switch a := a.(type) {
	case map[string]any:
		if b, ok := b.(map[string]any); ok {
			keys := maps.Clone(a)
			maps.Copy(keys, b)
			for _, key := range slices.Sorted(maps.Keys(keys)) {
				inA, hasA := a[key]
				inB, hasB := b[key]
				if hasA && hasB {
					compare(path+"."+key, inA, inB, add)
				} else {
					add(path+"."+key, shown(inA, hasA), shown(inB, hasB))
				}
			}
			return
		}
	case []any:
		if b, ok := b.([]any); ok && len(a) == len(b) {
			for i := range a {
				compare(fmt.Sprintf("%s[%d]", path, i), a[i], b[i], add)
			}
			return
		}
	default:
		if a == b {
			return
		}
	}
	add(path, shown(a, true), shown(b, true))
}

// shown is a value as it stands in a document.
func shown(value any, there bool) string {
	if !there {
		return "(no such field)"
	}
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	if len(text) > 300 {
		return strings.ToValidUTF8(string(text[:300]), "") + " …"
	}
	return string(text)
}
