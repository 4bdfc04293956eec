package portal

import (
	"sync"

	"fabricportal/internal/services/fabric/artifacts"
)

// contents remembers, for this program's lifetime, the hashes of the import files that it uploaded or profiled. An entry
// holds for one version of the file only, which its ETag names.
type contents struct {
	mu     sync.Mutex
	byName map[string]content
}

type content struct{ etag, sha256 string }

func (c *contents) remember(f artifacts.File, sha256 string) {
	if f.ETag == "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byName == nil {
		c.byName = map[string]content{}
	}
	c.byName[f.Name] = content{f.ETag, sha256}
}

func (c *contents) knows(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.byName[name]
	return ok
}

// hash is the SHA-256 of the file if it is the version that is remembered, else "".
func (c *contents) hash(f artifacts.File) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.byName[f.Name]; known.etag == f.ETag {
		return known.sha256
	}
	return ""
}
