package cli

import (
	"bufio"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"fabricportal/internal/format"
	"fabricportal/internal/services/doctor"
)

func (p Program) doctorCommand(opts *options) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check each part of the configuration and say what to do",
		Args:  exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			checks := p.Doctor(cmd.Context(), opts.config)
			failed := 0
			var rows []string
			for _, c := range checks {
				mark := "ok"
				if !c.OK {
					mark = "FAILED"
					failed++
				}
				row := mark + "\t" + c.Name + "\t" + c.Message
				if c.Action != "" {
					row += " " + c.Action
				}
				rows = append(rows, row)
			}
			out := struct {
				OK     bool           `json:"ok"`
				Checks []doctor.Check `json:"checks"`
			}{failed == 0, checks}
			if err := p.show(opts, out, "RESULT\tPART\tFOUND", rows); err != nil {
				return err
			}
			if failed > 0 {
				return errors.New(format.N(int64(len(checks)), "the check failed", "{{.Failed}} of {{.N}} checks failed", "Failed", failed))
			}
			return nil
		},
	}
}

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
		Short:     "Read a secret from standard input and keep it; NAME is client_secret or database_password",
		Args:      exactly("NAME"),
		ValidArgs: []string{"client_secret", "database_password"},
		RunE: func(cmd *cobra.Command, args []string) error {
			p.say("type or pipe the secret, then Enter:")
			line, err := bufio.NewReader(p.In).ReadString('\n')
			value := strings.TrimRight(line, "\r\n")
			if value == "" {
				return fmt.Errorf("nothing was kept: no secret came on standard input (%w)", errors.Join(err, errEmpty))
			}
			return p.Secrets.SetSecret(cmd.Context(), opts.config, args[0], value)
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

var errEmpty = errors.New("the line is empty")
