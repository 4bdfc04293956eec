package twosides

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryDifferenceIsNamed: a comparison that sees nothing would always pass.
func TestEveryDifferenceIsNamed(t *testing.T) {
	answerOf := func(text string) *answer {
		out := &answer{}
		require.NoError(t, json.Unmarshal([]byte(text), out))
		return out
	}
	const reading = `"reading":{"questions":[]}`
	for name, c := range map[string]struct {
		desktop, notebook string
		paths             []string
	}{
		"the same":       {`{"profile":{"generator":1,"generated_at":"a","a":1.0,` + reading + `}}`, `{"profile":{"generator":2,"generated_at":"b","a":1,` + reading + `}}`, nil},
		"a value":        {`{"profile":{"a":[{"b":1}],` + reading + `}}`, `{"profile":{"a":[{"b":2}],` + reading + `}}`, []string{"profile.a[0].b"}},
		"another type":   {`{"profile":{"a":"1","b":true,` + reading + `}}`, `{"profile":{"a":1,"b":1,` + reading + `}}`, []string{"profile.a", "profile.b"}},
		"a length":       {`{"profile":{"a":[1,2],` + reading + `}}`, `{"profile":{"a":[1],` + reading + `}}`, []string{"profile.a"}},
		"null and none":  {`{"profile":{"a":null,` + reading + `}}`, `{"profile":{` + reading + `}}`, []string{"profile.a"}},
		"null and empty": {`{"profile":{"a":null,"b":{},` + reading + `}}`, `{"profile":{"a":[],"b":[],` + reading + `}}`, []string{"profile.a", "profile.b"}},
		"no KPIs":        {`{"profile":{` + reading + `},"kpis":{"a":1},"rows":{"read":1}}`, `{"profile":{` + reading + `},"refused":"no"}`, []string{"kpis", "rows", "failed"}},
		"refused":        {`{"profile":{` + reading + `}}`, `{"refused":"damaged"}`, []string{"refused"}},
		"both refused":   {`{"refused":"It is damaged."}`, `{"refused":"It can't be read."}`, nil},
		"another reason": {`{"profile":{` + reading + `},"refused":"no rows"}`, `{"profile":{` + reading + `},"refused":"no columns"}`, []string{"failed"}},
		"a fault":        {`{"profile":{` + reading + `}}`, `{"fault":"Traceback\nIndexError"}`, []string{"fault"}},
	} {
		var paths []string
		for _, d := range differences("file", answerOf(c.desktop), answerOf(c.notebook)) {
			paths = append(paths, d.path)
		}
		require.Equal(t, c.paths, paths, name)
	}
}
