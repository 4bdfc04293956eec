package deployment

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fabricportal/internal/plaintext"
)

// Limits of what is told of an item's differences.
const (
	maxDifferences = 12
	maxText        = 60 // characters of a value
)

// differences tells what is otherwise in Fabric than it should be, a line each.
func differences(found, wanted essence) []string {
	var all []string
	compare("", found, wanted, func(line string) { all = append(all, line) })
	if len(all) > maxDifferences {
		all = append(all[:maxDifferences], fmt.Sprintf("and %d more", len(all)-maxDifferences))
	}
	return all
}

func compare(at string, found, wanted any, tell func(string)) {
	switch w := wanted.(type) {
	case map[string]any:
		if f, ok := found.(map[string]any); ok {
			compareObjects(at, f, w, tell)
			return
		}
	case []any:
		if f, ok := found.([]any); ok {
			compareLists(at, f, w, tell)
			return
		}
	case string:
		if f, ok := found.(string); ok && f != w && strings.Contains(f+w, "\n") {
			line, has, wants := firstDifference(f, w)
			tell(fmt.Sprintf("%s differs from line %d on: %s in Fabric, %s here", place(at), line, quoted(has), quoted(wants)))
			return
		}
	}
	if digest(found) != digest(wanted) {
		tell(fmt.Sprintf("%s: %s in Fabric, %s here", place(at), quoted(found), quoted(wanted)))
	}
}

func compareObjects(at string, found, wanted map[string]any, tell func(string)) {
	keys := slices.Sorted(maps.Keys(found))
	for key := range wanted {
		if _, ok := found[key]; !ok {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		inner := key
		if at != "" {
			inner = at + "." + key
		}
		f, isFound := found[key]
		w, isWanted := wanted[key]
		switch {
		case !isFound:
			tell(place(inner) + ": missing in Fabric")
		case !isWanted:
			tell(place(inner) + ": in Fabric only, " + quoted(f))
		default:
			compare(inner, f, w, tell)
		}
	}
}

// named are the elements of a list by their names, where all have one: activities are known by it, wherever they stand.
func named(list []any) map[string]any {
	out := map[string]any{}
	for _, element := range list {
		object, _ := element.(map[string]any)
		name, ok := object["name"].(string)
		if _, twice := out[name]; !ok || twice {
			return nil
		}
		out[name] = element
	}
	return out
}

// compareLists pairs what stands before and behind the first and last difference, so that one cell more is not told as all others.
func compareLists(at string, found, wanted []any, tell func(string)) {
	if f, w := named(found), named(wanted); len(f) > 0 && len(w) > 0 {
		compareObjects(at, f, w, tell)
		return
	}
	head := 0
	for head < min(len(found), len(wanted)) && digest(found[head]) == digest(wanted[head]) {
		head++
	}
	tail := 0
	for tail < min(len(found), len(wanted))-head && digest(found[len(found)-1-tail]) == digest(wanted[len(wanted)-1-tail]) {
		tail++
	}
	inFabric, here := found[head:len(found)-tail], wanted[head:len(wanted)-tail]
	for i := range min(len(inFabric), len(here)) {
		compare(fmt.Sprintf("%s[%d]", at, head+i+1), inFabric[i], here[i], tell)
	}
	if more := len(inFabric) - len(here); more > 0 {
		tell(fmt.Sprintf("%s: %d more in Fabric, from %d on", place(at), more, head+len(here)+1))
	} else if more < 0 {
		tell(fmt.Sprintf("%s: %d missing in Fabric, from %d on", place(at), -more, head+len(inFabric)+1))
	}
}

// firstDifference is the first line in which two texts differ, counted from 1.
func firstDifference(a, b string) (line int, inA, inB string) {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := 0; ; i++ {
		inA, inB = "", ""
		if i < len(as) {
			inA = as[i]
		}
		if i < len(bs) {
			inB = bs[i]
		}
		if inA != inB || i >= len(as) && i >= len(bs) {
			return i + 1, inA, inB
		}
	}
}

func place(at string) string {
	if at == "" {
		return "the definition"
	}
	return plaintext.Line(at, 2*maxText)
}

// quoted is a value on a short line.
func quoted(v any) string {
	if text, ok := v.(string); ok {
		return "“" + plaintext.Line(text, maxText) + "”"
	}
	text, err := json.Marshal(v)
	if err != nil {
		return "something that can't be shown"
	}
	return plaintext.Line(string(text), maxText)
}
