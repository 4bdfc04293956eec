package parquetfile

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/stretchr/testify/require"
)

func TestFilesThatAreNotRead(t *testing.T) {
	type list struct {
		Tags []string `parquet:"tags,list"`
	}
	type repeated struct {
		Tags []int64 `parquet:"tags"`
	}
	type record struct {
		Inner struct{ A int64 } `parquet:"inner"`
	}
	for name, data := range map[string][]byte{
		"list": write(t, []list{{[]string{"a"}}}, 1), "repeated": write(t, []repeated{{[]int64{1}}}, 1), "record": write(t, []record{{}}, 1),
	} {
		var nested *NestedError
		_, _, err := readRows(t, data)
		require.ErrorAs(t, err, &nested, name)
		require.Equal(t, map[string]string{"list": "tags", "repeated": "tags", "record": "inner"}[name], nested.Column)
	}
}

// TestASchemaThatDoesNotAddUp: a branch that promises more elements than there are, or fewer.
func TestASchemaThatDoesNotAddUp(t *testing.T) {
	leaf, list := element{name: "a", physical: physicalInt64, converted: -1}, element{name: "l", children: 1, physical: -1, converted: -1}
	for name, elements := range map[string][]element{
		"too few":  {{children: 2}, leaf},
		"too many": {{children: 1}, leaf, leaf},
		"no end":   {{children: 2}, leaf, list},
		"endless":  {{children: 2}, leaf, {name: "l", children: math.MaxInt32, physical: -1}, leaf},
		"negative": {{children: 2}, leaf, {name: "l", repetition: 2, children: -1, physical: -1}, leaf},
	} {
		f := &File{footer: &footer{elements: elements}}
		_, err := f.schema()
		require.ErrorIs(t, err, errMetadata, name)
	}
}

func TestEmptyFiles(t *testing.T) {
	type flat struct{ A string }
	rows, f, err := readRows(t, write(t, []flat{}, 1))
	require.NoError(t, err)
	require.Empty(t, rows)
	require.Equal(t, "A", f.Columns()[0].Name)
	require.False(t, f.Bounds(0).Known)
}

// TestDamagedFilesEndInAnError cuts a file at many lengths and changes many of its bytes.
func TestDamagedFilesEndInAnError(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	rows := make([]order, 12)
	for i := range rows {
		rows[i] = randomOrder(r, i)
	}
	for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Lz4Raw} {
		data := write(t, rows, 7, parquet.Compression(codec))
		every := 11 // bytes one is changed
		if testing.Short() {
			every = 23
		}
		for n := 0; n < len(data); n += 3 * every {
			_, _, err := readRows(t, data[:n])
			require.True(t, IsDamage(err), "%d bytes of %d: %v", n, len(data), err)
		}
		changed, tried := 0, 0
		for i := 0; i < len(data); i += every {
			tried++
			broken := bytes.Clone(data)
			broken[i] ^= []byte{0xFF, 0x01}[i%2]
			got, _, err := readRows(t, broken)
			if err != nil {
				changed++
				continue
			}
			require.Len(t, got, len(rows))
		}
		require.Greater(t, changed, tried/4, "most changes are noticed")
	}
}
