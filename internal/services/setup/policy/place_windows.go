package policy

import (
	"errors"
	"fmt"
	"path/filepath"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

const registryPath = `SOFTWARE\Policies\FabricDataPortal`

// system asks the system for its folder: a variable of the environment is every user's to set.
func system() Place {
	dir, err := windows.KnownFolderPath(windows.FOLDERID_ProgramData, 0)
	if err != nil {
		dir = `C:\ProgramData`
	}
	return Place{Folder: filepath.Join(dir, "fabric-data-portal"), Registry: fromRegistry, Guarded: true}
}

func fromRegistry() (string, *Key, error) {
	name := `HKLM\` + registryPath
	k, err := registry.OpenKey(registry.LOCAL_MACHINE, registryPath, registry.READ|registry.WOW64_64KEY)
	if errors.Is(err, registry.ErrNotExist) {
		return name, nil, nil
	}
	if err != nil {
		return name, nil, err
	}
	defer k.Close()
	found, err := readKey(k, 0)
	return name, found, err
}

// deepest bounds how far keys are followed; a policy has two levels.
const deepest = 5

func readKey(k registry.Key, depth int) (*Key, error) {
	out := &Key{Values: map[string]any{}, Keys: map[string]*Key{}}
	if depth > deepest {
		return nil, errors.New("it has too many levels")
	}
	names, err := k.ReadValueNames(-1)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if out.Values[name], err = readValue(k, name); err != nil {
			return nil, fmt.Errorf("the value %s: %w", name, err)
		}
	}
	below, err := k.ReadSubKeyNames(-1)
	if err != nil {
		return nil, err
	}
	for _, name := range below {
		sub, err := registry.OpenKey(k, name, registry.READ|registry.WOW64_64KEY)
		if err != nil {
			return nil, fmt.Errorf("the key %s: %w", name, err)
		}
		out.Keys[name], err = readKey(sub, depth+1)
		sub.Close()
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func readValue(k registry.Key, name string) (any, error) {
	_, kind, err := k.GetValue(name, nil)
	if err != nil {
		return nil, err
	}
	switch kind {
	case registry.SZ: // EXPAND_SZ would say what the user's variables say
		text, _, err := k.GetStringValue(name)
		return text, err
	case registry.MULTI_SZ:
		list, _, err := k.GetStringsValue(name)
		return list, err
	case registry.DWORD, registry.QWORD:
		n, _, err := k.GetIntegerValue(name)
		return int64(n), err //nolint:gosec // a number that does not fit is refused by the reader
	}
	return nil, fmt.Errorf("its kind (%d) is none of REG_SZ, REG_MULTI_SZ, REG_DWORD and REG_QWORD", kind)
}
