package importscreen

import (
	"testing"

	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
)

func TestSheetAndHeaderRowArePicked(t *testing.T) {
	test.NewTempApp(t)
	type pick struct {
		sheet  string
		header int
	}
	var picked []pick
	p := newPickers(func(sheet string, header int) { picked = append(picked, pick{sheet, header}) })
	of := func(sheet string, header int64) *contract.ImportProfile {
		return &contract.ImportProfile{Sheet: &sheet, HeaderRow: &header, Sheets: []contract.Sheet{{Name: "Orders"}, {Name: "Prices", Hidden: true}, {Name: "2025"}}}
	}
	p.show(of("Orders", 1), choice{})
	require.Empty(t, picked, "what is shown is no pick")
	require.Equal(t, []string{"Orders", "Prices (hidden)", "2025"}, p.sheet.Options)
	require.Equal(t, "Orders", p.sheet.Selected)
	require.Equal(t, "1", p.header.Text)

	p.sheet.SetSelected("Prices (hidden)")
	require.Equal(t, pick{"Prices", 0}, picked[0], "its own header row is found")
	p.show(of("Prices", 3), choice{sheet: "Prices"})
	require.Equal(t, "Prices (hidden)", p.sheet.Selected)
	require.Equal(t, "3", p.header.Text)

	submit := func(text string) pick {
		p.header.SetText(text)
		p.header.OnSubmitted(text)
		return picked[len(picked)-1]
	}
	require.Equal(t, pick{"Prices", 5}, submit(" 5 "))
	p.show(of("Prices", 5), choice{sheet: "Prices", header: 5})
	require.Equal(t, pick{"Prices", 0}, submit("3"), "the one that was found")
	require.Equal(t, pick{"Prices", 0}, submit(""))
	require.Equal(t, pick{"Prices", 0}, submit("x"))

	p.show(of("Prices", 5), choice{sheet: "Prices", header: 5})
	p.sheet.SetSelected("Orders")
	require.Equal(t, pick{"", 0}, picked[len(picked)-1], "what the pipeline takes")
}
