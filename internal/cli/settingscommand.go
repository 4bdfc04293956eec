package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"fabricportal/internal/services/setup/config"
)

func (p Program) settingsCommand(opts *options) *cobra.Command {
	return &cobra.Command{
		Use:   "settings",
		Short: "Show each setting as it is used, who says so, and what the organisation's policy has locked",
		Args:  exactly(),
		RunE: func(*cobra.Command, []string) error {
			list, source, err := p.Settings(opts.config)
			if list == nil {
				return err
			}
			out := struct {
				Policy   string           `json:"policy,omitempty"` // where it was read
				Settings []config.Setting `json:"settings"`
			}{source, list}
			var rows [][]string
			for _, s := range list {
				rows = append(rows, []string{s.Key, s.Value, saidBy(s)})
			}
			if source != "" && !opts.json {
				p.say("the organisation's policy is %s", source)
			}
			return errors.Join(p.show(opts, out, []string{"SETTING", "VALUE", "FROM"}, rows), err) // what is wrong stands behind what there is
		},
	}
}

// saidBy is who says what a setting is, in words.
func saidBy(s config.Setting) string {
	said := string(s.From)
	if s.Locked {
		said += ", locked"
	}
	if s.Unused != "" {
		said += " (what the " + string(s.Unused) + " says is not used)"
	}
	return said
}
