package results

import (
	"github.com/google/uuid"

	"fabricportal/internal/gui/changed"
)

// whatChanged shows what made the difference to the run before.
func (s *Screen) whatChanged() {
	after := uuid.Nil
	if k := s.latest.KPIs; k != nil && k.RunID != nil {
		if id, err := uuid.Parse(*k.RunID); err == nil {
			after = id
		}
	}
	changed.Open(s.shell, s.actions, uuid.Nil, after)
}
