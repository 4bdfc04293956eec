package doctor

import (
	"errors"
	"strings"

	"fabricportal/internal/format"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/policy"
)

// policy says what the organisation has decided for this computer, whether anybody else could change it, and what of the user's own
// settings it overrules.
func (e *examination) policy(s Setup) bool {
	p, err := policy.Machine()
	if err == nil {
		_, err = config.Beneath()
	}
	if err != nil {
		return e.note("policy", "", err)
	}
	connections := p.Connections()
	if !p.There() && len(connections) == 0 {
		return e.note("policy", e.w.T("This computer has none."), nil)
	}
	var said []string
	if p.There() {
		said = append(said, e.w.T("Read from {{.Source}}.", "Source", p.Source))
	}
	if n := len(connections); n > 0 {
		said = append(said, e.w.N(int64(n), "{{.N}} connection of the organisation.", "{{.N}} connections of the organisation."))
	}
	if n := len(p.Locked); n > 0 {
		said = append(said, e.w.N(int64(n), "{{.N}} setting is locked.", "{{.N}} settings are locked."))
	}
	if !p.OwnConnections {
		said = append(said, e.w.T("Only the organisation's own connections may be used."))
	}
	if folders := p.Exports(); folders != nil {
		said = append(said, e.w.T("Files are saved only in {{.Folders}}.", "Folders", strings.Join(folders, ", ")))
	}
	doubts := 0
	if unused := unused(s); len(unused) > 0 {
		doubts++
		said = append(said, e.w.T("Not used, as they are locked: the user's own {{.Keys}}.", "Keys", strings.Join(unused, ", ")))
	}
	if exposed := p.Exposed(); len(exposed) > 0 {
		doubts++
		said = append(said, e.w.T("Not only an administrator may change {{.Paths}}: whoever can, decides for all users of this computer. Give the rights to administrators alone.", "Paths", strings.Join(exposed, ", ")))
	}
	found := format.Sentences(said...)
	if doubts > 0 {
		return e.note("policy", "", &remark{found})
	}
	return e.note("policy", found, nil)
}

// unused are the user's own settings that are not used, as they are locked.
func unused(s Setup) []string {
	list, err := config.Explain(s.ConfigPath, s.Lookup)
	if _, ok := errors.AsType[*config.InvalidError](err); err != nil && !ok {
		return nil // the next check says it
	}
	var out []string
	for _, one := range list {
		if one.Unused != "" {
			out = append(out, one.Key)
		}
	}
	return out
}
