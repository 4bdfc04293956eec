// Package settings reads and writes portal.toml for the wizard of the first start and the settings window. It keeps several
// named connections (production, test), and imports the settings of the earlier portal. Package config knows what a
// configuration means. Secrets leave this package to the keyring only.
package settings

import (
	"fabricportal/internal/format"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// Colour marks a connection's windows; the window decides how it looks.
type Colour string

// The colours.
const (
	Neutral Colour = "neutral"
	Red     Colour = "red" // production
	Amber   Colour = "amber"
	Green   Colour = "green" // test
	Blue    Colour = "blue"
	Purple  Colour = "purple"
)

// Colours are all colours there are.
var Colours = []Colour{Neutral, Red, Amber, Green, Blue, Purple}

// Connection is a named configuration: which Fabric, which database, as whom.
type Connection struct {
	ID       string // of the file, such as production; never changes
	Name     string // as the window shows it; the file's name key
	Colour   Colour
	Path     string // full
	Selected bool
	Problem  error // why its file can't be used; nil where it can
	Managed  bool  // it is the organisation's: nobody changes or removes it here
}

// Imported is what a file of another form told. Config is not checked: Problems says what is missing or wrong.
type Imported struct {
	Config   config.Config
	Secrets  map[secrets.Name]secrets.Secret // for the keyring; never written to a file
	From     string                          // the path
	Taken    []string                        // config keys that were filled
	Ignored  []string                        // keys of the file that mean nothing here; never values
	Problems []Problem
}

// Problem is what is wrong with one field.
type Problem struct {
	Key string // as in portal.toml, such as fabric.tenant_id
	*format.Said
}

// Group is a step of the wizard or a section of the settings.
type Group string

// The groups, in the wizard's order.
const (
	GroupGeneral  Group = "general"
	GroupFabric   Group = "fabric"
	GroupDatabase Group = "database"
	GroupFunnel   Group = "funnel"
	GroupAdvanced Group = "advanced"
)

// FieldKind says how a field is entered.
type FieldKind int

// The kinds.
const (
	TextField FieldKind = iota
	IDField             // a UUID
	AddressField
	PortField
	CountField
	ChoiceField
	FileField
	FolderField
)

// Field is a key of portal.toml as a form asks for it.
type Field struct {
	Key      string // such as fabric.tenant_id
	Group    Group
	Kind     FieldKind
	Label    string // in English
	Hint     string // where the value is found
	Required bool
	Default  string   // as Get returns it
	Choices  []string // of a ChoiceField
	Locked   string   // whose policy says the value, which can't be changed here; "" where it can
}

// FileError says that a file could not be read or written.
type FileError struct {
	Path string
	*format.Said
}

// ConnectionError says why something can't be done with a connection.
type ConnectionError struct {
	ID string
	*format.Said
}
