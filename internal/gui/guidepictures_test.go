package gui

import (
	"cmp"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/require"

	"fabricportal/assets"
	"fabricportal/contract"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/importfile/verdict"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/runs"
)

// guidePictures are the pictures of README.md and docs/analyst.md: a state of the window each.
func guidePictures() []picture {
	return []picture{
		{"sample", func(b *bench) {
			dir := filepath.Join(os.TempDir(), "orders") // its path is in the picture
			require.NoError(b.t, os.MkdirAll(dir, 0o755))
			b.t.Cleanup(func() { os.RemoveAll(dir) })
			b.unset()
			showSampleIn(b, dir)
		}},
		{"verdict", func(b *bench) { showVerdict(b, "sales_october.csv", yesBut(), asDecided()) }},
		{"question", func(b *bench) {
			showGerman(b)
			b.click("import.answer.columns.0")
			b.untilSays("× 1.234")
		}},
		{"rows", func(b *bench) {
			showRows(b)
			b.w.importing.ShowFinding(verdict.Key{Kind: verdict.Check, Column: "revenue", Code: "revenue_valid"})
			b.until("a cell", func(probe.View) bool { return b.offers("import.walk.only") })
			b.click("import.walk.next")
			b.click("import.walk.next")
			b.untilSays("1413 · revenue: ")
		}},
		{"missing", func(b *bench) { showAnswered(b); b.click("import.kpis") }},
		{"confirm", func(b *bench) {
			showVerdict(b, "sales_october.csv", goodFile(), contract.ReadOptions{})
			b.a.replaces = func(k *contract.KPIs, p *contract.ImportProfile) (comparison.Replacement, error) {
				before := year() // the year that ends with the file's month
				before.TotalRevenue, before.Orders, before.AOV, before.Conversion = k.TotalRevenue*12.3, k.Orders*12, new(137.4), nil
				for i := range before.TimeSeries.Points {
					before.TimeSeries.Points[i].Period = time.Date(2025, 11, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
				}
				return comparison.PreviewRun(comparison.Current{KPIs: before, Profile: &contract.ImportProfile{RowCount: 2_400}}, k, p), nil
			}
			b.click("import.run")
			b.until("the changes", func(probe.View) bool { return b.offers("dialog.tick") })
		}},
		{"monitor", func(b *bench) {
			showMonitor(b, runs.Phase{Kind: runs.PhaseRunning, Sentence: "Fabric says it is in progress."})
		}},
		{"results", func(b *bench) {
			showResults(b)
			b.until("the results before", func(v probe.View) bool { return says(v, "4.3 %") || says(v, "4,3 %") })
		}},
		{"part", func(b *bench) { showPart(b); b.free() }},
		{"changed", func(b *bench) { showChanged(b) }},
		{"archive", func(b *bench) { showPublished(b) }},
		{"restore", func(b *bench) {
			showArchive(b)
			b.click("archive.restore")
			b.untilSays("kpis.json")
		}},
	}
}

// TestGuidePictures draws the pictures of the documents, of an English and of a German window:
//
//	PORTAL_GUIDE_PICTURES=$PWD/docs/pictures CGO_ENABLED=0 go test -tags migrated_fynedo,nowindow -count=1 -run TestGuidePictures ./internal/gui
func TestGuidePictures(t *testing.T) {
	dir := os.Getenv("PORTAL_GUIDE_PICTURES")
	if dir == "" {
		t.Skip("PORTAL_GUIDE_PICTURES names the folder, which is docs/pictures")
	}
	require.NoError(t, os.MkdirAll(dir, 0o755))
	for language, ending := range map[string]string{"en": ".png", "de": ".de.png"} {
		t.Run(language, func(t *testing.T) {
			t.Setenv(words.Variable, language)                            // each window reads its language
			require.NoError(t, words.Load(assets.Translations, language)) // what is worded before there is a window
			defer func() { require.NoError(t, words.Load(assets.Translations, "en")) }()
			for _, p := range guidePictures() {
				t.Run(p.name, func(t *testing.T) {
					b := newBenchWith(t, func(o *Options) {
						o.Theme = style.Fixed(theme.VariantLight)
						if p.name == "sample" {
							o.Connection = NoConnection()
						}
					})
					b.size = fyne.NewSize(1200, 750)
					p.make(b)
					b.look()
					writePNG(t, filepath.Join(dir, p.name+ending), fewColours(b.w.win.Canvas().Capture()))
				})
			}
		})
	}
}

func writePNG(t *testing.T, path string, img image.Image) {
	t.Helper()
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, img))
	require.NoError(t, f.Close())
}

// fewColours keeps the 256 colours of which there is most, and takes the nearest of them for the others: a window has few
// colours, and its file is half as large so.
func fewColours(img image.Image) *image.Paletted {
	count := map[color.RGBA]int{}
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(img.At(x, y)).(color.RGBA) }
	bounds := img.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			count[at(x, y)]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), slices.Compare([]byte{a.R, a.G, a.B, a.A}, []byte{b.R, b.G, b.B, b.A}))
	})
	var palette color.Palette
	for _, c := range colours[:min(len(colours), 256)] {
		palette = append(palette, c)
	}
	index := map[color.RGBA]uint8{}
	out := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c := at(x, y)
			i, known := index[c]
			if !known {
				i = uint8(palette.Index(c))
				index[c] = i
			}
			out.SetColorIndex(x, y, i)
		}
	}
	return out
}
