package amount

import "math/big"

// What is missing from a total counts from this share on: 0.5 %.
const shareLimit = 200

// Share is missing / (missing + |total|) with 6 decimals; 0 where nothing is missing, which is 0 or more.
func Share(missing, total *Sum) float64 {
	part := missing.total()
	if part.Sign() == 0 {
		return 0
	}
	whole := total.total()
	return rounded(part, whole.Add(whole.Abs(whole), part), 1_000_000)
}

// Matters says whether the missing amount is at least 0.5 % of the whole. The whole is the total and the missing amount together, as in Share.
func Matters(missing, total *Sum) bool {
	part := missing.total()
	if part.Sign() == 0 {
		return false
	}
	whole := total.total()
	whole.Add(whole.Abs(whole), part)
	return part.Mul(part, big.NewInt(shareLimit)).Cmp(whole) >= 0
}

// Differ says that two sums differ by 0.5 % of the larger or more.
func Differ(a, b *Sum) bool {
	x, y := a.total(), b.total()
	d := new(big.Int).Sub(x, y)
	if d.Sign() == 0 {
		return false
	}
	larger := x
	if y.CmpAbs(x) > 0 {
		larger = y
	}
	return d.Mul(d, big.NewInt(shareLimit)).CmpAbs(larger) >= 0
}
