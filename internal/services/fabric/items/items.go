package items

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"fabricportal/internal/services/fabric/troubles"
)

// The kinds of items that this program deploys or binds to.
const (
	Lakehouse = "Lakehouse"
	Notebook  = "Notebook"
	Pipeline  = "DataPipeline"
)

// Item is one item of the workspace.
type Item struct {
	ID          string `json:"id"` // lower-case UUID
	Kind        string `json:"type"`
	Name        string `json:"displayName"` // as Fabric tells it: to be made plain before it is shown
	Description string `json:"description"` // likewise
}

// Definition is what an item consists of. Its .platform is neither read nor sent: name and description are the item's.
type Definition struct {
	Format string // ipynb for notebooks, "" for pipelines
	Parts  []Part
}

// Part is one file of a definition.
type Part struct {
	Path    string
	Content []byte
}

type definitionJSON struct {
	Format string     `json:"format,omitempty"`
	Parts  []partJSON `json:"parts"`
}

type partJSON struct {
	Path    string `json:"path"`
	Payload string `json:"payload"`
	Type    string `json:"payloadType"`
}

const (
	inline   = "InlineBase64"
	platform = ".platform"
)

func (d Definition) wire() definitionJSON {
	out := definitionJSON{Format: d.Format}
	for _, p := range d.Parts {
		out.Parts = append(out.Parts, partJSON{p.Path, base64.StdEncoding.EncodeToString(p.Content), inline})
	}
	return out
}

// maxPages bounds a list.
const maxPages = 100

// List reads all items of the workspace, or those of one kind where it is not "".
func (c *Client) List(ctx context.Context, kind string) ([]Item, error) {
	ctx, cancel := c.within(ctx, listTimeout)
	defer cancel()
	var all []Item
	query := url.Values{}
	if kind != "" {
		query.Set("type", kind)
	}
	for range maxPages {
		var page struct {
			Value []Item `json:"value"`
			Token string `json:"continuationToken"`
		}
		address := c.workspace + "/items"
		if len(query) > 0 {
			address += "?" + query.Encode()
		}
		if _, err := c.read(ctx, troubles.ListingItems, http.MethodGet, address, &page); err != nil {
			return nil, err
		}
		for _, i := range page.Value {
			if i.ID = strings.ToLower(i.ID); isGUID(i.ID) {
				all = append(all, i)
			}
		}
		token := page.Token
		if unescaped, err := url.QueryUnescape(strings.ReplaceAll(token, "+", "%2B")); err == nil {
			token = unescaped // it comes escaped for use in an address
		}
		if token == "" {
			return all, nil
		}
		if token == query.Get("continuationToken") {
			break
		}
		query.Set("continuationToken", token)
	}
	return nil, amiss(troubles.ListingItems)
}

// Definition reads what an item consists of, in a format ("" for the kind's own).
func (c *Client) Definition(ctx context.Context, id, format string) (Definition, error) {
	ctx, cancel := c.within(ctx, operationTimeout)
	defer cancel()
	const doing = troubles.ReadingItem
	address := c.workspace + "/items/" + id + "/getDefinition"
	if format != "" {
		address += "?format=" + url.QueryEscape(format)
	}
	var body struct {
		Definition definitionJSON `json:"definition"`
	}
	a, err := c.read(ctx, doing, http.MethodPost, address, nil)
	if err == nil {
		a, err = c.finish(ctx, doing, a, true)
	}
	if err != nil {
		return Definition{}, err
	}
	if json.Unmarshal(a.body, &body) != nil || len(body.Definition.Parts) == 0 {
		return Definition{}, amiss(doing)
	}
	out := Definition{Format: cmp.Or(body.Definition.Format, format)}
	for _, p := range body.Definition.Parts {
		if p.Path == platform {
			continue
		}
		content, err := base64.StdEncoding.DecodeString(p.Payload)
		if err != nil || p.Type != inline {
			return Definition{}, amiss(doing)
		}
		out.Parts = append(out.Parts, Part{p.Path, content})
	}
	return out, nil
}

// Create makes an item. The request is sent once: after an answer that was lost nobody knows whether there is one.
func (c *Client) Create(ctx context.Context, i Item, d Definition) (Item, error) {
	ctx, cancel := c.within(ctx, operationTimeout)
	defer cancel()
	const doing = troubles.CreatingItem
	in := struct {
		Name        string         `json:"displayName"`
		Description string         `json:"description"`
		Kind        string         `json:"type"`
		Definition  definitionJSON `json:"definition"`
	}{i.Name, i.Description, i.Kind, d.wire()}
	a, err := c.change(ctx, doing, http.MethodPost, c.workspace+"/items", in)
	if err == nil {
		a, err = c.finish(ctx, doing, a, true)
	}
	if err != nil {
		return Item{}, err
	}
	var made Item
	if json.Unmarshal(a.body, &made) != nil || !isGUID(made.ID) {
		return Item{}, amiss(doing)
	}
	i.ID = strings.ToLower(made.ID)
	return i, nil
}

// Redefine gives an item another definition.
func (c *Client) Redefine(ctx context.Context, id string, d Definition) error {
	ctx, cancel := c.within(ctx, operationTimeout)
	defer cancel()
	const doing = troubles.ChangingItem
	in := struct {
		Definition definitionJSON `json:"definition"`
	}{d.wire()}
	a, err := c.change(ctx, doing, http.MethodPost, c.workspace+"/items/"+id+"/updateDefinition", in)
	if err == nil {
		_, err = c.finish(ctx, doing, a, false)
	}
	return err
}

// Describe gives an item another description, of at most 256 characters.
func (c *Client) Describe(ctx context.Context, id, description string) error {
	ctx, cancel := c.within(ctx, listTimeout)
	defer cancel()
	in := struct {
		Description string `json:"description"`
	}{description}
	_, err := c.change(ctx, troubles.ChangingItem, http.MethodPatch, c.workspace+"/items/"+id, in)
	return err
}
