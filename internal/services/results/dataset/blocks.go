package dataset

import "slices"

// block is the rows of a page, or the first of them.
type block struct {
	column, from int
	v            *vector
	used         int64 // turn of the last use
}

// blocks keeps the pages that windows were last read from, so that moving a little costs nothing.
type blocks struct {
	turn  int64 // of the window that is being read
	kept  map[int][]*block
	bytes int64
}

// find is the last block of a column that begins at a row or above it; it may end above the row, too.
func (b *blocks) find(column, row int) *block {
	var found *block
	for _, k := range b.kept[column] {
		if k.from <= row && (found == nil || k.from > found.from) {
			found = k
		}
	}
	if found != nil {
		found.used = b.turn
	}
	return found
}

// keep adds a block, in the place of a shorter one of the same page, and lets go of others, those first that were not used
// for longest.
func (b *blocks) keep(one *block) *block {
	if b.kept == nil {
		b.kept = map[int][]*block{}
	}
	one.used = b.turn
	b.drop(one.column, func(k *block) bool { return k.from == one.from })
	b.kept[one.column] = append(b.kept[one.column], one)
	for b.bytes += one.v.size(); b.bytes > blockBytes; {
		var oldest *block
		for _, list := range b.kept {
			for _, k := range list {
				if k != one && (oldest == nil || k.used < oldest.used) {
					oldest = k
				}
			}
		}
		if oldest == nil {
			break
		}
		b.drop(oldest.column, func(k *block) bool { return k == oldest })
	}
	return one
}

func (b *blocks) drop(column int, which func(*block) bool) {
	b.kept[column] = slices.DeleteFunc(b.kept[column], func(k *block) bool {
		if which(k) {
			b.bytes -= k.v.size()
			return true
		}
		return false
	})
}
