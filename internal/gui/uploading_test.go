package gui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/probe"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/fabric/artifacts"
)

// unfinished is a note about an upload of a file.
func unfinished(path string) []imports.Unfinished {
	return []imports.Unfinished{{Path: path, Size: 1_000_000_000, Begun: now.Add(-time.Hour), Staged: artifacts.Staged{Arrived: 600_000_000}}}
}

// chosenHere is a file of this computer that is chosen.
func chosenHere(t *testing.T, b *bench) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "large.csv")
	require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
	b.free()
	b.importFiles("sales.xlsx")
	b.w.importing.OpenLocal(path)
	b.untilSays("50,046 rows")
	return path
}

func TestAnUploadIsPausedResumedAndCancelled(t *testing.T) {
	b := newBench(t)
	path := chosenHere(t, b)
	b.a.upload = func(ctx context.Context, _ string, _ bool, p Progress) (artifacts.File, error) {
		p(600_000_000, 1_000_000_000)
		<-ctx.Done()
		cause := context.Cause(ctx)
		b.a.mu.Lock()
		defer b.a.mu.Unlock()
		if b.a.begun = nil; errors.Is(cause, artifacts.ErrPaused) {
			b.a.begun = unfinished(path)
			return artifacts.File{}, &artifacts.StagedError{Err: cause, Arrived: 600_000_000, Size: 1_000_000_000}
		}
		return artifacts.File{}, cause
	}
	b.click("import.upload")
	b.untilSays("Uploading large.csv: 600.0 MB of 1.0 GB")
	require.False(t, b.control("import.upload").Enabled)
	require.False(t, b.offers("import.upload.resume"))
	b.click("import.upload.pause")
	v := b.untilSays("The upload of large.csv did not come to its end: 600.0 MB of 1.0 GB are in the lakehouse.")
	require.False(t, v.Dialog, "who pauses need not be told")
	require.False(t, b.offers("import.upload.pause"))
	b.click("import.upload.resume")
	b.untilSays("Uploading large.csv: 600.0 MB of 1.0 GB")
	require.False(t, b.offers("import.upload.resume"), "it is under way")
	b.click("import.upload.cancel")
	b.untilSays("what had arrived was deleted")
	b.until("nothing is offered any more", func(probe.View) bool { return !b.offers("import.upload.resume") && !b.offers("import.upload.cancel") })
	b.a.mu.Lock()
	defer b.a.mu.Unlock()
	require.Len(t, b.a.hows, 2)
	require.Equal(t, &imports.Seen{Size: 4_617_000, SHA256: strings.Repeat("5a", 32)}, b.a.hows[0].Seen, "the file that was looked at")
	require.Equal(t, imports.How{}, b.a.hows[1])
}

func TestAnUploadOfAnotherDayIsOfferedInOnePlace(t *testing.T) {
	b := newBench(t)
	b.a.begun = append(unfinished(filepath.Join(t.TempDir(), "large.csv")), unfinished(filepath.Join(t.TempDir(), "other.csv"))...)
	b.free()
	b.importFiles("sales.xlsx")
	b.click("tab.results")
	b.click("tab.import")
	b.untilSays("1 more waits behind it.")
	b.click("import.upload.discard")
	b.untilSays("Give up the upload of large.csv?")
	b.clickDialog("dialog.confirm")
	b.until("it is given up", func(probe.View) bool { return b.a.was("give up large.csv") && !b.offers("import.upload.resume") })

	b.a.mu.Lock()
	b.a.begun = unfinished(filepath.Join(t.TempDir(), "large.csv"))
	b.a.mu.Unlock()
	b.a.upload = func(_ context.Context, p string, _ bool, _ Progress) (artifacts.File, error) {
		b.a.mu.Lock()
		defer b.a.mu.Unlock()
		if how := b.a.hows[len(b.a.hows)-1]; !how.Anew {
			return artifacts.File{}, &artifacts.SourceChangedError{Name: filepath.Base(p), Begun: true}
		}
		b.a.begun = nil
		return artifacts.File{Name: filepath.Base(p), Path: artifacts.ImportFolder + "/" + filepath.Base(p), Size: 1, Modified: now}, nil
	}
	b.click("tab.results")
	b.click("tab.import")
	b.untilSays("The upload of large.csv did not come to its end")
	b.click("import.upload.resume")
	b.untilSays("Upload large.csv as it is now?")
	b.clickDialog("dialog.confirm")
	b.untilSays("large.csv was uploaded")
	require.Equal(t, "large.csv", b.w.importingName())
}

