package gui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/probe"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/feeds"
	analyzing "fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/sample"
)

// Sample is part of Actions.
func (a *actions) Sample(context.Context) (string, error) {
	a.note("sample")
	if a.sample == nil {
		return "", errors.New("not expected in this test")
	}
	return a.sample()
}

// saysNumber tells whether a whole number is shown, in whichever language.
func saysNumber(v probe.View, digits string) bool {
	return slices.ContainsFunc(v.Texts, func(s string) bool {
		return strings.Contains(strings.Map(func(r rune) rune {
			if strings.ContainsRune(".,’' \u00a0\u202f", r) {
				return -1
			}
			return r
		}, s), digits)
	})
}

// unset is a window on a computer without a connection.
func (b *bench) unset() {
	b.w.shell.SetUp = func() { b.a.note("set up") }
	b.frame.Publish(feeds.Frame{Unset: true})
}

// silent is a window whose database and lakehouse have never answered.
func (b *bench) silent() {
	const why = "The database does not answer: check the network, or the VPN."
	b.frame.Publish(feeds.Frame{Database: feeds.Reach{Known: true, Since: now, Sentence: why}, Files: feeds.Reach{Known: true, Since: now, Sentence: why}})
	b.files.Publish(feeds.Import{Sentence: "The lakehouse does not answer: check the network, or the VPN."})
	b.monitor.Publish(feeds.Monitor{Sentence: why})
	b.results.Publish(feeds.Results{Sentence: "The lakehouse does not answer: check the network, or the VPN."})
	b.archive.Publish(feeds.Archive{Sentence: why})
}

// bare is a portal that answers and has nothing yet, but for files where there are some.
func (b *bench) bare(files ...string) {
	b.free()
	b.importFiles(files...)
	b.monitor.Publish(feeds.Monitor{Loaded: true, AsOf: now})
	b.results.Publish(feeds.Results{Loaded: true, Empty: true, AsOf: now})
	b.archive.Publish(feeds.Archive{Loaded: true, AsOf: now})
}

// showSample opens the real sample, read as in the program.
func showSample(b *bench) { showSampleIn(b, b.t.TempDir()) }

func showSampleIn(b *bench, dir string) {
	path := filepath.Join(dir, sample.Name)
	f, err := os.Create(path)
	require.NoError(b.t, err)
	require.NoError(b.t, sample.Write(f, now))
	require.NoError(b.t, f.Close())
	b.a.sample = func() (string, error) { return path, nil }
	b.a.analyze = func(ctx context.Context, _ string, _ Progress) (Analysis, error) {
		found, err := analyzing.File(ctx, path, analyzing.Options{SampleRows: 100, Now: func() time.Time { return now }, Words: words.Writer()})
		if err != nil {
			return Analysis{}, err
		}
		return Analysis{Result: *found}, nil
	}
	b.unset()
	b.click("import.lead")
	b.until("the sample", func(probe.View) bool { return b.offers("import.overview") })
}

// startPictures are the states of a portal that has nothing yet, the tour and the text sizes.
func startPictures() []picture {
	var out []picture
	for _, state := range []picture{
		{"unset", (*bench).unset},
		{"silent", (*bench).silent},
		{"no-file", func(b *bench) { b.bare() }},
		{"no-run", func(b *bench) { b.bare("sales_orders_fact.xlsx") }},
	} {
		for _, tab := range []string{"import", "monitor", "results", "archive"} {
			out = append(out, picture{"start-" + state.name + "-" + tab, func(b *bench) { state.make(b); b.drain(); b.click("tab." + tab) }})
		}
	}
	out = append(out,
		picture{"start-unset-lock", func(b *bench) { b.unset(); b.drain(); b.click("header.lock") }},
		picture{"sample", showSample},
		picture{"sample-kpis", func(b *bench) { showSample(b); b.click("import.kpis") }},
		picture{"tour-offer", func(b *bench) { b.w.opts.Tour = true; b.w.tour.offered(); b.bare("sales_orders_fact.xlsx") }},
	)
	for i := range stops() {
		out = append(out, picture{fmt.Sprintf("tour-%d", i+1), func(b *bench) {
			showResults(b)
			b.w.showTour()
			for range i {
				b.clickDialog("tour.next")
			}
		}})
	}
	return out
}
