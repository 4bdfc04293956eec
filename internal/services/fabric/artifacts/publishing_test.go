package artifacts_test

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
	"fabricportal/internal/services/fabric/artifacts"
)

// publisher publishes as the notebook does (contract/RULES.md, Publication), where the mount can rename and where it can't, and is killed
// at any place, also half way through a copy.
type publisher struct {
	t       *testing.T
	results string
	random  *rand.Rand
	runs    map[string]map[string]string // the files of each run
	order   []string                     // the runs whose folder is whole
	whole   int                          // publications that came to their end
}

func (p *publisher) write(path, text string) {
	assert.NoError(p.t, os.MkdirAll(filepath.Dir(path), 0o700))
	assert.NoError(p.t, os.WriteFile(path, []byte(text), 0o600))
}

// put brings a file into current/; false where it was killed meanwhile.
func (p *publisher) put(name, text string, mayDie bool) bool {
	target, half := filepath.Join(p.results, "current", name), len(text)/2
	dies := mayDie && p.random.IntN(12) == 0
	if p.random.IntN(2) == 0 {
		p.write(target+".part", text)
		if !dies {
			assert.NoError(p.t, os.Rename(target+".part", target))
		}
		return !dies
	}
	if dies {
		text = text[:half]
	}
	p.write(target, text)
	return !dies
}

// publish publishes a new run or restores an old one.
func (p *publisher) publish() {
	run, source := uuid.NewString(), ""
	if len(p.order) > 0 && p.random.IntN(3) == 0 {
		source = p.order[p.random.IntN(len(p.order))]
	} else {
		files := contracttest.Published(run, func(k *contract.KPIs) { k.Orders = int64(len(p.order)) })
		files[artifacts.CSVFile] = strings.Repeat(files[artifacts.CSVFile], 2000)
		for name, text := range files {
			p.write(filepath.Join(p.results, "runs", run, name), text)
		}
		p.runs[run], p.order = files, append(p.order, run)
	}
	files := p.runs[run]
	if source != "" {
		files = p.runs[source]
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !p.put(name, files[name], true) {
			return
		}
	}
	if p.put(artifacts.ManifestFile, string(contracttest.Manifest(run, source, files)), false) {
		p.whole++
	}
}

// TestReadersDuringPublications: over HTTPS, whoever reads gets the four files of one run, at every time.
func TestReadersDuringPublications(t *testing.T) {
	s, o, _, _, _ := overHTTPS(t)
	p := &publisher{t: t, results: filepath.Join(s.dir, "Files", "results"), random: rand.New(rand.NewPCG(1, 2)), runs: map[string]map[string]string{}}
	for p.whole == 0 {
		p.publish()
	}
	type sight struct {
		home  string
		files map[string]string
	}
	var mu sync.Mutex
	var seen []sight
	var replaced atomic.Int64
	var readers sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				dir := t.TempDir()
				at, err := artifacts.ReadPublished(t.Context(), o, func(p *artifacts.Published) (sight, error) {
					out := sight{p.Manifest.Home(), map[string]string{}}
					for _, f := range p.Manifest.Files {
						saved, err := p.Save(t.Context(), f.Name, filepath.Join(dir, f.Name), nil)
						if err != nil {
							return out, err
						}
						text, err := os.ReadFile(saved.Path)
						if err != nil {
							return out, err
						}
						out.files[f.Name] = string(text)
					}
					if p.Replaced {
						replaced.Add(1)
					}
					return out, nil
				})
				if !assert.NoError(t, err) {
					return
				}
				mu.Lock()
				seen = append(seen, at)
				mu.Unlock()
			}
		})
	}
	for range 120 {
		p.publish()
	}
	close(done)
	readers.Wait()
	require.NotEmpty(t, seen)
	require.NotZero(t, replaced.Load(), "no reader came in between: the test shows nothing")
	homes := map[string]bool{}
	for _, at := range seen {
		require.Equal(t, p.runs[at.home], at.files)
		homes[at.home] = true
	}
	t.Logf("%d reads of %d runs, %d of them while files were being replaced; %d publications", len(seen), len(homes), replaced.Load(), p.whole)
}
