package plaintext

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNamesThatLookAlikeAreToldApart(t *testing.T) {
	names := []string{"Umsätze März.csv", "Umsa\u0308tze März.csv", "a b.csv", "a  b.csv", "a\u00a0b.csv", "x\u200by.csv", "xy.csv", " z.csv", "z.csv", "Z.csv", "other.csv", "other.csv", "q\u202er.csv", "q\x07r.csv"}
	want := map[string]string{
		"Umsätze März.csv": "Umsätze März.csv", "Umsa\u0308tze März.csv": "Umsa‹U+0308›tze März.csv",
		"a b.csv": "a b.csv", "a  b.csv": "a‹U+0020›‹U+0020›b.csv", "a\u00a0b.csv": "a‹U+00A0›b.csv",
		"x\u200by.csv": "x‹U+200B›y.csv", "xy.csv": "xy.csv", " z.csv": "‹U+0020›z.csv", "z.csv": "z.csv",
		"q\u202er.csv": "q‹U+202E›r.csv", "q\x07r.csv": "q‹U+0007›r.csv",
	}
	require.Equal(t, want, Alike(names))
	require.Nil(t, Alike(names[9:12]), "a name is not like itself, and capitals are seen")
	require.Nil(t, Alike(nil))
	for _, spelled := range want {
		require.True(t, Shows(spelled, 1000), "%q", spelled)
	}
}
