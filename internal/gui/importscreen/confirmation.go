package importscreen

import (
	"context"
	"strings"

	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/kpiview"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/importfile/verdict"
	"fabricportal/internal/services/results/comparison"
)

// foundFacts are the findings as the question before a run has them: their number, and those that the overview names, in its words.
func foundFacts(a *shell.Analysis, sentence func(error) string) []frame.Fact {
	found := verdict.Of(&a.Result)
	tally := found.InWords(words.Writer())
	facts := []frame.Fact{{Name: words.T("Checks"), Value: strings.Join(tally[:], ", ")}}
	top, all := found.Top(mostNamed)
	told, unnamed := 0, false
	for _, f := range top {
		said, _ := f.Words(words.Writer(), a.Profile, sentence)
		if cost := f.Cost(words.Writer()); cost != "" {
			said += " " + lettering.Sentence(cost) + "."
		}
		facts = append(facts, frame.Fact{Name: levelText(f.Level), Value: lettering.Sentence(said)})
		told++
	}
	if all > told {
		facts = append(facts, frame.Fact{Value: words.N(int64(all-told), "{{.N}} more on Checks", "{{.N}} more on Checks")})
	}
	// What is missing from the sums is said by the findings, unless one that costs money is not named here.
	rest, _ := found.Top(all)
	for _, f := range rest[told:] {
		unnamed = unnamed || f.Money != nil && (f.Money.Of == verdict.Lacking || f.Money.Of == verdict.Undated)
	}
	if k := a.KPIs; k != nil && unnamed {
		if said := kpiview.MissingFrom(k); said != "" {
			facts = append(facts, frame.Fact{Name: words.T("Missing"), Value: said})
		}
	}
	return facts
}

func levelText(l verdict.Level) string {
	if l < verdict.Warns {
		return words.T("Error")
	}
	return words.T("Warning")
}

// compare says on the overview what a run of the chosen file would change of what is published; it asks once for each file.
func (s *Screen) compare() {
	a := s.chosen.analysis
	if a == nil || a.KPIs == nil || a.KPIs == s.compared || s.chosen.none() || s.chosen.madeUp() {
		return
	}
	if answer := verdict.Of(&a.Result).Answer(); answer == verdict.No || answer == verdict.Undecided {
		return
	}
	s.compared = a.KPIs
	tasks.Start(s.coming, func(ctx context.Context, _ func(int64, int64)) (comparison.Replacement, error) {
		return s.actions.RunPreview(ctx, a.KPIs, a.Profile)
	}, nil, func(p comparison.Replacement, err error) {
		if s.chosen.analysis == a {
			s.right.overview.coming.SetPublished(p, err, s.shell.Error)
		}
	})
}
