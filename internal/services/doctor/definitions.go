package doctor

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"fabricportal/internal/plaintext"
	"fabricportal/internal/services/fabric/items"
	"fabricportal/internal/services/fabric/troubles"
	"fabricportal/internal/services/setup/config"
)

// maxShown is how many characters of a text from outside stand in a sentence.
const maxShown = 60

// read asks for a definition.
func (e *examination) read(ctx context.Context, from Definitions, id, format string) (items.Definition, error) {
	d, err := from.Definition(ctx, id, format)
	if t, ok := errors.AsType[*troubles.Trouble](err); ok && (t.Status == http.StatusForbidden || t.Status == http.StatusUnauthorized) {
		return d, amiss(textHidden, "Said", t.Say(e.w))
	}
	return d, err
}

// definition examines what a pipeline takes, how often it runs at once, and which notebook it runs.
func (e *examination) definition(from Definitions, p pipeline, cfg config.Fabric, wanted version, known bool) {
	var content items.PipelineContent
	ctx, cancel := context.WithTimeout(e.ctx, askTime)
	defer cancel()
	d, err := e.read(ctx, from, p.id, "")
	if err == nil {
		if content, err = d.Pipeline(); err != nil {
			err = amiss(textUnreadable)
		}
	}
	if err != nil {
		e.note(p.name+"'s definition", "", err)
		return
	}
	e.note(p.name+"'s parameters", e.w.T(textTakes), parameters(content, p.sent))
	switch content.Concurrency {
	case 1:
		e.note(p.name+"'s concurrency", e.w.T(textOneAtATime), nil)
	case 0:
		e.note(p.name+"'s concurrency", "", amiss(textUnbounded))
	default:
		e.note(p.name+"'s concurrency", "", amiss(textConcurrent, "Most", content.Concurrency))
	}
	if len(content.Looks) > 0 {
		e.note(p.name+"'s lakehouse", e.w.T(textLooks), looks(content, cfg))
	}
	e.notebooks(from, p, content, cfg, wanted, known)
}

// looks tells whether a pipeline that chooses by what lies in a lakehouse looks at this one.
func looks(content items.PipelineContent, cfg config.Fabric) error {
	for _, l := range content.Looks {
		if !strings.EqualFold(l.LakehouseID, cfg.LakehouseID) {
			return amiss(textLooksElsewhere, "Step", plaintext.Line(l.Activity, maxShown), "Found", plaintext.Line(l.LakehouseID, maxShown), "Wanted", cfg.LakehouseID)
		}
	}
	return nil
}

// parameters tells what of that which is sent does not arrive at the notebook.
func parameters(content items.PipelineContent, sent []string) error {
	lost := func(takes func(name string) bool) string {
		return strings.Join(slices.DeleteFunc(slices.Clone(sent), takes), ", ")
	}
	if missing := lost(func(name string) bool { return slices.Contains(content.Parameters, name) }); missing != "" {
		return amiss(textTooOld, "Names", missing)
	}
	if len(content.Notebooks) == 0 {
		return nil // which is said of the notebook
	}
	for _, call := range ours(content, sent) {
		if missing := lost(func(name string) bool { return slices.Contains(call.Passes, name) }); missing != "" {
			return amiss(textNotPassed, "Names", missing, "Step", plaintext.Line(call.Activity, maxShown))
		}
	}
	return nil
}

// ours are the calls of this program's notebooks, which are given something of what is sent; people may have added others.
func ours(content items.PipelineContent, sent []string) []items.NotebookCall {
	calls := slices.DeleteFunc(slices.Clone(content.Notebooks), func(c items.NotebookCall) bool {
		return !slices.ContainsFunc(sent, func(name string) bool { return slices.Contains(c.Passes, name) })
	})
	if len(calls) == 0 {
		return content.Notebooks[:1]
	}
	return calls
}

// notebooks examines all notebooks of this program that a pipeline can start, each once.
func (e *examination) notebooks(from Definitions, p pipeline, content items.PipelineContent, cfg config.Fabric, wanted version, known bool) {
	if len(content.Notebooks) == 0 {
		e.note(p.notebook, "", amiss(textNoNotebook))
		return
	}
	seen, spark := map[string]bool{}, false
	for _, call := range ours(content, p.sent) {
		if id := strings.ToLower(call.NotebookID); !seen[id] {
			seen[id] = true
			spark = e.notebook(from, p, call, cfg, wanted, known) || spark
		}
	}
	if p.spark != "" && !spark {
		e.once(p.spark, "", &remark{e.w.T(textNoSpark)})
	}
}

