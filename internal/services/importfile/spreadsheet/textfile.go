package spreadsheet

import (
	"encoding/binary"

	"fabricportal/internal/services/importfile/scratch"
)

// textFile is the part of a workbook's table of texts that does not fit into memory. Texts are added in their order, and
// then read by one goroutine: mostly in that order too, as a workbook's first sheet mostly refers to them, but also the
// same few again and again, or in any order at all, as in a sheet that was sorted.
type textFile struct {
	file   *scratch.File
	groups [][]int64 // where each group of groupTexts texts begins, so many in a list
	listed int       // groups
	n      int
	unsent []byte // what is still to be written

	ahead  []byte  // groups that were read at once, since the one before the first of them had been read
	from   int     // the first of them
	to     int     // the one behind the last
	again  []group // groups that were read by themselves, by their numbers' lower bits
	long   []byte  // a text that was
	failed error   // the first failure of the disk
}

type group struct {
	number int
	bytes  []byte
}

const (
	groupTexts  = 16
	listGroups  = 1 << 12
	unsentBytes = 256 << 10
	// Groups with longer texts than these are not read as a whole: what is kept takes at most 4 MiB.
	groupsAhead = 64 << 10
	groupAgain  = 4 << 10
	keptGroups  = 1 << 10
)

func newTextFile() (*textFile, error) {
	file, err := scratch.Create()
	if err != nil {
		return nil, err
	}
	return &textFile{file: file, again: make([]group, keptGroups)}, nil
}

func (t *textFile) close() error { return t.file.Close() }

// add appends a text.
func (t *textFile) add(text []byte) error {
	if t.n%groupTexts == 0 {
		if t.listed%listGroups == 0 {
			t.groups = append(t.groups, make([]int64, listGroups))
		}
		t.groups[t.listed/listGroups][t.listed%listGroups] = t.file.Size() + int64(len(t.unsent))
		t.listed++
	}
	t.unsent = binary.AppendUvarint(t.unsent, uint64(len(text)))
	t.unsent = append(t.unsent, text...)
	t.n++
	if len(t.unsent) < unsentBytes {
		return nil
	}
	return t.flush()
}

func (t *textFile) flush() error {
	_, err := t.file.Write(t.unsent)
	t.unsent = t.unsent[:0]
	return err
}

// end says that all texts were added.
func (t *textFile) end() error {
	err := t.flush()
	t.unsent = nil
	return err
}

// at is text i, until the next call; an empty one once the disk has failed, which failed says.
func (t *textFile) at(i int) []byte {
	g, before := i/groupTexts, i%groupTexts
	texts := t.group(g)
	if texts == nil {
		return t.alone(t.place(g), before)
	}
	for range before {
		n, head := binary.Uvarint(texts)
		texts = texts[head+int(n):]
	}
	n, head := binary.Uvarint(texts)
	return texts[head : head+int(n)]
}

// alone reads a text by itself, and of so many before it only how long they are.
func (t *textFile) alone(place int64, before int) []byte {
	var length [binary.MaxVarintLen64]byte
	for {
		known := t.read(length[:min(int64(len(length)), t.file.Size()-place)], place)
		n, head := binary.Uvarint(known)
		if place += int64(head); before == 0 {
			if cap(t.long) < int(n) {
				t.long = make([]byte, n)
			}
			if text := t.read(t.long[:n], place); t.failed == nil {
				return text
			}
			return nil
		}
		place += int64(n)
		before--
	}
}

// group is the bytes of a group's texts; nil where they are too many.
func (t *textFile) group(g int) []byte {
	if t.from <= g && g < t.to {
		return t.ahead[t.place(g)-t.place(t.from):]
	}
	size := t.place(g+1) - t.place(g)
	if g == t.to {
		t.from, t.to = g, g+1
		if size > groupsAhead {
			t.from = t.to
			return nil
		}
		for t.to < t.listed && t.place(t.to+1)-t.place(g) <= groupsAhead {
			t.to++
		}
		if t.ahead == nil {
			t.ahead = make([]byte, groupsAhead)
		}
		return t.read(t.ahead[:t.place(t.to)-t.place(g)], t.place(g))
	}
	kept := &t.again[g%keptGroups]
	if kept.bytes != nil && kept.number == g {
		return kept.bytes
	}
	if size > groupAgain {
		return nil
	}
	if int64(cap(kept.bytes)) < size {
		kept.bytes = make([]byte, size)
	}
	kept.number, kept.bytes = g, t.read(kept.bytes[:size], t.place(g))
	return kept.bytes
}

// place is where a group begins, or the file ends.
func (t *textFile) place(g int) int64 {
	if g < t.listed {
		return t.groups[g/listGroups][g%listGroups]
	}
	return t.file.Size()
}

// read fills b with what stands at a place. Where the disk fails, that is texts without a length.
func (t *textFile) read(b []byte, place int64) []byte {
	if _, err := t.file.ReadAt(b, place); err != nil {
		if t.failed == nil {
			t.failed = err
		}
		clear(b)
	}
	return b
}
