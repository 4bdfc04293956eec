// Package amount adds up revenues exactly: the sum does not depend on the order of the rows (contract/RULES.md, Sums).
package amount

import (
	"math"
	"math/big"
)

// Units is a revenue in ten-thousandths of a currency unit, a whole number. As a double it holds every revenue that a
// file can hold, exactly: it is the rounded product of two doubles.
type Units float64

// TenThousandths is the whole number nearest to value x 10,000, half to even.
func TenThousandths(value float64) Units {
	product := math.RoundToEven(value * 10_000)
	if math.IsInf(product, 0) {
		return Units(math.Copysign(math.MaxFloat64, product))
	}
	return Units(product)
}

// Sum is an exact sum of Units. The zero value is 0.
type Sum struct {
	small int64    // the sum but for what is in large
	large *big.Int // what does not fit; nil for all but absurd files
}

const smallLimit = 1 << 62

// Add adds units.
func (a *Sum) Add(u Units) {
	if math.Abs(float64(u)) < smallLimit && a.small < smallLimit && a.small > -smallLimit {
		a.small += int64(u)
		return
	}
	whole, _ := big.NewFloat(float64(u)).Int(nil)
	a.spill(whole)
}

func (a *Sum) spill(more *big.Int) {
	if a.large == nil {
		a.large = new(big.Int)
	}
	a.large.Add(a.large, more)
}

// AddSum adds another sum.
func (a *Sum) AddSum(b *Sum) {
	if a.large == nil && b.large == nil {
		if sum := a.small + b.small; sum < smallLimit && sum > -smallLimit && a.small < smallLimit && a.small > -smallLimit && b.small < smallLimit && b.small > -smallLimit {
			a.small = sum
			return
		}
	}
	a.spill(b.total())
}

func (a *Sum) total() *big.Int {
	sum := big.NewInt(a.small)
	if a.large != nil {
		sum.Add(sum, a.large)
	}
	return sum
}

// Compare is -1, 0 or 1 as a is less than, equal to or more than b.
func (a *Sum) Compare(b *Sum) int {
	if a.large == nil && b.large == nil {
		switch {
		case a.small < b.small:
			return -1
		case a.small > b.small:
			return 1
		}
		return 0
	}
	return a.total().Cmp(b.total())
}

// Near says that the sum is at most so many units away from u.
func (a *Sum) Near(u Units, within int64) bool {
	if a.large == nil && math.Abs(float64(u)) < smallLimit {
		// Neither reaches 2^63, so that the difference wraps around for the farthest ones only, and then is far from 0.
		d := a.small - int64(u)
		return d <= within && d >= -within
	}
	whole, _ := big.NewFloat(float64(u)).Int(nil)
	d := whole.Sub(a.total(), whole)
	return d.CmpAbs(big.NewInt(within)) <= 0
}

// Money is the sum in currency units, rounded to cents.
func (a *Sum) Money() float64 { return rounded(a.total(), big.NewInt(10_000), 100) }

// PerOrder is the sum divided by a number of orders in exact arithmetic, then rounded to cents.
func (a *Sum) PerOrder(orders int64) float64 {
	divisor := new(big.Int).Mul(big.NewInt(10_000), big.NewInt(orders))
	return rounded(a.total(), divisor, 100)
}

// Rate is part / whole with 6 decimals.
func Rate(part, whole int64) float64 {
	return rounded(big.NewInt(part), big.NewInt(whole), 1_000_000)
}

// rounded is numerator / denominator in exact arithmetic, rounded half to even to a multiple of 1/scale; the denominator
// is above 0.
func rounded(numerator, denominator *big.Int, scale int64) float64 {
	quotient, rest := new(big.Int).DivMod(new(big.Int).Mul(numerator, big.NewInt(scale)), denominator, new(big.Int))
	// DivMod leaves a rest of 0 or more, so the quotient is the lower neighbour for negative numbers too.
	if half := rest.Lsh(rest, 1).Cmp(denominator); half > 0 || half == 0 && quotient.Bit(0) == 1 {
		quotient.Add(quotient, big.NewInt(1))
	}
	value, _ := new(big.Rat).SetFrac(quotient, big.NewInt(scale)).Float64()
	return value
}
