package verdict

import "strings"

// Key names a finding of a file, the same one each time the file is read so: by it one part of the window says to another
// which one it means, such as to show its cells. A key is comparable, and its String is unique among those of a file.
type Key struct {
	Kind   Kind
	Column string // normalised name; "" where it is about no column, or about several
	Code   string // of the check or rule, such as revenue_valid; what stands for it in other kinds; "" where nothing has to
}

// String is the key as text, for names of controls and for tests.
func (k Key) String() string { return strings.Join([]string{string(k.Kind), k.Column, k.Code}, "/") }

// Key names the finding.
func (f Finding) Key() Key {
	k := Key{Kind: f.Kind, Column: f.Column, Code: f.ID}
	if f.Kind == HiddenSheet && len(f.Names) > 0 {
		k.Code = f.Names[0]
	}
	return k
}

// Find is the finding with a key; false where the file has none.
func (l Findings) Find(k Key) (Finding, bool) {
	for _, f := range l {
		if f.Key() == k {
			return f, true
		}
	}
	return Finding{}, false
}