func TestAFileThatChangedSinceItWasLookedAtIsNotUploaded(t *testing.T) {
	b := newBench(t)
	path := chosenHere(t, b)
	b.a.upload = func(_ context.Context, p string, _ bool, _ Progress) (artifacts.File, error) {
		return artifacts.File{}, &artifacts.SourceChangedError{Name: filepath.Base(p)}
	}
	b.click("import.upload")
	b.untilSays("What was found in it, and the figures it would give, are those of its earlier state.")
	b.a.mu.Lock()
	b.a.asked = nil
	b.a.mu.Unlock()
	b.clickDialog("dialog.confirm")
	b.until("it is looked at again", func(probe.View) bool { return b.a.was("local " + path) })
}

func TestWhatUploadsLeftIsOfferedForDeletion(t *testing.T) {
	b := newBenchWith(t, func(o *Options) {
		a := o.Actions.(*actions)
		a.left, a.young = []artifacts.File{{Name: ".a.part", Size: 2_000_000}, {Name: ".b.part", Size: 1_000_000}}, ".b.part"
	})
	b.free()
	b.untilSays("2 hidden files (3.0 MB) were left in Files/import by uploads that ended more than a week ago.")
	b.click("import.upload.rests")
	b.untilSays("Delete 2 left-over files?")
	require.False(t, b.a.was("remove .a.part"), "nothing goes unasked")
	b.clickDialog("dialog.confirm")
	b.untilSays(".b.part is not deleted: somebody was at this upload within the last week")
	b.untilSays("1 hidden file (1.0 MB) was left in Files/import")
	require.True(t, b.a.was("remove .a.part"))
}

// uploadPictures are an upload under way, and one of another day.
func uploadPictures() []picture {
	return []picture{
		{"import-uploading", func(b *bench) {
			b.a.upload = func(ctx context.Context, _ string, _ bool, p Progress) (artifacts.File, error) {
				p(600_000_000, 1_000_000_000)
				<-ctx.Done()
				return artifacts.File{}, ctx.Err()
			}
			b.free()
			b.importFiles("sales_orders_fact.xlsx")
			b.w.importing.OpenLocal(filepath.Join(b.t.TempDir(), "sales_november.xlsx"))
			b.untilSays("046")
			b.click("import.upload")
			b.untilSays("600")
		}},
		{"import-upload-paused", func(b *bench) {
			path := filepath.Join(b.t.TempDir(), "sales_november.xlsx")
			b.a.upload = func(ctx context.Context, _ string, _ bool, p Progress) (artifacts.File, error) {
				p(600_000_000, 1_000_000_000)
				<-ctx.Done()
				b.a.mu.Lock()
				defer b.a.mu.Unlock()
				b.a.begun = unfinished(path)
				return artifacts.File{}, context.Cause(ctx)
			}
			b.free()
			b.importFiles("sales_orders_fact.xlsx")
			b.w.importing.OpenLocal(path)
			b.untilSays("046")
			b.click("import.upload")
			b.untilSays("600")
			b.click("import.upload.pause")
			b.until("it can go on", func(probe.View) bool { return b.offers("import.upload.resume") })
		}},
		{"import-upload-unfinished", func(b *bench) {
			b.a.begun = unfinished(filepath.Join(b.t.TempDir(), "sales_november.xlsx"))
			b.free()
			b.importFiles("sales_orders_fact.xlsx")
			b.click("tab.results")
			b.click("tab.import")
			b.untilSays("600")
		}},
	}
}
