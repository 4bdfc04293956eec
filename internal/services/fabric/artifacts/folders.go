package artifacts

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"fabricportal/internal/services/fabric/troubles"
)

// HasFolder tells whether the lakehouse has a folder of this path. Errors: those of Store; a file of this name is none.
func (o *OneLake) HasFolder(ctx context.Context, path string) (bool, error) {
	if err := checkPath(path); err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, callTimeout, errCallTimeout)
	defer cancel()
	header, err := o.do(ctx, "looking at "+path, path, http.MethodHead, o.address(path), nil)
	if _, ok := errors.AsType[*NotFoundError](err); ok {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return ofFolder(header), nil
}

// MakeFolder makes a folder and those above it; one that is there stays as it is (docs/fabric.md §5.2). Errors: those of Store.
func (o *OneLake) MakeFolder(ctx context.Context, path string) error {
	if err := checkPath(path); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, callTimeout, errCallTimeout)
	defer cancel()
	_, err := o.do(ctx, "making the folder "+path, path, http.MethodPut, o.address(path)+"?resource=directory", func(r *policy.Request) error {
		r.Raw().Header.Set("If-None-Match", "*")
		return nil
	})
	// Somebody else was faster, or it was this program's own request, repeated.
	if t, ok := errors.AsType[*troubles.Trouble](err); ok && t.Status == http.StatusConflict {
		if has, herr := o.HasFolder(ctx, path); herr == nil && has {
			return nil
		}
	}
	return err
}

// ofFolder tells whether OneLake's answer is about a folder.
func ofFolder(h http.Header) bool { return strings.EqualFold(h.Get("x-ms-resource-type"), "directory") }

// folderAt says that a folder stands where a file was to be read; of folders that can't be run, that there is no such file.
func folderAt(path string) error {
	if !isInput(path) {
		return &NotFoundError{Path: path}
	}
	return &FolderError{Folder: File{Name: path[strings.LastIndex(path, "/")+1:], Path: path, Folder: true}}
}
