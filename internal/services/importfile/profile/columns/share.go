package columns

import "math/big"

// Share is part / whole with 6 decimals, half to even, in exact arithmetic.
func Share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	const scale = 1_000_000
	q, r := new(big.Int).QuoRem(big.NewInt(0).Mul(big.NewInt(part), big.NewInt(scale)), big.NewInt(whole), new(big.Int))
	millionths := q.Int64()
	if twice := 2 * r.Int64(); twice > whole || twice == whole && millionths%2 == 1 {
		millionths++
	}
	return float64(millionths) / scale
}
