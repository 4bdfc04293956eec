package keys

// filter knows of a hash that it was certainly not added, or that it may have been: a Bloom filter (Bloom 1970) whose bits
// of one hash stand in one line of the processor's cache (Putze, Sanders, Singler 2007). Of ten million hashes one in
// two thousand is wrongly said to have been added, of twenty million one in a hundred.
type filter [][8]uint64

const (
	filterBlockBits = 18 // 2^18 blocks of 512 bits are 16 MB
	filterBits      = 6  // of one hash
)

func newFilter() filter { return make(filter, 1<<filterBlockBits) }

// add adds a hash and says whether it may have been added before.
func (f filter) add(hash uint64) bool {
	block := &f[hash>>(64-filterBlockBits)]
	places := (hash ^ hash>>32) * spread >> (64 - 9*filterBits)
	before := true
	for range filterBits {
		word, bit := places>>6&7, uint64(1)<<(places&63)
		before = before && block[word]&bit != 0
		block[word] |= bit
		places >>= 9
	}
	return before
}

// touch fetches the block of a hash from memory.
func (f filter) touch(hash uint64) uint64 { return f[hash>>(64-filterBlockBits)][0] }
