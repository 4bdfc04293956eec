//go:build linux || windows || (darwin && cgo)

package auth

import (
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity/cache"
)

// store keeps tokens by the operating system's own means: encrypted for this user on Windows, by a key in the kernel's keyring on
// Linux, in the keychain on macOS. It errs where there is none, as in many containers.
func store(name string) (azidentity.Cache, error) {
	return cache.New(&cache.Options{Name: name})
}
