package twosides

import "regexp"

// known is a difference that stays for now. Each has to show: the list can only shrink.
type known struct {
	file   string // a pattern for the file's name, with its options
	path   string // a pattern for the place in the documents
	reason string
}

var knownDifferences []known

// sorted are the differences that are not known, and the known ones that do not show.
func sorted(found []difference) (unknown []difference, stale []known) {
	shows := make([]bool, len(knownDifferences))
next:
	for _, d := range found {
		for i, k := range knownDifferences {
			if matches(k.file, d.file) && matches(k.path, d.path) {
				shows[i] = true
				continue next
			}
		}
		unknown = append(unknown, d)
	}
	for i, k := range knownDifferences {
		if !shows[i] {
			stale = append(stale, k)
		}
	}
	return unknown, stale
}

func matches(pattern, text string) bool {
	return regexp.MustCompile("^(?:" + pattern + ")$").MatchString(text)
}
