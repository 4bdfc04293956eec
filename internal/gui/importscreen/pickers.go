package importscreen

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
)

// pickers choose the sheet and the header row that are looked at.
type pickers struct {
	content *fyne.Container
	sheet   *controls.Select
	header  *controls.Entry
	pick    func(sheet string, header int)
	setting bool
	sheets  []string // the names of those that can be chosen
	first   string   // the sheet that the pipeline takes
	found   string   // the header row of the shown sheet, where none is picked
}

func newPickers(pick func(sheet string, header int)) *pickers {
	p := &pickers{pick: pick}
	p.sheet = controls.NewSelect("import.sheet", nil, "", func(string) { p.read("") })
	p.header = controls.NewEntry("import.header", "", p.read)
	p.content = controls.Line(style.Small, controls.Width(170, p.sheet), controls.NewCaption(words.T("Header row")), controls.Width(56, p.header))
	return p
}

// show tells which sheet and header row a profile is of.
func (p *pickers) show(of *contract.ImportProfile, c choice) {
	p.setting = true
	defer func() { p.setting = false }()
	p.sheets, p.sheet.Options, p.sheet.Selected = nil, nil, ""
	for _, s := range of.Sheets {
		shown := s.Name
		if s.Hidden {
			shown = words.T("{{.Name}} (hidden)", "Name", s.Name)
		}
		p.sheets, p.sheet.Options = append(p.sheets, s.Name), append(p.sheet.Options, shown)
		if of.Sheet != nil && s.Name == *of.Sheet {
			p.sheet.Selected = shown
		}
	}
	if c.sheet == "" && of.Sheet != nil {
		p.first = *of.Sheet
	}
	controls.Toggle(p.content.Objects[0], len(p.sheets) > 1)
	p.sheet.Refresh()
	header := ""
	if of.HeaderRow != nil {
		header = strconv.FormatInt(*of.HeaderRow, 10)
	}
	if c.header == 0 {
		p.found = header
	}
	p.header.SetText(header)
}

// read hands on what was picked. The sheet that is taken anyway, and the header row that was found, are no picks; the header
// row of one sheet is none of another, whose own is found.
func (p *pickers) read(header string) {
	if p.setting {
		return
	}
	sheet := ""
	if i := slices.Index(p.sheet.Options, p.sheet.Selected); i >= 0 && p.sheets[i] != p.first {
		sheet = p.sheets[i]
	}
	row, err := strconv.Atoi(strings.TrimSpace(header))
	if err != nil || row < 1 || strconv.Itoa(row) == p.found {
		row = 0
	}
	p.pick(sheet, row)
}
