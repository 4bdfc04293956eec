package setup

import (
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/setup/secrets"
	"fabricportal/internal/services/setup/settings"
)

// secretsStep is the step of the two secrets, which are no keys of portal.toml.
const secretsStep = "secrets"

// Groups are the steps in their order.
func Groups() []Group {
	return []Group{
		{ID: string(settings.GroupGeneral), Title: "General", About: "The name of this portal, and your own name."},
		{ID: string(settings.GroupFabric), Title: "Fabric", About: "The workspace, the lakehouse and the pipelines. Ask the person who set up the portal in Fabric."},
		{ID: string(settings.GroupDatabase), Title: "Database", About: "The database that records the runs."},
		{ID: secretsStep, Title: "Secrets", About: "They are kept in this computer's keyring, never in a file."},
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

// FieldsOf are the fields of portal.toml and the two secrets. kept says which secrets are known already.
func FieldsOf(fields []settings.Field, kept map[secrets.Name]bool) []Field {
	var out []Field
	for _, f := range fields {
		field := Field{Key: f.Key, Group: string(f.Group), Label: f.Label, Hint: f.Hint, Required: f.Required, Choices: f.Choices}
		if f.Key == settings.ColourField().Key {
			field.Words = colourWords(f.Choices)
		}
		out = append(out, field)
	}
	return append(out,
		Field{Key: string(secrets.ClientSecret), Group: secretsStep, Label: "Client secret", Hint: "The secret of the app registration in Entra.", Required: true, Secret: true, Kept: kept[secrets.ClientSecret]},
		Field{Key: string(secrets.DatabasePassword), Group: secretsStep, Label: "Database password", Hint: "The password of the database user.", Required: true, Secret: true, Kept: kept[secrets.DatabasePassword]})
}
