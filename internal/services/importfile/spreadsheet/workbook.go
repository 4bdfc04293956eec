package spreadsheet

import (
	"errors"
	"strings"
)

// maxSheets bounds the list of sheets; Excel itself is bound by memory only.
const maxSheets = 4096

var errNoWorkbook = errors.New("no workbook in the package")

// workbook is what the workbook part says: its sheets, where their data is, and how dates are counted.
type workbook struct {
	sheets   []Sheet
	targets  []string // parts of the sheets, in the same order
	date1904 bool
	onLoad   bool   // it asks to be calculated when it is opened
	chain    bool   // it says in which order its formulas were calculated
	shared   string // part of the shared strings; empty where there is none
	styles   string // part of the styles; empty where there is none
}

// readWorkbook finds the workbook by the package's relationships and reads its list of worksheets. Chart, dialog and
// macro sheets are no worksheets and left out.
func readWorkbook(a *archive) (*workbook, error) {
	main, err := mainPart(a)
	if err != nil {
		return nil, err
	}
	rels, err := a.relations(main)
	if err != nil {
		return nil, err
	}
	w := &workbook{}
	for _, rel := range rels {
		switch rel.kind {
		case "sharedStrings":
			w.shared = rel.target
		case "styles":
			w.styles = rel.target
		case "calcChain":
			w.chain = true
		}
	}
	err = a.parse(main, func(x *xmlReader) error {
		switch string(x.name) {
		case "workbookPr":
			// Excel 2013 and later write one of another namespace into the extension list, without the flag.
			if x.depth() != 2 || !x.sharesPrefix() {
				return nil
			}
			v := x.attribute("date1904")
			w.date1904 = isTrue(v)
		case "calcPr":
			if x.depth() != 2 {
				return nil
			}
			v := x.attribute("fullCalcOnLoad")
			w.onLoad = w.onLoad || isTrue(v)
		case "sheet":
			name := x.attribute("name")
			state := x.attribute("state")
			id := x.attribute("id")
			rel, known := rels[id]
			if !known || rel.kind != "worksheet" || rel.target == "" {
				return nil
			}
			if len(w.sheets) == maxSheets {
				return errors.New("it has too many sheets")
			}
			w.sheets = append(w.sheets, Sheet{Name: name, Hidden: state == "hidden" || state == "veryHidden"})
			w.targets = append(w.targets, rel.target)
		}
		return nil
	})
	return w, err
}

// mainPart is the name of the workbook part.
func mainPart(a *archive) (string, error) {
	rels, err := a.relations("")
	if err != nil {
		return "", err
	}
	for _, rel := range rels {
		if rel.kind == "officeDocument" && a.has(rel.target) {
			return rel.target, nil
		}
	}
	if a.has("xl/workbook.xml") {
		return "xl/workbook.xml", nil
	}
	return "", errNoWorkbook
}

// firstVisible is the index of the sheet that is read; -1 when there is none.
func (w *workbook) firstVisible() int {
	for i, s := range w.sheets {
		if !s.Hidden {
			return i
		}
	}
	return -1
}

// isTrue reads a boolean as XML Schema has it.
func isTrue(v string) bool {
	v = strings.TrimSpace(v)
	return v == "1" || v == "true" || v == "on"
}
