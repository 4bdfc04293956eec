package comparison

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"fabricportal/contract"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/drift"
	"fabricportal/internal/services/runs"
)

// Compare puts two runs side by side. The caller says which one comes before: usually the older.
func Compare(before, after Side) Comparison {
	c := Comparison{
		KPIs:      KPIs(before.KPIs, after.KPIs),
		Schema:    schema(before.Profile, after.Profile, before.Metadata, after.Metadata),
		Artifacts: files(before.files(), after.files()),
	}
	c.Duration = change(seconds(before.Run), seconds(after.Run))
	c.Problems = slices.Concat(before.Unread, after.Unread)
	return c
}

func seconds(r runs.Run) *float64 {
	if took, ok := r.Took(); ok {
		return new(took.Seconds())
	}
	return nil
}

// schema joins the columns of two profiles by their normalised names.
func schema(before, after *contract.ImportProfile, metaBefore, metaAfter *contract.RunMetadata) SchemaChange {
	s := SchemaChange{Known: before != nil && after != nil, Written: change(written(metaBefore), written(metaAfter))}
	var rowsBefore, rowsAfter *float64
	var fileBefore, fileAfter map[string]FileInfo
	if before != nil {
		rowsBefore, fileBefore = count(before.RowCount), inputOf(before)
	}
	if after != nil {
		rowsAfter, fileAfter = count(after.RowCount), inputOf(after)
	}
	s.Rows = change(rowsBefore, rowsAfter)
	if s.Known {
		// The import file may have another name: what counts is what is in it.
		s.Input = files(fileBefore, fileAfter)[0]
		s.Input.Name = after.File.Name
		s.Columns = columns(before.Columns, after.Columns, driftOf(before, after))
	}
	return s
}

func written(m *contract.RunMetadata) *float64 {
	if m == nil || m.Rows == nil {
		return nil
	}
	return count(m.Rows.Written)
}

func inputOf(p *contract.ImportProfile) map[string]FileInfo {
	size := p.File.SizeBytes
	info := FileInfo{Path: artifacts.ImportFolder + "/" + p.File.Name, Size: &size, SHA256: p.File.SHA256}
	if p.File.LastModified != nil {
		info.Modified = p.File.LastModified.Time
	}
	return map[string]FileInfo{"": info}
}

// driftOf is how the values of each column differ, by its normalised name. What a column is, and whether it is there, is judged here.
func driftOf(before, after *contract.ImportProfile) map[string][]drift.Kind {
	out := map[string][]drift.Kind{}
	for _, f := range drift.Compare(before, after) {
		switch f.Kind {
		case drift.NullShare, drift.RangeMoved, drift.MeanMoved, drift.ValuesGained, drift.ValuesLost:
			out[f.Column] = append(out[f.Column], f.Kind)
		}
	}
	return out
}

// leastEmpty is how much of a column's cells may be empty more or less, for it to be the same: what is not seen in per cent with one decimal.
const leastEmpty = 0.0005

// columns joins columns by their normalised names. Same is said of one only where its type, its header, how much of it is empty and what drift
// looks at are alike.
func columns(before, after []contract.Column, drifted map[string][]drift.Kind) []ColumnChange {
	var out []ColumnChange
	seen := map[string]bool{}
	place := func(in []contract.Column, name string) int {
		return slices.IndexFunc(in, func(c contract.Column) bool { return c.NormalizedName == name })
	}
	one := func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		c := ColumnChange{Name: name, State: Same}
		b, a := place(before, name), place(after, name)
		if b >= 0 {
			c.TypeBefore, c.HeaderBefore, c.PositionBefore, c.EmptyBefore = before[b].Type, before[b].Name, b+1, new(before[b].NullShare)
		}
		if a >= 0 {
			c.TypeAfter, c.HeaderAfter, c.PositionAfter, c.EmptyAfter = after[a].Type, after[a].Name, a+1, new(after[a].NullShare)
		}
		switch {
		case b < 0:
			c.State = Added
		case a < 0:
			c.State = Removed
		default:
			c.Drifted = drifted[name]
			emptier := math.Abs(*c.EmptyAfter-*c.EmptyBefore) >= leastEmpty
			if emptier && !slices.Contains(c.Drifted, drift.NullShare) {
				c.Drifted = append([]drift.Kind{drift.NullShare}, c.Drifted...)
			}
			if c.TypeBefore != c.TypeAfter || c.HeaderBefore != c.HeaderAfter || len(c.Drifted) > 0 {
				c.State = Changed
			}
		}
		out = append(out, c)
	}
	for _, c := range after {
		one(c.NormalizedName)
	}
	for _, c := range before {
		one(c.NormalizedName)
	}
	slices.SortStableFunc(out, func(a, b ColumnChange) int { return cmp.Compare(weight(a.State), weight(b.State)) })
	return out
}

// weight brings what is not the same to the top.
func weight(s State) int {
	if s == Same {
		return 1
	}
	return 0
}

// files are the side's artifacts by name, with the hashes that its metadata states.
func (s Side) files() map[string]FileInfo {
	out := map[string]FileInfo{}
	if s.Metadata != nil {
		for _, o := range s.Metadata.Outputs {
			out[o.Name] = FileInfo{Size: &o.SizeBytes, SHA256: o.SHA256}
		}
	}
	for _, a := range s.Artifacts {
		name := a.Path[strings.LastIndex(a.Path, "/")+1:]
		info := out[name]
		info.Path = a.Path
		if info.Size != nil && a.Size != nil && *a.Size != *info.Size {
			info.SHA256 = "" // not the file that the metadata speaks of
		}
		if a.Size != nil {
			info.Size = a.Size
		}
		out[name] = info
	}
	return out
}

// files joins two sets of files by name, those that differ first, then by name.
func files(before, after map[string]FileInfo) []FileChange {
	var out []FileChange
	for name, b := range before {
		c := FileChange{Name: name, Before: &b, State: Removed, ByHash: true}
		if a, ok := after[name]; ok {
			c.After = &a
			c.State, c.ByHash = judge(b, a)
		}
		out = append(out, c)
	}
	for name, a := range after {
		if _, ok := before[name]; !ok {
			out = append(out, FileChange{Name: name, After: &a, State: Added, ByHash: true})
		}
	}
	slices.SortFunc(out, func(a, b FileChange) int {
		return cmp.Or(cmp.Compare(weight(a.State), weight(b.State)), strings.Compare(a.Name, b.Name))
	})
	return out
}

// judge tells two files apart. Sizes can show that they differ, never that they are the same.
func judge(before, after FileInfo) (state State, byHash bool) {
	switch {
	case before.SHA256 != "" && after.SHA256 != "":
		if strings.EqualFold(before.SHA256, after.SHA256) {
			return Same, true
		}
		return Changed, true
	case before.Size != nil && after.Size != nil && *before.Size != *after.Size:
		return Changed, false
	}
	return Unknown, false
}
