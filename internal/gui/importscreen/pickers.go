package importscreen

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/look"
	"fabricportal/internal/gui/words"
)

// pickers choose the sheet and the header row that are looked at.
type pickers struct {
	content *fyne.Container
	sheet   *controls.Select
	header  *controls.Entry
	pick    func(sheet string, header int)
	setting bool
	first   string // the sheet that the pipeline takes
}

func newPickers(pick func(sheet string, header int)) *pickers {
	p := &pickers{pick: pick}
	p.sheet = controls.NewSelect("import.sheet", nil, "", func(string) { p.read() })
	p.header = controls.NewEntry("import.header", "", func(string) { p.read() })
	p.content = controls.Line(look.Small, controls.Width(170, p.sheet), controls.NewCaption(words.T("Header row")), controls.Width(56, p.header))
	return p
}

// show tells which sheet and header row a profile is of.
func (p *pickers) show(of *contract.ImportProfile, c choice) {
	p.setting = true
	defer func() { p.setting = false }()
	var names []string
	for _, s := range of.Sheets {
		names = append(names, s.Name)
	}
	if c.sheet == "" && of.Sheet != nil {
		p.first = *of.Sheet
	}
	controls.Toggle(p.content.Objects[0], len(names) > 1)
	p.sheet.Options = names
	if of.Sheet != nil {
		p.sheet.Selected = *of.Sheet
	}
	p.sheet.Refresh()
	p.header.SetText("")
	if of.HeaderRow != nil {
		p.header.SetText(strconv.FormatInt(*of.HeaderRow, 10))
	}
}

// read hands on what was picked. The sheet that is taken anyway, and the header row that was found, are no picks.
func (p *pickers) read() {
	if p.setting {
		return
	}
	sheet := p.sheet.Selected
	if sheet == p.first {
		sheet = ""
	}
	header, err := strconv.Atoi(strings.TrimSpace(p.header.Text))
	if err != nil || header < 1 {
		header = 0
	}
	p.pick(sheet, header)
}
