package kpis

import (
	"math"
	"math/big"
)

// units is a revenue in ten-thousandths of a currency unit, a whole number. As a double it holds every revenue that a
// file can hold, exactly: it is the rounded product of two doubles.
type units float64

// tenThousandths is the whole number nearest to value x 10,000, half to even.
func tenThousandths(value float64) units {
	product := math.RoundToEven(value * 10_000)
	if math.IsInf(product, 0) {
		return units(math.Copysign(math.MaxFloat64, product))
	}
	return units(product)
}

// amount is an exact sum of units. The zero value is 0.
type amount struct {
	small int64    // the sum but for what is in large
	large *big.Int // what does not fit; nil for all but absurd files
}

const smallLimit = 1 << 62

func (a *amount) add(u units) {
	if math.Abs(float64(u)) < smallLimit && a.small < smallLimit && a.small > -smallLimit {
		a.small += int64(u)
		return
	}
	whole, _ := big.NewFloat(float64(u)).Int(nil)
	a.spill(whole)
}

func (a *amount) spill(more *big.Int) {
	if a.large == nil {
		a.large = new(big.Int)
	}
	a.large.Add(a.large, more)
}

func (a *amount) addAmount(b *amount) { a.spill(b.total()) }

func (a *amount) total() *big.Int {
	sum := big.NewInt(a.small)
	if a.large != nil {
		sum.Add(sum, a.large)
	}
	return sum
}

func (a *amount) compare(b *amount) int {
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

// money is the amount in currency units, rounded to cents.
func (a *amount) money() float64 { return rounded(a.total(), big.NewInt(10_000), 100) }

// perOrder is the amount divided by a number of orders in exact arithmetic, then rounded to cents.
func (a *amount) perOrder(orders int64) float64 {
	divisor := new(big.Int).Mul(big.NewInt(10_000), big.NewInt(orders))
	return rounded(a.total(), divisor, 100)
}

// rate is part / whole with 6 decimals.
func rate(part, whole int64) float64 {
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
