package updates

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestANewerVersionIsTold(t *testing.T) {
	for document, want := range map[string]*Newer{
		`{"schema_version":1,"version":"1.10.0","note":"In the software centre."}`: {"1.10.0", "In the software centre."},
		`{"schema_version":1,"version":"2.0.0"}`:                                   {"2.0.0", ""},
		`{"schema_version":1,"version":"1.9.3","later":true}`:                      {"1.9.3", ""},
		`{"schema_version":1,"version":"1.9.2"}`:                                   nil,
		`{"schema_version":1,"version":"1.8.9"}`:                                   nil,
		`{"schema_version":1,"version":"0.10.10"}`:                                 nil,
	} {
		newer, ok, err := read([]byte(document), "1.9.2+gabc1234.modified")
		require.NoError(t, err, document)
		require.Equal(t, want != nil, ok, document)
		if want == nil {
			want = &Newer{}
		}
		require.Equal(t, *want, newer, document)
	}
}

// TestAnswersThatAreNone: a hostile or mistaken address makes nobody believe anything.
func TestAnswersThatAreNone(t *testing.T) {
	for document, says := range map[string]string{
		``:                                       "is not the document",
		`<htm`:                                   "is not the document",
		`[]`:                                     "is not the document",
		`{}`:                                     "of form 0",
		`{"schema_version":2,"version":"9.0.0"}`: "of form 2",
		`{"schema_version":1}`:                   "names no version",
		`{"schema_version":1,"version":"9"}`:     "names no version",
		`{"schema_version":1,"version":"9.0.-1"}`:                            "names no version",
		`{"schema_version":1,"version":"9.0.0\u202e<b>"}`:                    "names no version",
		`{"schema_version":1,"version":"99999999999999.0.0"}`:                "names no version",
		`{"schema_version":1,"version":"01.0.0"}`:                            "names no version",
		`{"schema_version":1,"version":9.0}`:                                 "is not the document",
		`{"schema_version":1,"note":"` + strings.Repeat("x", MaxBody) + `"}`: "is larger than such a document",
	} {
		_, ok, err := read([]byte(document), "1.0.0")
		require.ErrorContains(t, err, says, "%.80s", document)
		require.False(t, ok)
	}
	newer, ok, err := read([]byte(`{"schema_version":1,"version":"9.0.0","note":"\u202e\u001b[2Jone\ntwo `+strings.Repeat("é", 1000)+`"}`), "1.0.0")
	require.NoError(t, err)
	require.True(t, ok)
	require.NotContains(t, newer.Note, "\x1b")
	require.NotContains(t, newer.Note, "\n")
	require.NotContains(t, newer.Note, "\u202e")
	require.LessOrEqual(t, len([]rune(newer.Note)), longestNote+1)
	_, _, err = read([]byte(`{"schema_version":1,"version":"9.0.0"}`), "devel")
	require.ErrorContains(t, err, "can't be compared")
}

func TestAskingSaysNothingOfThisComputer(t *testing.T) {
	var asked *http.Request
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r
		switch r.URL.Path {
		case "/endless":
			_, _ = w.Write([]byte(strings.Repeat(" ", MaxBody+10)))
		case "/elsewhere":
			http.Redirect(w, r, "/portal.json", http.StatusTemporaryRedirect)
		default:
			_, _ = w.Write([]byte(`{"schema_version":1,"version":"9.0.0"}`))
		}
	}))
	defer s.Close()
	c := s.Client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // as transport's
	newer, ok, err := Ask(t.Context(), c, s.URL+"/portal.json", "1.0.0")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "9.0.0", newer.Version)
	require.Equal(t, http.MethodGet, asked.Method)
	require.Equal(t, "/portal.json", asked.URL.String())
	require.Equal(t, "portal-desktop", asked.UserAgent())
	require.Empty(t, asked.Header.Get("Authorization"))
	require.Empty(t, asked.Cookies())
	_, ok, err = Ask(t.Context(), c, s.URL+"/endless", "1.0.0")
	require.ErrorContains(t, err, "is larger than such a document")
	require.False(t, ok)
	_, ok, err = Ask(t.Context(), c, s.URL+"/elsewhere", "1.0.0")
	require.ErrorContains(t, err, "HTTP 307")
	require.False(t, ok)
}
