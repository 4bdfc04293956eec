package artifacts

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"sync"
	"time"

	"fabricportal/internal/atomicfile"
	"fabricportal/internal/format"
	"fabricportal/internal/panics"
)

const (
	streams    = 8 // ranges that are fetched at a time, each over a connection of its own
	rangeTries = 5 // of one range, while the network is away
)

// rangeSize is how many bytes a range has, and the memory that it takes. Tests make do with less.
var rangeSize int64 = 4 << 20

// UnfinishedError says that a download has not come to its end, and that what has arrived is kept.
type UnfinishedError struct {
	Err           error // why
	Arrived, Size int64 // bytes
}

func (e *UnfinishedError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *UnfinishedError) Say(w format.Writer) string {
	return w.T("{{.Why}} ({{.Arrived}} of {{.Size}} have arrived and are kept for a week: the same download goes on from there)",
		"Why", w.Words(e.Err), "Arrived", w.Size(e.Arrived), "Size", w.Size(e.Size))
}

func (e *UnfinishedError) Unwrap() error { return e.Err }

// rangesOf is what reads parts of an Opener's files, nil where one stream is as good, and the hash that its file has to have, "" for any. From
// a folder of this computer one stream comes as quickly as the disk gives it.
func rangesOf(from Opener) (RangeReader, string) {
	switch f := from.(type) {
	case *checkedOpener:
		ranges, _ := rangesOf(f.from)
		return ranges, f.want.SHA256
	case *ArtifactOnly:
		return rangesOf(f.reader)
	case *Folder:
		return nil, ""
	case RangeReader:
		return f, ""
	}
	return nil, ""
}

// begun is the head of what is noted of an unfinished download: of which state of which file it is. For each range that has arrived an
// arrival follows.
type begun struct {
	Path  string `json:"path"`
	ETag  string `json:"etag"`
	Size  int64  `json:"size"`
	Range int64  `json:"range"`
}

// arrival is the note of a range: its place and its check sum, which finds what a failing computer has not brought to its disk.
type arrival struct{ Place, Sum uint32 }

var sums = crc32.MakeTable(crc32.Castagnoli)

// fetch is a download in ranges.
type fetch struct {
	ranges RangeReader
	file   File
	part   *atomicfile.Kept
	count  int

	mu     sync.Mutex
	next   int    // the range that is fetched next
	there  []bool // by place
	hash   hash.Hash
	hashed int // ranges, from the first on
}

// saveInRanges downloads a file in several ranges at a time. All of them are of the one state of it that file tells. Errors as of Save,
// *alteredError where it has another hash than want, or atomicfile.ErrBusy where somebody is at it.
func saveInRanges(ctx context.Context, ranges RangeReader, file File, want, local string, named naming, told *reporter) (Saved, error) {
	part, err := atomicfile.Keep(ctx, local, file.Path, atomicfile.Shared)
	if err != nil {
		return Saved{}, err
	}
	count := int((file.Size + rangeSize - 1) / rangeSize)
	f := &fetch{ranges: ranges, file: file, part: part, count: count, there: make([]bool, count), hash: sha256.New()}
	if err := f.resume(ctx, told); err != nil {
		return Saved{}, f.ends(err)
	}
	if err := f.run(ctx, told); err != nil {
		return Saved{}, f.ends(err)
	}
	sum := hex.EncodeToString(f.hash.Sum(nil))
	if want != "" && sum != want {
		part.Discard()
		return Saved{}, &alteredError{file.Path}
	}
	path, err := part.Finish(ctx, file.Size, named == replacing)
	if err != nil {
		return Saved{}, f.ends(err)
	}
	return Saved{Path: path, Size: file.Size, SHA256: sum}, nil
}

// ends keeps what has arrived where a next try can go on from it, and takes it away where it is of no use, or in the way.
func (f *fetch) ends(err error) error {
	arrived := int64(0)
	for i, there := range f.there {
		if there {
			arrived += f.length(i)
		}
	}
	_, ofDisk := errors.AsType[*atomicfile.Error](err)
	ofDisk = ofDisk && arrived < f.file.Size // else it only lacks its name, which somebody holds open
	_, gone := errors.AsType[*NotFoundError](err)
	if _, changed := errors.AsType[*ChangedError](err); arrived == 0 || ofDisk || gone || changed {
		f.part.Discard()
		return err
	}
	f.part.Close()
	return &UnfinishedError{Err: err, Arrived: arrived, Size: f.file.Size}
}

func (f *fetch) length(place int) int64 {
	return min(rangeSize, f.file.Size-int64(place)*rangeSize)
}

