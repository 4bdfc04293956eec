package cli

import (
	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/results/anomalies"
)

// kpisJSON is a run's kpis.json with what is told of it here.
type kpisJSON struct {
	contract.KPIs
	Unusual []unusualJSON `json:"unusual"` // days and months that are unlike those before (docs/anomalies.md)
}

type unusualJSON struct {
	Period string           `json:"period"` // YYYY-MM-DD, or YYYY-MM
	Figure anomalies.Figure `json:"figure"`
	Value  float64          `json:"value"`
	Median float64          `json:"median"` // of the periods before
	Low    float64          `json:"low"`    // of those of them that are as usual
	High   float64          `json:"high"`
	Before []beforeJSON     `json:"before"` // the periods that it was compared with, the oldest first
}

type beforeJSON struct {
	Period string  `json:"period"`
	Value  float64 `json:"value"`
}

func toKPIsJSON(k contract.KPIs, profile *contract.ImportProfile) kpisJSON {
	out := kpisJSON{k, []unusualJSON{}}
	eachUnusual(&k, profile, func(s anomalies.Series, f anomalies.Figure, m anomalies.Mark) {
		u := unusualJSON{m.Period, f, m.Value, m.Median, m.Low, m.High, []beforeJSON{}}
		for _, at := range m.Earlier {
			u.Before = append(u.Before, beforeJSON{s.Points[at].Period, f.Of(s.Points[at])})
		}
		out.Unusual = append(out.Unusual, u)
	})
	return out
}

// unusual is a row for each marked day and month: its value beside what was usual.
func unusual(k *contract.KPIs, profile *contract.ImportProfile) [][]string {
	var out [][]string
	eachUnusual(k, profile, func(_ anomalies.Series, f anomalies.Figure, m anomalies.Mark) {
		out = append(out, []string{"Unusual " + string(f) + ": " + m.Name(format.English), anomalies.Number(m.Value, format.English) + "; " + m.Before(format.English)})
	})
	return out
}

func eachUnusual(k *contract.KPIs, profile *contract.ImportProfile, tell func(s anomalies.Series, f anomalies.Figure, m anomalies.Mark)) {
	for _, s := range anomalies.Of(k, profile) {
		for _, f := range anomalies.Figures {
			for _, m := range s.Marks[f] {
				tell(s, f, m)
			}
		}
	}
}
