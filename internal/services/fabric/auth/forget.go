//go:build linux || windows || (darwin && cgo)

package auth

import "context"

// forget removes what azidentity/cache has kept under a name. It has no call for that itself: this goes to where it keeps each of its two
// caches, of tokens that can be revoked at once and of others. What is not there is no error.
func forget(ctx context.Context, name string) error {
	for _, cache := range []string{name, name + ".cae"} {
		a, err := keeper(cache)
		if err == nil {
			err = a.Delete(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