// resume takes over what an earlier try has fetched of the same state of the file, and looks at each range of it.
func (f *fetch) resume(ctx context.Context, told *reporter) error {
	now := begun{f.file.Path, f.file.ETag, f.file.Size, rangeSize}
	head, notes, _ := bytes.Cut(f.part.Notes(), []byte("\n"))
	var earlier begun
	if json.Unmarshal(head, &earlier) != nil || earlier != now {
		if err := f.part.Clear(); err != nil {
			return err
		}
		line, err := json.Marshal(now)
		if err != nil {
			return err
		}
		return f.part.Note(append(line, '\n'))
	}
	noted, note := map[int]uint32{}, arrival{}
	read := bytes.NewReader(notes)
	for binary.Read(read, binary.LittleEndian, &note) == nil {
		noted[int(note.Place)] = note.Sum
	}
	if left := len(notes) % binary.Size(note); left > 0 { // a note that was cut off: those that follow begin where it would end
		if err := f.part.Note(make([]byte, binary.Size(note)-left)); err != nil {
			return err
		}
	}
	buffer, before := make([]byte, rangeSize), int64(0)
	for place := range f.count {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		sum, ok := noted[place]
		p := buffer[:f.length(place)]
		if !ok {
			continue
		}
		if _, err := f.part.ReadAt(p, int64(place)*rangeSize); err != nil || crc32.Checksum(p, sums) != sum {
			continue
		}
		f.there[place] = true
		if f.hashed == place {
			f.hash.Write(p)
			f.hashed++
		}
		before += int64(len(p))
	}
	if before > 0 {
		told.add(before) // at once: it says nothing of how quick the network is
	}
	return nil
}

// run fetches what is missing.
func (f *fetch) run(ctx context.Context, told *reporter) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	arrived, ended := make(chan int64), make(chan struct{})
	var workers panics.Group
	working := min(streams, f.count)
	for range working {
		workers.Go(func() {
			defer func() { ended <- struct{}{} }()
			if err := f.work(ctx, arrived); err != nil {
				cancel(err) // the first one counts
			}
		})
	}
	for working > 0 {
		select {
		case n := <-arrived:
			told.add(n)
		case <-ended:
			working--
		}
	}
	workers.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return f.catchUp(nil, -1)
}

// work fetches one range after the other.
func (f *fetch) work(ctx context.Context, arrived chan<- int64) error {
	buffer := make([]byte, rangeSize)
	for place := f.take(); place < f.count && ctx.Err() == nil; place = f.take() {
		p := buffer[:f.length(place)]
		if err := f.get(ctx, place, p); err != nil {
			return err
		}
		arrived <- int64(len(p))
	}
	return nil
}

// take is the next range that is not there.
func (f *fetch) take() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.next < f.count && f.there[f.next] {
		f.next++
	}
	f.next++
	return f.next - 1
}

// get fetches a range and puts it into its place.
func (f *fetch) get(ctx context.Context, place int, p []byte) error {
	at := int64(place) * rangeSize
	for try := 1; ; try++ {
		err := f.ranges.ReadRange(ctx, f.file, at, p)
		if err == nil {
			break
		}
		if _, away := errors.AsType[*UnreachableError](err); !away || try == rangeTries {
			return err
		}
		select { // the network may come back
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(2 * retryDelay << try):
		}
	}
	if _, err := f.part.WriteAt(p, at); err != nil {
		return err
	}
	note, err := binary.Append(nil, binary.LittleEndian, arrival{uint32(place), crc32.Checksum(p, sums)}) // #nosec G115 -- the ranges of 16 PB
	if err == nil {
		err = f.part.Note(note)
	}
	if err != nil {
		return err
	}
	return f.catchUp(p, place)
}

// catchUp notes that a range has arrived, and takes it into the hash of the file, with those behind it that had to wait for it.
func (f *fetch) catchUp(p []byte, place int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if place >= 0 {
		f.there[place] = true
	}
	if place == f.hashed {
		f.hash.Write(p)
		f.hashed++
	}
	for ; f.hashed < f.count && f.there[f.hashed]; f.hashed++ {
		at := int64(f.hashed) * rangeSize
		if _, err := io.CopyBuffer(struct{ io.Writer }{f.hash}, io.NewSectionReader(f.part, at, f.length(f.hashed)), make([]byte, 64<<10)); err != nil {
			return &atomicfile.Error{Path: f.file.Path, Said: format.Say("what was written of {{.File}} can't be read: check the disk", "File", f.file.Name).Over(err)}
		}
	}
	return nil
}
