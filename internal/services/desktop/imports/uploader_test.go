package imports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
)

// folder is Files/import in memory; each upload gives a file another ETag.
type folder struct {
	files map[string]artifacts.File
	texts map[string]string
	err   error

	stops     error // ends an upload when a part has arrived
	wentOn    artifacts.Staged
	discarded []string
}

func (f *folder) DiscardStaged(_ context.Context, staging string) error {
	f.discarded = append(f.discarded, staging)
	return f.err
}

func (f *folder) Upload(_ context.Context, name string, r io.ReaderAt, size int64, o artifacts.UploadOptions) (artifacts.File, error) {
	if _, there := f.files[name]; there && !o.Overwrite {
		return artifacts.File{}, &artifacts.ExistsError{Name: name}
	}
	data, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	if err != nil {
		return artifacts.File{}, err
	}
	if o.Progress != nil {
		o.Progress(size)
	}
	if o.Journal != nil {
		if f.stops != nil {
			o.Journal.Note(artifacts.Staged{Staging: "Files/import/." + name + ".part", Arrived: 5})
			return artifacts.File{}, f.stops
		}
		f.wentOn, _ = o.Journal.Staged()
	}
	sum := sha256.Sum256(data)
	if err := o.Check(hex.EncodeToString(sum[:])); err != nil {
		return artifacts.File{}, err
	}
	if o.Journal != nil {
		o.Journal.Drop()
	}
	f.texts[name] = string(data)
	f.files[name] = artifacts.File{Name: name, Path: "Files/import/" + name, Size: size, ETag: uuid.NewString()}
	return f.files[name], nil
}

func (f *folder) Stat(_ context.Context, path string) (artifacts.File, error) {
	return f.files[strings.TrimPrefix(path, "Files/import/")], f.err
}

func newUploader(t *testing.T) (u *Uploader, f *folder, log *strings.Builder) {
	t.Helper()
	log = &strings.Builder{}
	f = &folder{files: map[string]artifacts.File{}, texts: map[string]string{}}
	return NewUploader(f, Open(filepath.Join(t.TempDir(), "imports")), OpenPending(filepath.Join(t.TempDir(), "uploads"), "a lake"), "ana", slog.New(slog.NewTextHandler(log, nil))), f, log
}

func TestAnUploadIsRememberedWithItsContent(t *testing.T) {
	u, f, _ := newUploader(t)
	path := filepath.Join(t.TempDir(), "sales.csv")
	require.NoError(t, os.WriteFile(path, []byte("order_id\n1\n"), 0o600))
	want := sha256.Sum256([]byte("order_id\n1\n"))
	hash := hex.EncodeToString(want[:])
	require.Empty(t, u.KnownHash(t.Context(), "sales.csv"), "it was not seen yet")
	var sent, total int64
	uploaded, err := u.Upload(t.Context(), path, How{}, func(s, n int64) { sent, total = s, n })
	require.NoError(t, err)
	require.Equal(t, "order_id\n1\n", f.texts["sales.csv"])
	require.Equal(t, []int64{11, 11}, []int64{sent, total})
	require.Equal(t, hash, u.KnownHash(t.Context(), "sales.csv"))
	require.Equal(t, hash, u.Contents.Hash(uploaded))
	noted := u.Imported(strings.ToUpper(hash))
	require.Len(t, noted, 1)
	require.WithinDuration(t, time.Now(), noted[0].At, time.Minute)
	noted[0].At = time.Time{}
	require.Equal(t, Record{Kind: Uploaded, SHA256: hash, File: "sales.csv", Size: 11, By: "ana"}, noted[0])

	var exists *artifacts.ExistsError
	_, err = u.Upload(t.Context(), path, How{}, nil)
	require.ErrorAs(t, err, &exists)
	_, err = u.Upload(t.Context(), path, How{Overwrite: true}, nil)
	require.NoError(t, err)

	f.files["sales.csv"] = artifacts.File{Name: "sales.csv", ETag: "another's"}
	require.Empty(t, u.KnownHash(t.Context(), "sales.csv"), "somebody replaced it")
	f.err = errors.New("away")
	require.Empty(t, u.KnownHash(t.Context(), "sales.csv"))
}

func TestAFileThatCantBeReadIsNotUploaded(t *testing.T) {
	u, f, _ := newUploader(t)
	dir := t.TempDir()
	_, err := u.Upload(t.Context(), filepath.Join(dir, "nowhere.csv"), How{}, nil)
	require.ErrorContains(t, err, "nowhere.csv was not found: check the name and the folder")
	_, err = u.Upload(t.Context(), dir, How{}, nil)
	require.ErrorContains(t, err, "is a folder: name a file in it")
	require.ErrorContains(t, cannotRead("a.csv", os.ErrPermission), "may not be read by this user")
	require.ErrorContains(t, cannotRead("a.csv", io.ErrUnexpectedEOF), "close it in other programs")
	require.Empty(t, f.files)
}

func TestPublishedResultsAreRemembered(t *testing.T) {
	u, _, _ := newUploader(t)
	id := uuid.NewString()
	generated, ended := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), time.Date(2026, 3, 1, 13, 0, 0, 0, time.UTC)
	profile := &contract.ImportProfile{SchemaVersion: 1, RunID: &id, GeneratedAt: contract.NewTime(generated), File: contract.File{Name: "a.csv", SHA256: sum(7), SizeBytes: 5}}
	u.NotePublished(t.Context(), profile, nil)
	found := u.Imported(sum(7))
	require.Len(t, found, 1)
	require.True(t, generated.Equal(found[0].At))
	require.Empty(t, found[0].By)
	u.NotePublished(t.Context(), profile, &runs.Run{TriggeredBy: "ben", FinishedAt: &ended})
	found = u.Imported(sum(7))
	require.Len(t, found, 1, "the same run again")
	require.Equal(t, "ben", found[0].By)
	require.True(t, ended.Equal(found[0].At))
	require.Equal(t, id, found[0].Run)
	require.Equal(t, "a.csv", found[0].Profile.File.Name)
}

func TestNotesThatFailAreOnlyLogged(t *testing.T) {
	u, f, log := newUploader(t)
	file := filepath.Join(t.TempDir(), "sales.csv")
	require.NoError(t, os.WriteFile(file, []byte("x"), 0o600))
	u.records = Open(filepath.Join(file, "imports")) // below a file
	_, err := u.Upload(t.Context(), file, How{}, nil)
	require.NoError(t, err)
	require.Equal(t, "x", f.texts["sales.csv"])
	require.Contains(t, log.String(), "remembering an import")
	require.Empty(t, u.Imported(sum(1)))
	require.Contains(t, log.String(), "looking for earlier imports")
}

func TestAHashIsRememberedForOneVersionOfAFile(t *testing.T) {
	var c Contents
	c.Remember(artifacts.File{Name: "a.xlsx", ETag: "1"}, "abc")
	require.True(t, c.Knows("a.xlsx"))
	require.False(t, c.Knows("b.xlsx"))
	require.Equal(t, "abc", c.Hash(artifacts.File{Name: "a.xlsx", ETag: "1"}))
	require.Equal(t, "", c.Hash(artifacts.File{Name: "a.xlsx", ETag: "2"}), "the file was replaced")
	c.Remember(artifacts.File{Name: "c.xlsx"}, "def")
	require.False(t, c.Knows("c.xlsx"), "without an ETag a change would go unseen")
}
