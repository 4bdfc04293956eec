package datatable

import "strings"

// mostDecimals is how many decimals a number moves to the left for at most.
const mostDecimals = 6

// decimalsOf is how many decimals a number in plain form has; -1 for what is no such number.
func decimalsOf(text string) int {
	digits, point := 0, -1
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '.' && point < 0:
			point = i
		case r == '-' && i == 0:
		default:
			return -1
		}
	}
	if digits == 0 {
		return -1
	}
	if point < 0 {
		return 0
	}
	return min(len(text)-point-1, mostDecimals)
}

// align finds out how many decimals the numbers of a column have in the rows in sight. What was seen before counts, too, so that
// nothing moves to the right again while rows are scrolled.
func (g *surface) align(i, from, to int) {
	c := &g.columns[i]
	if !c.right {
		return
	}
	for row := from; row < to; row++ {
		if v := g.cell(row, i); v.known {
			c.decimals = max(c.decimals, decimalsOf(v.text))
		}
	}
}

// missing is the room that the decimals take which a number does not have: the points of a column stand below each other.
func (c column) missing(text string) float32 {
	has := decimalsOf(text)
	if !c.right || has < 0 || has >= c.decimals {
		return 0
	}
	lacks := strings.Repeat("0", c.decimals-has)
	if has == 0 {
		lacks = "." + lacks
	}
	return cellFace.Room(lacks)
}
