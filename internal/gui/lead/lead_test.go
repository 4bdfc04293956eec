package lead

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
)

const why = "The database does not answer: check the network."

// portals are all states that a portal can be in.
func portals() []Portal {
	var out []Portal
	for _, unset := range []bool{false, true} {
		for files := Asking; files <= Some; files++ {
			for seen := Asking; seen <= Some; seen++ {
				for _, busy := range []bool{false, true} {
					out = append(out, Portal{unset, files, seen, busy})
				}
			}
		}
	}
	return out
}

// leads are what each screen says, for each state of what it shows.
func leads(p Portal) map[string]Lead {
	return map[string]Lead{
		"Import": Import(p), "Monitor": Monitor(p, why),
		"Results": Results(p, feeds.Results{Loaded: true, Empty: true}), "Results updating": Results(p, feeds.Results{Loaded: true, Updating: true}),
		"Results silent": Results(p, feeds.Results{Sentence: why}), "Results asking": Results(p, feeds.Results{}),
		"Archive": Archive(p, feeds.Archive{Loaded: true}), "Archive silent": Archive(p, feeds.Archive{Sentence: why}), "Archive asking": Archive(p, feeds.Archive{}),
	}
}

// TestEachStateLeadsByOneSentenceAndOneButton, which does not lead to where one is.
func TestEachStateLeadsByOneSentenceAndOneButton(t *testing.T) {
	for _, p := range portals() {
		for screen, l := range leads(p) {
			of := fmt.Sprintf("%s %+v", screen, p)
			require.NotEmpty(t, l.Title, of)
			require.NotContains(t, l.Title, ".", of)
			require.True(t, strings.HasSuffix(l.Sentence, "."), "%s: %q", of, l.Sentence)
			require.Equal(t, 1, strings.Count(l.Sentence, "."), "one sentence: %s: %q", of, l.Sentence)
			require.Equal(t, l.Step == Wait, l.Step.Words() == "", of)
			switch {
			case p.Unset && screen == "Import":
				require.Equal(t, Sample, l.Step, of)
			case p.Unset:
				require.Equal(t, SetUp, l.Step, of)
			default:
				require.NotContains(t, []Step{Sample, SetUp}, l.Step, of)
			}
			switch screen {
			case "Import":
				require.NotContains(t, []Step{Wait, GoImport}, l.Step, of)
			case "Monitor":
				require.NotEqual(t, Watch, l.Step, of)
				if l.Step == Wait && !p.Unset {
					require.True(t, p.Busy || p.Runs == Asking, "there is something to wait for: "+of)
				}
			case "Results silent", "Archive silent":
				if !p.Unset {
					require.Equal(t, Lead{l.Title, why, Again}, l, of)
				}
			}
		}
	}
}

func TestWhatAPortalHas(t *testing.T) {
	require.Equal(t, Portal{}, Of(feeds.Frame{}, feeds.Import{}, feeds.Monitor{}))
	require.Equal(t, Portal{Files: Silent, Runs: Silent}, Of(feeds.Frame{}, feeds.Import{Sentence: why}, feeds.Monitor{Sentence: why}))
	require.Equal(t, Portal{Files: None, Runs: None}, Of(feeds.Frame{}, feeds.Import{Loaded: true, Sentence: why}, feeds.Monitor{Loaded: true}), "what was known stays known")
	require.Equal(t, Portal{Runs: Some, Unset: true}, Of(feeds.Frame{Unset: true}, feeds.Import{}, feeds.Monitor{Run: &runs.Run{}}))
}
