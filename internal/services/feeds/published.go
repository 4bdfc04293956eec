package feeds

import (
	"cmp"

	"github.com/google/uuid"
)

// publishArchive changes the archive and publishes it: the list of runs and what current/ holds are read by two loops.
func (s *Service) publishArchive(change func(*Archive)) {
	s.archiveMu.Lock()
	defer s.archiveMu.Unlock()
	change(&s.archive)
	s.Archive.Publish(s.archive)
}

// publishedIs tells the archive which run is in current/, or why that can't be read.
func (s *Service) publishedIs(r Results, err error) {
	now := publishedOf(r)
	s.archiveMu.Lock()
	if err != nil {
		now = s.archive.Published
		now.Sentence = s.src.Sentence(err)
	}
	same := now == s.archive.Published
	s.archiveMu.Unlock()
	if !same {
		s.publishArchive(func(a *Archive) { a.Published = now })
	}
}

// publishedOf reads it from the manifest, and where there is none, from kpis.json in current/. Nothing is guessed from the list of runs.
func publishedOf(r Results) Published {
	p := Published{Known: true}
	if m := r.manifest; m != nil {
		p.Run, p.By, p.At = idOf(m.Home()), idOf(m.RunID), m.PublishedAt.Time
		return p
	}
	if r.KPIs != nil && r.KPIs.RunID != nil && !r.Mixed {
		p.Run = idOf(*r.KPIs.RunID)
		p.By = p.Run
		if r.Restored != nil {
			p.By = uuid.Nil
			if r.Restored.TargetRun != nil {
				p.By = *r.Restored.TargetRun
			}
		}
	}
	p.Known = cmp.Or(p.Run != uuid.Nil, r.Empty)
	return p
}

// idOf is uuid.Nil for what is no id.
func idOf(text string) uuid.UUID {
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Nil
	}
	return id
}
