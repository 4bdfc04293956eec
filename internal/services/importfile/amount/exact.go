package amount

import "math/big"

// Subtract takes another sum away.
func (a *Sum) Subtract(b *Sum) {
	less := Sum{small: -b.small}
	if b.large != nil {
		less.large = new(big.Int).Neg(b.large)
	}
	a.AddSum(&less)
}

// Value is the sum in currency units with its ten-thousandths: the double that is nearest to it.
func (a *Sum) Value() float64 {
	if a.large == nil && a.small < 1<<53 && a.small > -1<<53 {
		return float64(a.small) / 10_000
	}
	value, _ := new(big.Rat).SetFrac(a.total(), big.NewInt(10_000)).Float64()
	return value
}
