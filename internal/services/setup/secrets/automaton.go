package secrets

// automaton finds several words in one pass over a text, however many there are (Aho and Corasick, 1975). A state is how
// much of a word was read; zero is nothing of any.
type automaton struct {
	class   [256]uint16 // of a byte; 0: it stands in no word
	classes int
	next    []int32 // by state and class
	depth   []int32 // how many bytes of a word were read
	hits    []int32 // the longest state, itself among them, that ends what is hidden; 0 for none
	after   []int32 // the next shorter such state
	gaps    []int32 // of a state that ends a short word: how many gaps the word has, or anyGaps
}

// anyGaps is however many.
const anyGaps = -1

// word is what an automaton looks for.
type word struct {
	bytes string
	from  int // so many bytes of its beginning are hidden, too
	gaps  int32
}

func newAutomaton(words []word) *automaton {
	a := &automaton{}
	for _, w := range words {
		for _, b := range []byte(w.bytes) {
			if a.class[b] == 0 {
				a.classes++
				a.class[b] = uint16(a.classes)
			}
		}
	}
	a.classes++
	a.state(0)
	for _, w := range words {
		at := int32(0)
		for i, b := range []byte(w.bytes) {
			to := a.next[int(at)*a.classes+int(a.class[b])]
			if to == 0 {
				to = a.state(int32(i) + 1)
				a.next[int(at)*a.classes+int(a.class[b])] = to
			}
			at = to
			if i+1 >= w.from {
				if a.hits[at] == 0 || w.gaps == anyGaps {
					a.gaps[at] = w.gaps
				}
				a.hits[at] = at
			}
		}
	}
	a.link()
	return a
}

func (a *automaton) state(depth int32) int32 {
	a.next = append(a.next, make([]int32, a.classes)...)
	a.depth, a.hits, a.after, a.gaps = append(a.depth, depth), append(a.hits, 0), append(a.after, 0), append(a.gaps, 0)
	return int32(len(a.depth) - 1)
}

// link makes each state go on where the longest other beginning of a word goes on, breadth first.
func (a *automaton) link() {
	fail := make([]int32, len(a.depth))
	queue := []int32{0}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for class := 1; class < a.classes; class++ {
			i := int(at)*a.classes + class
			to, other := a.next[i], int32(0)
			if at != 0 {
				other = a.next[int(fail[at])*a.classes+class]
			}
			if to == 0 {
				a.next[i] = other
				continue
			}
			fail[to] = other
			if a.hits[to] == to {
				a.after[to] = a.hits[other]
			} else {
				a.hits[to] = a.hits[other]
			}
			queue = append(queue, to)
		}
	}
}

// step is the state after one more byte.
func (a *automaton) step(state int32, b byte) int32 {
	class := a.class[b]
	if class == 0 {
		return 0
	}
	return a.next[int(state)*a.classes+int(class)]
}
