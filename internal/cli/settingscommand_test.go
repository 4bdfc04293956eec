package cli

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/setup/config"
)

func TestSettingsSayWhoSaysThem(t *testing.T) {
	var out, errs bytes.Buffer
	p := Program{Out: &out, Err: &errs, Settings: func(path string) ([]config.Setting, string, error) {
		require.Equal(t, "x.toml", path)
		return []config.Setting{
			{Key: "database.host", Value: "db.example", From: config.FromPolicy, Locked: true, Unused: config.FromFile}, {Key: "name", Value: "Production", From: config.FromFile},
		}, "/etc/fabric-data-portal/policy.toml", nil
	}}
	require.Equal(t, ExitDone, Execute(t.Context(), p, []string{"settings", "--config", "x.toml"}))
	require.Equal(t, "SETTING        VALUE       FROM\ndatabase.host  db.example  policy, locked (what the file says is not used)\nname           Production  file\n", out.String())
	require.Contains(t, errs.String(), "the organisation's policy is /etc/fabric-data-portal/policy.toml")
	out.Reset()
	require.Equal(t, ExitDone, Execute(t.Context(), p, []string{"settings", "--json", "--config", "x.toml"}))
	require.JSONEq(t, `{"policy":"/etc/fabric-data-portal/policy.toml","settings":[{"key":"database.host","value":"db.example","from":"policy","locked":true,"unused":"file"},
		{"key":"name","value":"Production","from":"file"}]}`, out.String())

	// What is wrong is said behind what there is.
	out.Reset()
	p.Settings = func(string) ([]config.Setting, string, error) {
		return []config.Setting{{Key: "name", From: config.FromDefault}}, "", errors.New("it has 3 problems")
	}
	require.Equal(t, ExitFailed, Execute(t.Context(), p, []string{"settings"}))
	require.Contains(t, out.String(), "name")
	require.Contains(t, errs.String(), "it has 3 problems")
	out.Reset()
	p.Settings = func(string) ([]config.Setting, string, error) { return nil, "", errors.New("the policy is broken") }
	require.Equal(t, ExitFailed, Execute(t.Context(), p, []string{"settings"}))
	require.Empty(t, out.String())
}
