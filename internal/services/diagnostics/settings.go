package diagnostics

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"fabricportal/internal/services/setup/config"
)

// setting is one key of portal.toml.
type setting struct {
	key, variable, value string
	safe                 bool // the value is one of a few words of ours
	isDefault            bool
}

// told says whether a setting is made, and what it is where that is a word of ours.
func (s setting) told(fromVariable bool) string {
	how := ""
	if fromVariable {
		how = " (by " + s.variable + ")"
	}
	switch {
	case s.safe:
		return s.value + how
	case s.value == "" || s.value == "0":
		return "not set"
	case s.isDefault:
		return "the default" + how
	}
	return "set" + how
}

// words of ours, by their key.
var choices = map[string][]string{
	"fabric.sign_in": config.SignIns, "database.sslmode": config.SSLModes, "database.auth": config.AuthModes,
	"artifacts.source":     {config.SourceOneLake, config.SourceArtifacts, config.SourceFolder},
	"database.sslrootcert": {config.SystemAuthorities},
}

// each calls f with each setting, in the order of the file.
func each(c config.Config, f func(setting)) {
	walk(reflect.ValueOf(c), reflect.ValueOf(config.Default()), "", f)
}

func walk(v, usual reflect.Value, prefix string, f func(setting)) {
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag.Get("toml")
		if tag == "" || tag == "-" {
			continue
		}
		key := prefix + tag
		if v.Field(i).Kind() == reflect.Struct {
			walk(v.Field(i), usual.Field(i), key+".", f)
			continue
		}
		value := fmt.Sprint(v.Field(i).Interface())
		f(setting{
			key: key, variable: "PORTAL_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_")), value: value,
			safe: slices.Contains(choices[key], value), isDefault: v.Field(i).Equal(usual.Field(i)),
		})
	}
}
