package comparison

import (
	"slices"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/artifacts"
)

// restored are the files that a restore promotes, all of which the source must have (the notebook's OUTPUTS).
var restored = []string{artifacts.ParquetFile, artifacts.CSVFile, artifacts.ProfileFile, artifacts.KPIsFile}

// PreviewRestore says what restoring source would change, and what is known to speak against it.
func PreviewRestore(now Current, source Side) Preview {
	p := Preview{KPIs: KPIs(now.KPIs, source.KPIs), Schema: schema(now.Profile, source.Profile, now.Metadata, source.Metadata)}
	brought := map[string]FileInfo{}
	all := source.files()
	for _, name := range restored {
		if info, ok := all[name]; ok {
			brought[name] = info
		}
	}
	p.Files = files(now.files(), brought)
	for i, f := range p.Files {
		if f.State == Removed { // a restore replaces files and takes none away
			p.Files[i].State, p.Files[i].After = Same, f.Before
		}
	}
	p.Nothing = len(p.Files) > 0 && !now.Replaced && !now.Publishing
	for _, f := range p.Files {
		p.Nothing = p.Nothing && f.State == Same && f.ByHash
	}
	p.CanRun, p.Problems = restorable(source, brought, now.Manifest)
	p.Problems = append(p.Problems, slices.Concat(source.Unread, now.Unread)...)
	switch {
	case now.Publishing:
		p.Problems = append(p.Problems, format.Say("New results are being published at this moment: look again in a minute. If it stays so, that was interrupted, and a restore puts it right."))
	case now.Replaced:
		p.Problems = append(p.Problems, format.Say("The files in current/ are being replaced at this moment, or that was interrupted: a restore puts it right."))
	case mixed(now):
		p.Problems = append(p.Problems, format.Say("The results in current/ are being replaced at this moment: wait until the run has ended, then look again."))
	}
	return p
}

// mixed tells whether the documents in current/ belong to different runs, as while it is being updated without a manifest.
func mixed(now Current) bool {
	return now.Manifest == nil && now.KPIs != nil && now.Profile != nil && now.KPIs.RunID != nil && now.Profile.RunID != nil && *now.KPIs.RunID != *now.Profile.RunID
}

func restorable(source Side, brought map[string]FileInfo, published *contract.Manifest) (bool, []error) {
	can := true
	var problems []error
	refuse := func(why *format.Said) { can, problems = false, append(problems, why) }
	if !source.Run.Published() {
		refuse(format.Say("The run did not succeed: choose another run to restore."))
	}
	switch m := source.Metadata; {
	case m == nil:
		problems = append(problems, format.Say("What the run wrote could not be read, so that the files are compared by size only."))
	case m.Kind == "restore" && m.SourceRunID != nil:
		refuse(format.Say("The run is itself a restore: choose the run whose results it brought back."))
	case m.Status != "succeeded" && (m.Status != "started" || published == nil || published.RunID != m.RunID): // see docs/run-protocol.md §3 step 5
		refuse(format.Say("The run did not write all its results: choose another run to restore."))
	}
	for _, name := range restored {
		if _, ok := brought[name]; !ok && (source.Metadata != nil || len(source.Artifacts) > 0) {
			refuse(format.Say("The run has no {{.File}}: choose another run to restore.", "File", name))
		}
	}
	return can, problems
}

// files are what is published: as the manifest says, else what stands in current/, with the hashes that the metadata of its run states
// where the sizes agree.
func (c Current) files() map[string]FileInfo {
	out := map[string]FileInfo{}
	if c.Manifest != nil {
		for _, f := range c.Manifest.Files {
			folder := artifacts.CurrentFolder
			if len(f.Parts) > 0 { // a folder of parts stands only where it was written
				folder = artifacts.RunsFolder + "/" + c.Manifest.Home()
			}
			out[f.Name] = FileInfo{Path: folder + "/" + f.Name, Size: &f.SizeBytes, SHA256: f.SHA256, Modified: c.Manifest.PublishedAt.Time}
		}
		return out
	}
	stated := map[string]contract.Output{}
	if c.Metadata != nil && !mixed(c) && (c.KPIs == nil || c.KPIs.RunID == nil || belongs(c.Metadata, *c.KPIs.RunID)) {
		for _, o := range c.Metadata.Outputs {
			stated[o.Name] = o
		}
	}
	for _, f := range c.Files {
		info := FileInfo{Path: f.Path, Size: &f.Size, Modified: f.Modified}
		if o, ok := stated[f.Name]; ok && o.SizeBytes == f.Size {
			info.SHA256 = o.SHA256
		}
		out[f.Name] = info
	}
	if c.Files == nil {
		for name, o := range stated {
			out[name] = FileInfo{Path: artifacts.CurrentFolder + "/" + name, Size: &o.SizeBytes, SHA256: o.SHA256}
		}
	}
	return out
}

// belongs tells whether metadata is that of the run whose outputs stand in current/: of the run itself, or of a restore
// that brought them back.
func belongs(m *contract.RunMetadata, run string) bool {
	return m.RunID == run || m.SourceRunID != nil && *m.SourceRunID == run
}
