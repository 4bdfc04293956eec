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
	e.notebook(from, p, content, cfg, wanted, known)
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
	missing := lost(func(name string) bool {
		return slices.ContainsFunc(content.Notebooks, func(c items.NotebookCall) bool { return slices.Contains(c.Passes, name) })
	})
	if missing != "" {
		return amiss(textNotPassed, "Names", missing)
	}
	return nil
}

// notebook examines where a pipeline's notebook works, and its version.
func (e *examination) notebook(from Definitions, p pipeline, content items.PipelineContent, cfg config.Fabric, wanted version, known bool) {
	if len(content.Notebooks) == 0 {
		e.note(p.notebook, "", amiss(textNoNotebook))
		return
	}
	call := content.Notebooks[0]
	id, isID := items.ID(call.NotebookID)
	if here := call.WorkspaceID == "" || strings.EqualFold(call.WorkspaceID, cfg.WorkspaceID); !here || !isID {
		e.note(p.notebook, "", amiss(textElsewhere, "Workspace", plaintext.Line(call.WorkspaceID, maxShown)))
		return
	}
	var notebook items.NotebookContent
	if !e.try(p.notebook, func(ctx context.Context) (string, error) {
		d, err := e.read(ctx, from, id, "ipynb")
		if err != nil {
			return "", err
		}
		if notebook, err = d.Notebook(); err != nil {
			return "", amiss(textUnreadable)
		}
		return e.w.T(textBound), bound(notebook, cfg)
	}) && notebook.Version == "" {
		return
	}
	e.version(p.notebook+"'s version", notebook.Version, wanted, known)
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
		e.note(name, "", amiss(textNoVersion))
	case found[0] != wanted[0]:
		e.note(name, "", amiss(textOtherMajor, pairs...))
	case slices.Compare(found[:], wanted[:]) < 0:
		e.note(name, "", &remark{e.w.T(textOlder, pairs...)})
	case slices.Compare(found[:], wanted[:]) > 0:
		e.note(name, "", &remark{e.w.T(textNewer, pairs...)})
	default:
		e.note(name, e.w.T(textFits, pairs...), nil)
	}
}
