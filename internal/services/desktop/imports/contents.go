package imports

import (
	"sync"

	"fabricportal/internal/services/fabric/artifacts"
)

// Contents remembers, for this program's lifetime, the hashes of the import files that it uploaded or profiled. An entry
// holds for one version of the file only, which its ETag names. The zero value is ready.
type Contents struct {
	mu     sync.Mutex
	byName map[string]content
}

type content struct{ etag, sha256 string }

// Remember notes a file's hash. Of a file without an ETag a change would go unseen, so that it is not noted.
func (c *Contents) Remember(f artifacts.File, sha256 string) {
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

// Knows tells whether some version of a file of this name is remembered.
func (c *Contents) Knows(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.byName[name]
	return ok
}

// Hash is the SHA-256 of the file if it is the version that is remembered, else "".
func (c *Contents) Hash(f artifacts.File) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.byName[f.Name]; known.etag == f.ETag {
		return known.sha256
	}
	return ""
}