// once records a check of a part that may have been checked before, for another notebook of its kind: what fails or warns stays.
func (e *examination) once(name, found string, err error) {
	at := slices.IndexFunc(e.checks, func(c Check) bool { return c.Name == name })
	if at < 0 {
		e.note(name, found, err)
		return
	}
	before := e.checks[at]
	if err == nil || !before.OK {
		return
	}
	e.note(name, found, err)
	e.checks[at], e.checks = e.checks[len(e.checks)-1], e.checks[:len(e.checks)-1]
}

// notebook examines where a notebook works, and its version, and tells whether it is one for Spark.
func (e *examination) notebook(from Definitions, p pipeline, call items.NotebookCall, cfg config.Fabric, wanted version, known bool) (spark bool) {
	id, isID := items.ID(call.NotebookID)
	if here := call.WorkspaceID == "" || strings.EqualFold(call.WorkspaceID, cfg.WorkspaceID); !here || !isID {
		e.once(p.notebook, "", amiss(textElsewhere, "Workspace", plaintext.Line(call.WorkspaceID, maxShown)))
		return false
	}
	ctx, cancel := context.WithTimeout(e.ctx, askTime)
	defer cancel()
	var notebook items.NotebookContent
	d, err := e.read(ctx, from, id, "ipynb")
	if err == nil {
		if notebook, err = d.Notebook(); err != nil {
			err = amiss(textUnreadable)
		}
	}
	name := p.notebook
	if notebook.Spark && p.spark != "" {
		name = p.spark
	}
	if err == nil {
		err = bound(notebook, cfg)
	}
	e.once(name, e.w.T(textBound), err)
	if err == nil || notebook.Version != "" {
		e.version(name+"'s version", notebook.Version, wanted, known)
	}
	return notebook.Spark
}

func bound(n items.NotebookContent, cfg config.Fabric) error {
	switch {
	case n.LakehouseID == "":
		return amiss(textUnbound, "Wanted", cfg.LakehouseID)
	case !strings.EqualFold(n.LakehouseID, cfg.LakehouseID), n.LakehouseWorkspace != "" && !strings.EqualFold(n.LakehouseWorkspace, cfg.WorkspaceID):
		return amiss(textBoundBadly, "Found", plaintext.Line(n.LakehouseID, maxShown), "Wanted", cfg.LakehouseID)
	}
	return nil
}

// version is a notebook's, such as 1.1.0.
type version [3]int

func (v version) String() string {
	return strconv.Itoa(v[0]) + "." + strconv.Itoa(v[1]) + "." + strconv.Itoa(v[2])
}

func readVersion(text string) (v version, ok bool) {
	parts := strings.Split(text, ".")
	if len(parts) != len(v) {
		return v, false
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 16)
		if err != nil {
			return v, false
		}
		v[i] = int(n)
	}
	return v, true
}

// deployedVersion is that of the notebooks that this program deploys.
func deployedVersion(deploys fs.FS) (version, bool) {
	if deploys == nil {
		return version{}, false
	}
	content, err := fs.ReadFile(deploys, "sales_ingest.Notebook/notebook-content.ipynb")
	if err != nil {
		return version{}, false
	}
	notebook, err := items.Definition{Parts: []items.Part{{Path: "notebook-content.ipynb", Content: content}}}.Notebook()
	if err != nil {
		return version{}, false
	}
	return readVersion(notebook.Version)
}

// version compares a notebook's with the one that this program deploys. The first number changes where the two no longer understand each
// other.
func (e *examination) version(name, stated string, wanted version, known bool) {
	found, ok := readVersion(stated)
	pairs := []any{"Version", plaintext.Line(stated, maxShown), "Wanted", wanted}
	switch {
	case !known:
		return
	case !ok:
		e.once(name, "", amiss(textNoVersion))
	case found[0] != wanted[0]:
		e.once(name, "", amiss(textOtherMajor, pairs...))
	case slices.Compare(found[:], wanted[:]) < 0:
		e.once(name, "", &remark{e.w.T(textOlder, pairs...)})
	case slices.Compare(found[:], wanted[:]) > 0:
		e.once(name, "", &remark{e.w.T(textNewer, pairs...)})
	default:
		e.once(name, e.w.T(textFits, pairs...), nil)
	}
}
