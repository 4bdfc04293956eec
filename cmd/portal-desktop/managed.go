package main

import (
	"fabricportal/internal/atomicfile"
	"fabricportal/internal/services/setup/policy"
)

// obey has all of this program save files only where the organisation's policy lets it. A policy that can't be read lets none be saved;
// whatever needs a configuration says why.
func obey() {
	p, err := policy.Machine()
	atomicfile.Restrict(func(path string) error {
		if err != nil {
			return err
		}
		return p.MayExport(path)
	})
}
