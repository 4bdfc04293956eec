package config

import (
	"errors"
	"slices"
	"strings"
)

// signIn are the keys that say who signs in at Microsoft's side, and where.
var signIn = []string{
	"ca_file", "state_dir", "fabric.tenant_id", "fabric.client_id", "fabric.api_url", "fabric.onelake_url", "fabric.authority_url", "fabric.api_scope",
	"fabric.storage_scope", "fabric.storage_version",
}

// ForFabric tells whether a key is needed to sign in at Microsoft's side: the ids of what is deployed there may still be missing.
func ForFabric(key string) bool { return slices.Contains(signIn, key) }

// ForDatabase tells whether a key is needed to reach the database.
func ForDatabase(key string) bool { return key == "ca_file" || strings.HasPrefix(key, "database.") }

// Part is what Load has said of c, without the faults of keys that a part of the work does not need; nil where none is left. So a
// configuration can be begun with, and completed by what that part of the work finds out.
func (c Config) Part(err error, needed func(key string) bool) error {
	invalid, ok := errors.AsType[*InvalidError](err)
	if !ok {
		return err
	}
	var left []error
	for _, problem := range invalid.Problems {
		if !slices.ContainsFunc(c.Faults(), func(f Fault) bool { return !needed(f.Key) && problem.Error() == f.Named().Error() }) {
			left = append(left, problem)
		}
	}
	if len(left) == 0 {
		return nil
	}
	return &InvalidError{Path: invalid.Path, Problems: left}
}
