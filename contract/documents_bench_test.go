package contract_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
)

// largest is a kpis.json of nearly as many bytes as are read.
func largest(b *testing.B) []byte {
	var groups strings.Builder
	for i := 0; groups.Len() < contract.MaxDocument-4<<10; i++ {
		fmt.Fprintf(&groups, `,{"key":"group %06d","revenue":%d.25,"orders":%d}`, i, i, i%7)
	}
	doc := strings.Replace(string(documents(b)["kpis.3.full"]), `[{"key":"Online","revenue":1.5,"orders":1}]`, "["+groups.String()[1:]+"]", 1)
	require.Greater(b, len(doc), contract.MaxDocument-8<<10)
	return []byte(doc)
}

// BenchmarkLargestDocument is the price of the boundary; beside it that of the schema's own library.
func BenchmarkLargestDocument(b *testing.B) {
	data := largest(b)
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			_, err := contract.Decode[contract.KPIs]("kpis.json", data)
			require.NoError(b, err)
		}
	})
	b.Run("library", func(b *testing.B) {
		schema := compiled(b, "kpis.schema.json")
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
			require.NoError(b, err)
			require.NoError(b, schema.Validate(instance))
		}
	})
}
