package profile_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/cleaning"
)

// TestOrderIDsInAnotherCaseAreCountedInAnyMemory: the count is the different order_ids less the different ones in small letters,
// also where most of them do not fit into memory.
func TestOrderIDsInAnotherCaseAreCountedInAnyMemory(t *testing.T) {
	draw := rand.New(rand.NewPCG(5, 6))
	for round := range 20 {
		var content strings.Builder
		content.WriteString("order_id,order_date,revenue\n")
		ids, small := map[string]bool{}, map[string]bool{}
		first := ""
		for row := range 200 {
			id := fmt.Sprintf("%c%d%c", 'A'+draw.IntN(3), draw.IntN(40), 'X'+draw.IntN(2))
			if row > 20 && round%2 == 0 && draw.IntN(3) == 0 { // some first ones are all capitals
				id = strings.ToLower(id)
			}
			if draw.IntN(9) == 0 {
				id = "É" + id
			}
			fmt.Fprintf(&content, "%s,2025-01-01,1\n", id)
			if first == "" && !ids[id] && small[strings.ToLower(id)] {
				first = fmt.Sprintf("A%d", row+2)
			}
			ids[id], small[strings.ToLower(id)] = true, true
		}
		for _, most := range []int{0, 3, 50} {
			p := profiled(t, content.String(), cleaning.How{Keys: most})
			found := check(t, p, "order_id_case")
			require.EqualValues(t, len(ids)-len(small), found.Count, "round %d, %d in memory", round, most)
			require.Equal(t, found.Count == 0, found.Passed)
			if most == 0 && first != "" {
				require.Equal(t, first, found.Examples[0].Cell)
			}
		}
	}
}
