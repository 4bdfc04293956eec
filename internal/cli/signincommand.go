package cli

import (
	"context"

	"github.com/spf13/cobra"
)

// SignIn signs the person at this computer in to Microsoft, and forgets them again.
type SignIn interface {
	// SignIn waits for the person, in the browser that it opens, or until the code that show gets was entered at its page.
	SignIn(ctx context.Context, configPath string, show func(code, page string)) (who string, lasts bool, err error)
	SignOut(ctx context.Context, configPath string) error
}

func (p Program) signInCommands(opts *options) []*cobra.Command {
	in := &cobra.Command{
		Use:   "signin",
		Short: "Sign in to Microsoft as yourself, where fabric.sign_in is user or device-code",
		Long: "Opens the browser, or shows a code to be entered in any browser, and waits for up to 15 minutes.\n" +
			"The sign-in is kept by the operating system's own means and serves the window and all subcommands.",
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			who, lasts, err := p.SignIn.SignIn(cmd.Context(), opts.config, func(code, page string) {
				p.say("open %s in any browser and enter the code %s", page, code)
			})
			if err != nil {
				return err
			}
			p.say("signed in as %s", who)
			if !lasts {
				p.say("this computer has no safe place for the sign-in, so it has ended with this command: use the window, or another fabric.sign_in")
			}
			return nil
		},
	}
	out := &cobra.Command{
		Use:   "signout",
		Short: "Forget who signed in to Microsoft on this computer, and remove the tokens",
		Args:  exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.SignIn.SignOut(cmd.Context(), opts.config); err != nil {
				return err
			}
			p.say("nobody is signed in with this configuration any more")
			return nil
		},
	}
	return []*cobra.Command{in, out}
}
