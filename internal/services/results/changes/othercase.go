package changes

import (
	"context"
	"encoding/binary"
	"hash/maphash"
	"math"
	"strings"

	"fabricportal/internal/services/importfile/amount"
)

// mostExamples is how many order_ids in another case are named.
const mostExamples = 5

// note keeps the order_id of an order that is in one run only, by what it is in small letters.
func (m *joined) note(seed maphash.Seed, side int, id string, revenue float64) error {
	hash := maphash.String(seed, strings.ToLower(id))
	b := binary.LittleEndian.AppendUint64(m.name[:0], hash)
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(revenue))
	m.name = append(append(b, byte(side)), id...)
	return m.names.add(hash, m.name)
}

// otherCase finds the order_ids that are removed in one case and added in another.
func (m *joined) otherCase(ctx context.Context, out *OtherCase) error {
	type spelled struct {
		n   [2]int64
		sum [2]amount.Sum
		id  [2]string
	}
	found := map[uint64]*spelled{}
	var sums [2]amount.Sum
	for bucket := range buckets {
		clear(found)
		// Those that were removed are noted first, so that what was added needs no memory but where it meets one.
		for side := Before; side <= After; side++ {
			err := m.names.each(bucket, &m.room[0], func(b []byte, _ place) error {
				if len(b) < 17 || int(b[16]) != side {
					return nil
				}
				hash := binary.LittleEndian.Uint64(b)
				s := found[hash]
				if s == nil {
					if side == After {
						return nil
					}
					s = &spelled{}
					found[hash] = s
				}
				s.n[side]++
				s.sum[side].Add(amount.TenThousandths(math.Float64frombits(binary.LittleEndian.Uint64(b[8:]))))
				if s.n[side] == 1 {
					s.id[side] = string(b[17:])
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		for _, s := range found {
			if s.n[After] == 0 {
				continue
			}
			out.Orders += s.n[Before]
			for side := range 2 {
				sums[side].AddSum(&s.sum[side])
			}
			if len(out.Examples) < mostExamples {
				out.Examples = append(out.Examples, s.id)
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	for side := range 2 {
		out.Revenue[side] = centsOfSum(&sums[side])
	}
	return nil
}
