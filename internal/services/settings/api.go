package settings

import (
	"fabricportal/internal/services/config"
)

// Fields are the keys of portal.toml, in the order of the wizard.
func Fields() []Field { return nil }

// Get is a field's value as text; numbers that are not known are "".
func Get(c config.Config, key string) string { return "" }

// Put sets a field from text, trimmed. Its error is a *Problem.
func Put(c *config.Config, key, value string) error { return nil }

// Error makes a Problem an error.
func (p *Problem) Error() string { return p.Sentence }

// Check says what is wrong with one field of a configuration; "" when nothing is.
func Check(c config.Config, key string) string { return "" }

// CheckAll says what is wrong with each field, in the order of Fields.
func CheckAll(c config.Config) []Problem { return nil }

// Read reads a portal.toml without the PORTAL_ variables. Errors: *config.MissingError, *config.FileError,
// *config.SecretError, *config.InvalidError; with the last one the Config holds what could be read.
func Read(path string) (config.Config, error) { return config.Config{}, nil }

// Write replaces a portal.toml in one step, readable by this user only. A file that holds keys this program does not
// know, or a secret, is not replaced. Comments are lost. Errors: *FileError, *config.SecretError, *config.InvalidError.
func Write(path string, c config.Config) error { return nil }

// Import reads a portal.toml or the earlier portal's secrets.toml. Errors: *FileError.
func Import(path string) (Imported, error) { return Imported{}, nil }

// FindSecrets names the keys of a TOML text that hold what looks like a secret, by name or by value; never the values.
func FindSecrets(data []byte) []string { return nil }

// Profiles is a folder of named configurations.
type Profiles struct{ dir string }

// OpenProfiles uses a folder, which is made when the first profile is added.
func OpenProfiles(dir string) *Profiles { return &Profiles{dir} }

// DefaultFolder is the profiles' folder in the user's configuration folder.
func DefaultFolder() (string, error) { return "", nil }

// List returns the profiles by name. One whose file can't be used is listed with its Problem.
func (p *Profiles) List() ([]Profile, error) { return nil, nil }

// Selected is the profile that is opened at the start; false where none is.
func (p *Profiles) Selected() (Profile, bool, error) { return Profile{}, false, nil }

// Add writes a new profile; the name must be new.
func (p *Profiles) Add(name string, colour Colour, c config.Config) (Profile, error) {
	return Profile{}, nil
}

// Update replaces a profile's configuration and colour; the name of c is the new name.
func (p *Profiles) Update(id string, colour Colour, c config.Config) (Profile, error) {
	return Profile{}, nil
}

// Rename changes the name only.
func (p *Profiles) Rename(id, name string) (Profile, error) { return Profile{}, nil }

// Remove deletes a profile's file and returns what it held, so that it can be added again. Secrets stay in the keyring.
func (p *Profiles) Remove(id string) (config.Config, error) { return config.Config{}, nil }

// Select makes a profile the one that is opened at the start.
func (p *Profiles) Select(id string) error { return nil }
