//go:build !(linux || windows || (darwin && cgo))

package auth

import (
	"context"
	"errors"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// store errs: azidentity knows no safe place on this system, or reaches it by C only.
func store(string) (azidentity.Cache, error) {
	return azidentity.Cache{}, errors.ErrUnsupported
}

// forget has nothing to remove.
func forget(context.Context, string) error { return nil }
