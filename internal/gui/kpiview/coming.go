package kpiview

import (
	"fyne.io/fyne/v2"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/comparison"
)

// Coming shows what a run of a file would give: the four figures, each with its change against what is published.
type Coming struct {
	*fyne.Container
	tiles [4]*controls.Tile
	row   *fyne.Container
	note  *controls.Text
	warns *controls.Banner
	of    *contract.KPIs
}

// NewComing is empty.
func NewComing() *Coming {
	c := &Coming{note: controls.NewCaption("").Fitted(controls.Wrap), warns: controls.NewBanner()}
	var boxes []fyne.CanvasObject
	for i, f := range Figures(nil) {
		c.tiles[i] = controls.NewTile(f.Caption, nil)
		boxes = append(boxes, c.tiles[i].Container)
	}
	c.row = controls.Equal(12, boxes...)
	c.Container = controls.Column(style.Small, c.row, c.warns.Container, c.note)
	return c
}

// Set shows figures that are not compared yet; without any, why.
func (c *Coming) Set(k *contract.KPIs, why string) {
	c.of = k
	for i, f := range Figures(k) {
		c.tiles[i].Set(f.Value, f.Note)
	}
	controls.Toggle(c.row, k != nil)
	c.warns.Set(controls.StateWarn, "")
	if k != nil {
		why = words.T("Comparing with what is published.")
	}
	c.say(why)
}

// SetPublished says how the figures stand to what is published; sentence is what is read of an error.
func (c *Coming) SetPublished(p comparison.Replacement, err error, sentence func(error) string) {
	switch {
	case err != nil:
		c.say(words.T("What is published could not be read, so that it is not known what changes. {{.Why}}", "Why", sentence(err)))
		return
	case p.Unknown:
		c.say(words.T("What is published can't be read at this moment, so that it is not known what changes."))
		return
	case p.Nothing:
		c.say(words.T("Nothing is published yet: these are the first results."))
		return
	}
	for i, f := range Figures(c.of) {
		note := f.Note
		if i < len(p.Figures) && p.Figures[i].Note == "" {
			note = onPublished(p.Figures[i].Change, f.Note)
		}
		c.tiles[i].Set(f.Value, note)
	}
	c.warns.Set(controls.StateWarn, reasonsText(p))
	said := words.T("Compared with the published results.")
	if p.Before.Days() > 0 {
		said = words.T("Compared with the published results of {{.Days}}.", "Days", daysText(p.Before))
	}
	c.say(said)
}

// onPublished is a change in words; otherwise where it is not known.
func onPublished(change comparison.Change, otherwise string) string {
	switch {
	case change.Same():
		return words.T("as published")
	case change.Relative == nil:
		return otherwise
	case *change.Relative > 0:
		return words.T("+{{.Part}} on what is published", "Part", words.Percent(*change.Relative, 1))
	}
	return words.T("{{.Part}} on what is published", "Part", words.Percent(*change.Relative, 1))
}

func (c *Coming) say(text string) {
	c.note.Set(text)
	controls.Toggle(c.note, text != "")
}
