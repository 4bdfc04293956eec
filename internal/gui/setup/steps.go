package setup

import (
	"slices"

	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/setup/secrets"
	"fabricportal/internal/services/setup/settings"
)

// secretsStep is the step of the two secrets, which are no keys of portal.toml.
const secretsStep = "secrets"

// SecretsGroup is the step of the secrets; memory says that they stay there, as no keyring can be used.
func SecretsGroup(memory bool) Group {
	if memory {
		return Group{ID: secretsStep, Title: "Secrets", About: "This computer's keyring can't be used. They are kept in memory until the portal is closed, never in a file, and are asked for again at the next start."}
	}
	return Group{ID: secretsStep, Title: "Secrets", About: "They are kept in this computer's keyring, never in a file."}
}

// Groups are the steps in their order.
func Groups(memory bool) []Group {
	return []Group{
		{ID: string(settings.GroupGeneral), Title: "General", About: "The name of this portal, and your own name."},
		{ID: string(settings.GroupFabric), Title: "Fabric", About: "The workspace, the lakehouse and the pipelines. Ask the person who set up the portal in Fabric."},
		{ID: string(settings.GroupDatabase), Title: "Database", About: "The database that records the runs."},
		SecretsGroup(memory),
		{ID: string(settings.GroupFunnel), Title: "Visitors", About: "For the conversion rate. Leave empty if not known."},
		{ID: string(settings.GroupAdvanced), Title: "Advanced", About: "Rarely needed."},
	}
}

// colourWords names a connection's colours.
func colourWords(colours []string) []string {
	names := map[string]string{
		"": words.T("Chosen by the name"), string(settings.Neutral): words.T("Grey"), string(settings.Red): words.T("Red"), string(settings.Amber): words.T("Amber"),
		string(settings.Green): words.T("Green"), string(settings.Blue): words.T("Blue"), string(settings.Purple): words.T("Purple"),
	}
	var out []string
	for _, c := range colours {
		out = append(out, names[c])
	}
	return out
}

// FieldsOf are the fields of portal.toml and the two secrets. kept says where secrets are that are known already.
func FieldsOf(fields []settings.Field, kept map[secrets.Name]secrets.Place) []Field {
	var out []Field
	for _, f := range fields {
		field := Field{Key: f.Key, Group: string(f.Group), Label: f.Label, Hint: f.Hint, Required: f.Required, Choices: f.Choices, Locked: f.Locked}
		if f.Key == settings.ColourField().Key {
			field.Words = colourWords(f.Choices)
		}
		out = append(out, field)
	}
	return append(out, secretFields(kept)...)
}

func secretFields(kept map[secrets.Name]secrets.Place) []Field {
	return []Field{
		{Key: string(secrets.ClientSecret), Group: secretsStep, Label: "Client secret", Hint: "The secret of the app registration in Entra.", Required: true, Secret: true, Kept: keptWords(kept[secrets.ClientSecret])},
		{Key: string(secrets.DatabasePassword), Group: secretsStep, Label: "Database password", Hint: "The password of the database user.", Required: true, Secret: true, Kept: keptWords(kept[secrets.DatabasePassword])},
	}
}

// MissingSecrets are the fields of the secrets that are nowhere yet.
func MissingSecrets(kept map[secrets.Name]secrets.Place) []Field {
	return slices.DeleteFunc(secretFields(kept), func(f Field) bool { return kept[secrets.Name(f.Key)] != secrets.Nowhere })
}

// keptWords stand in the empty field of a secret that is there already.
func keptWords(at secrets.Place) string {
	switch at {
	case secrets.InKeyring:
		return words.T("kept in the keyring; leave empty to keep it")
	case secrets.Environment:
		return words.T("taken from this computer's environment; leave empty to keep it")
	case secrets.Memory:
		return words.T("kept in memory; leave empty to keep it")
	case secrets.NotNeeded:
		return words.T("not needed for this way to sign in")
	case secrets.Nowhere:
	}
	return ""
}
