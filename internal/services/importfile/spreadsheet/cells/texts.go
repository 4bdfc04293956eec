package cells

// Texts is a file's table of texts, to which the cells of kind Shared refer. The zero value is an empty table.
type Texts struct {
	pieces [][]byte
	places [][]uint64 // piece << 40 | offset << 24 | length, so many in a list
	n      int
}

// pieceBytes is how much the table's memory grows at a time: never by its double, for tables are large.
const (
	pieceBits  = 16
	pieceBytes = 1 << pieceBits
	lengthBits = 24
	listBits   = 13
	listPlaces = 1 << listBits
)

// MaxTextBytes is the length of the longest text that a table takes.
const MaxTextBytes = 1<<lengthBits - 1

// Len is the number of texts.
func (t *Texts) Len() int { return t.n }

// Held is about how many bytes the table takes.
func (t *Texts) Held() int { return len(t.pieces)*pieceBytes + len(t.places)*listPlaces*8 }

// At is a text as it stands in the file. The index must be below Len.
func (t *Texts) At(i uint32) []byte {
	p := t.places[i>>listBits][i&(listPlaces-1)]
	from, length := int(p>>lengthBits&(pieceBytes-1)), int(p&MaxTextBytes)
	return t.pieces[p>>(lengthBits+pieceBits)][from : from+length : from+length]
}

// Add appends a text of at most MaxTextBytes.
func (t *Texts) Add(text []byte) {
	last := len(t.pieces) - 1
	if last < 0 || len(t.pieces[last]) >= pieceBytes || len(t.pieces[last])+len(text) > cap(t.pieces[last]) {
		t.pieces = append(t.pieces, make([]byte, 0, max(pieceBytes, len(text))))
		last++
	}
	from := len(t.pieces[last])
	t.pieces[last] = append(t.pieces[last], text...)
	if t.n&(listPlaces-1) == 0 {
		t.places = append(t.places, make([]uint64, 0, listPlaces))
	}
	list := &t.places[t.n>>listBits]
	*list = append(*list, uint64(last)<<(lengthBits+pieceBits)|uint64(from)<<lengthBits|uint64(len(text)))
	t.n++
}
