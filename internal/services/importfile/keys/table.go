package keys

// Table is a set of hashes other than 0: an open table, 8 bytes a slot. The zero value is empty.
type Table struct {
	slots []uint64 // 0 is a free one
	n     int
	shift uint8
}

const leastSlots = 64

// Add adds a hash and says whether it is new.
func (t *Table) Add(hash uint64) bool {
	if 4*(t.n+1) > 3*len(t.slots) {
		t.resize(max(2*len(t.slots), leastSlots))
	}
	at := t.find(hash)
	if t.slots[at] != 0 {
		return false
	}
	t.slots[at] = hash
	t.n++
	return true
}

// Has says whether a hash was added.
func (t *Table) Has(hash uint64) bool { return t.n > 0 && t.slots[t.find(hash)] != 0 }

// Len is the number of hashes.
func (t *Table) Len() int { return t.n }

// Reset takes all hashes out and keeps the memory.
func (t *Table) Reset() {
	clear(t.slots)
	t.n = 0
}

// Expect makes room for n hashes.
func (t *Table) Expect(n int) {
	size := leastSlots
	for 3*size < 4*(n+1) {
		size *= 2
	}
	if size > len(t.slots) {
		t.resize(size)
	}
}

// touch fetches the slot of a hash from memory.
func (t *Table) touch(hash uint64) uint64 {
	if len(t.slots) == 0 {
		return 0
	}
	return t.slots[hash*spread>>t.shift]
}

// find is the slot of a hash, or the one where it belongs. Hashes of one bucket have their upper bits in common: the ones
// below decide.
func (t *Table) find(hash uint64) uint64 {
	mask := uint64(len(t.slots) - 1)
	i := hash * spread >> t.shift
	for t.slots[i] != hash && t.slots[i] != 0 {
		i = (i + 1) & mask
	}
	return i
}

// spread is 2^64 divided by the golden ratio: multiplied by it, all bits count in the upper ones (Knuth, 6.4).
const spread = 0x9E3779B97F4A7C15

// resize moves the hashes to a table of another size, a power of two.
func (t *Table) resize(size int) {
	old := t.slots
	t.slots, t.shift = make([]uint64, size), 64
	for ; size > 1; size /= 2 {
		t.shift--
	}
	for _, hash := range old {
		if hash != 0 {
			t.slots[t.find(hash)] = hash
		}
	}
}
