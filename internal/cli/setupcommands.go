package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

func (p Program) secretCommand(opts *options) *cobra.Command {
	secret := &cobra.Command{
		Use:   "secret",
		Short: "Keep a secret in this computer's keyring, or remove them",
		Args:  exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usage(errors.New("say “secret set NAME” or “secret delete”"))
		},
	}
	set := &cobra.Command{
		Use:       "set NAME",
		Short:     "Ask for a secret, or read a line of standard input, and keep it; NAME is client_secret or database_password",
		Args:      exactly("NAME"),
		ValidArgs: []string{"client_secret", "database_password"},
		RunE: func(cmd *cobra.Command, args []string) error {
			value, err := p.askSecret(cmd.Context(), args[0])
			if err != nil {
				return fmt.Errorf("nothing was kept: %w", err)
			}
			if err := p.Secrets.SetSecret(cmd.Context(), opts.config, args[0], value); err != nil {
				return err
			}
			p.say("%s is kept in this computer's keyring, for this configuration", args[0])
			return nil
		},
	}
	del := &cobra.Command{
		Use:   "delete",
		Short: "Remove this configuration's secrets from the keyring",
		Args:  exactly(),
		RunE:  func(cmd *cobra.Command, _ []string) error { return p.Secrets.DeleteSecrets(cmd.Context(), opts.config) },
	}
	secret.AddCommand(set, del)
	return secret
}
