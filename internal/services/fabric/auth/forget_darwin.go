//go:build cgo

package auth

import "github.com/AzureAD/microsoft-authentication-extensions-for-go/cache/accessor"

func keeper(name string) (accessor.Accessor, error) {
	return accessor.New(name, accessor.WithAccount("MSALCache"))
}
