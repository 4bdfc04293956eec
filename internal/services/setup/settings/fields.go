package settings

import (
	"os"
	"slices"
	"strconv"
	"strings"

	"fabricportal/internal/format"
	"fabricportal/internal/services/setup/config"
)

// entry is a field with the place of its value.
type entry struct {
	Field
	text  func(*config.Config) *string
	port  func(*config.Config) *int
	count func(*config.Config) *int64
}

// The hints that several fields share.
const (
	fabricIDHint = "A GUID. Open the item in Fabric: its id is in the browser's address bar."
	seldom       = "Usually that of the public cloud."
)

// entries are all keys of portal.toml, in the wizard's order.
var entries = []entry{
	textEntry(GroupGeneral, TextField, "name", "Name", "Shown at the top of the window, such as Production or Test.", true, func(c *config.Config) *string { return &c.Name }),
	textEntry(GroupGeneral, TextField, "user", "Your name", "Runs are recorded under this name. Leave empty for the user of this computer.", false, func(c *config.Config) *string { return &c.User }),

	textEntry(GroupFabric, IDField, "fabric.tenant_id", "Tenant id", "A GUID. In the Azure portal: Microsoft Entra ID, Overview.", true, func(c *config.Config) *string { return &c.Fabric.TenantID }),
	choiceEntry(GroupFabric, "fabric.sign_in", "Sign in as",
		"service-principal is the app itself, by its client secret. user is you, in the browser; device-code is you, by a code. certificate, managed-identity and azure-cli are for servers and administrators.",
		config.SignIns, func(c *config.Config) *string { return &c.Fabric.SignIn }),
	textEntry(GroupFabric, IDField, "fabric.client_id", "Client id", "A GUID. In the Azure portal: the app registration's application (client) id.", true, func(c *config.Config) *string { return &c.Fabric.ClientID }),
	textEntry(GroupFabric, IDField, "fabric.workspace_id", "Workspace id",
		"A GUID. Open the workspace in Fabric: the id follows /groups/ in the address bar.", true, func(c *config.Config) *string { return &c.Fabric.WorkspaceID }),
	textEntry(GroupFabric, IDField, "fabric.lakehouse_id", "Lakehouse id", fabricIDHint, true, func(c *config.Config) *string { return &c.Fabric.LakehouseID }),
	textEntry(GroupFabric, IDField, "fabric.pipeline_id", "Pipeline id", "The GUID of the pipeline for the notebook sales_ingest.", true, func(c *config.Config) *string { return &c.Fabric.PipelineID }),
	textEntry(GroupFabric, IDField, "fabric.restore_pipeline_id", "Restore pipeline id",
		"The GUID of the pipeline for the notebook restore_run.", true, func(c *config.Config) *string { return &c.Fabric.RestorePipelineID }),
	textEntry(GroupFabric, TextField, "fabric.owner_user_principal_name", "Pipeline owner's sign-in name",
		"Such as owner@contoso.com. Fabric asks for it with each run.", true, func(c *config.Config) *string { return &c.Fabric.OwnerPrincipalName }),
	textEntry(GroupFabric, IDField, "fabric.owner_user_object_id", "Pipeline owner's object id",
		"A GUID. In the Azure portal: Microsoft Entra ID, Users, the owner.", true, func(c *config.Config) *string { return &c.Fabric.OwnerObjectID }),

	textEntry(GroupDatabase, TextField, "database.host", "Server", "The name of the PostgreSQL server, without port.", true, func(c *config.Config) *string { return &c.Database.Host }),
	{Field: Field{Key: "database.port", Group: GroupDatabase, Kind: PortField, Label: "Port", Hint: "Usually 5432.", Required: true}, port: func(c *config.Config) *int { return &c.Database.Port }},
	textEntry(GroupDatabase, TextField, "database.name", "Database", "Usually fabric_data_portal.", true, func(c *config.Config) *string { return &c.Database.Name }),
	textEntry(GroupDatabase, TextField, "database.user", "Database user", "The role that the database's administrator created for the portal.", true, func(c *config.Config) *string { return &c.Database.User }),
	choiceEntry(GroupDatabase, "database.sslmode", "Encryption",
		"verify-full checks the server's certificate and name. verify-ca checks the certificate only. require and disable check nothing: use them for this computer's own database only.",
		config.SSLModes, func(c *config.Config) *string { return &c.Database.SSLMode }),
	textEntry(GroupDatabase, FileField, "database.sslrootcert", "Certificate authority",
		"A PEM file with its full path. verify-ca needs one. Leave empty to use the authorities of this computer.", false, func(c *config.Config) *string { return &c.Database.SSLRootCert }),
	choiceEntry(GroupDatabase, "database.auth", "Sign-in",
		"scram-sha-256 never sends the password. password sends it where the server asks for it: use it only where the database's administrator says so.",
		config.AuthModes, func(c *config.Config) *string { return &c.Database.Auth }),

	{Field: Field{Key: "funnel.total_visitors", Group: GroupFunnel, Kind: CountField, Label: "Visitors", Hint: "The number of visitors, for files that do not have it."},
		count: func(c *config.Config) *int64 { return &c.Funnel.TotalVisitors }},
	{Field: Field{Key: "funnel.converting_visitors", Group: GroupFunnel, Kind: CountField, Label: "Visitors who ordered", Hint: "Leave empty to use the number of orders."},
		count: func(c *config.Config) *int64 { return &c.Funnel.ConvertingVisitors }},

	choiceEntry(GroupAdvanced, "artifacts.source", "Listings",
		"onelake lists folders. artifacts only reads the files of known runs. folder looks into a folder of this computer.",
		[]string{config.SourceOneLake, config.SourceArtifacts, config.SourceFolder}, func(c *config.Config) *string { return &c.Artifacts.Source }),
	textEntry(GroupAdvanced, FolderField, "artifacts.folder", "Folder of the lakehouse", "For the listings “folder”: the folder in which “Files” is, such as a synchronized one, a share or a stick.", false,
		func(c *config.Config) *string { return &c.Artifacts.Folder }),
	textEntry(GroupAdvanced, FileField, "ca_file", "More certificate authorities", "A PEM file with its full path. Needed where a proxy inspects HTTPS.", false, func(c *config.Config) *string { return &c.CAFile }),
	textEntry(GroupAdvanced, FolderField, "state_dir", "Folder for notes", "This computer's notes. Leave empty for the user's cache folder.", false, func(c *config.Config) *string { return &c.StateDir }),
	textEntry(GroupAdvanced, FileField, "fabric.certificate_file", "Certificate of the app", "A PEM file with certificate and private key, for the sign-in by certificate.", false,
		func(c *config.Config) *string { return &c.Fabric.CertificateFile }),
	textEntry(GroupAdvanced, AddressField, "fabric.api_url", "Address of Fabric", seldom, true, func(c *config.Config) *string { return &c.Fabric.APIURL }),
	textEntry(GroupAdvanced, AddressField, "fabric.onelake_url", "Address of OneLake", seldom, true, func(c *config.Config) *string { return &c.Fabric.OneLakeURL }),
	textEntry(GroupAdvanced, AddressField, "fabric.authority_url", "Address of Entra", seldom, true, func(c *config.Config) *string { return &c.Fabric.AuthorityURL }),
	textEntry(GroupAdvanced, AddressField, "fabric.portal_url", "Address of Fabric's pages", seldom, true, func(c *config.Config) *string { return &c.Fabric.PortalURL }),
	textEntry(GroupAdvanced, TextField, "fabric.api_scope", "Scope for Fabric", seldom, true, func(c *config.Config) *string { return &c.Fabric.APIScope }),
	textEntry(GroupAdvanced, TextField, "fabric.storage_scope", "Scope for OneLake", seldom, true, func(c *config.Config) *string { return &c.Fabric.StorageScope }),
	textEntry(GroupAdvanced, TextField, "fabric.storage_version", "Version of OneLake's interface", seldom, true, func(c *config.Config) *string { return &c.Fabric.StorageVersion }),
}

func textEntry(g Group, kind FieldKind, key, label, hint string, required bool, at func(*config.Config) *string) entry {
	return entry{Field: Field{Key: key, Group: g, Kind: kind, Label: label, Hint: hint, Required: required}, text: at}
}

func choiceEntry(g Group, key, label, hint string, choices []string, at func(*config.Config) *string) entry {
	e := textEntry(g, ChoiceField, key, label, hint, true, at)
	e.Choices = choices
	return e
}

// Fields are the keys of portal.toml, in the order of the wizard.
func Fields() []Field {
	standard := config.Default()
	out := make([]Field, 0, len(entries))
	for _, e := range entries {
		e.Default = e.get(standard)
		e.Choices = slices.Clone(e.Choices)
		out = append(out, e.Field)
	}
	return out
}

// ColourField asks for a connection's colour, which is no key of portal.toml.
func ColourField() Field {
	choices := []string{""}
	for _, c := range Colours {
		choices = append(choices, string(c))
	}
	return Field{
		Key: "connection.colour", Group: GroupGeneral, Kind: ChoiceField, Label: "Colour", Choices: choices,
		Hint: "The colour of the name and the line at the top of the window. It tells test from production. Leave empty to choose it by the name.",
	}
}

func entryOf(key string) (entry, bool) {
	i := slices.IndexFunc(entries, func(e entry) bool { return e.Key == key })
	if i < 0 {
		return entry{}, false
	}
	return entries[i], true
}

func (e entry) get(c config.Config) string {
	switch {
	case e.text != nil:
		return *e.text(&c)
	case e.port != nil && *e.port(&c) != 0:
		return strconv.Itoa(*e.port(&c))
	case e.count != nil && *e.count(&c) != 0:
		return strconv.FormatInt(*e.count(&c), 10)
	}
	return ""
}

func (e entry) put(c *config.Config, value string) *Problem {
	value = strings.TrimSpace(value)
	if e.text != nil {
		if e.Kind == ChoiceField && value == "" {
			value = e.get(config.Default())
		}
		*e.text(c) = value
		return nil
	}
	n := int64(0)
	if value != "" {
		var err error
		if n, err = strconv.ParseInt(strings.NewReplacer(",", "", " ", "", "\u00a0", "").Replace(value), 10, 32); err != nil {
			return &Problem{e.Key, format.Say("This is not a whole number: give it digits only.")}
		}
	}
	if e.port != nil {
		*e.port(c) = int(n)
	} else {
		*e.count(c) = n
	}
	return nil
}

// Get is a field's value as text; numbers that are not known are "".
func Get(c config.Config, key string) string {
	e, ok := entryOf(key)
	if !ok {
		return ""
	}
	return e.get(c)
}

// Put sets a field from text, trimmed. Its error is a *Problem.
func Put(c *config.Config, key, value string) error {
	e, ok := entryOf(key)
	if !ok {
		return &Problem{key, format.Say("There is no such setting.")}
	}
	if p := e.put(c, value); p != nil {
		return p
	}
	return nil
}

// CheckAll says what is wrong with each field, in the order of Fields; the first thing of each.
func CheckAll(c config.Config) []Problem {
	if c.StateDir == "" {
		c.StateDir = os.TempDir() // empty is the user's cache folder, which is a full path, too
	}
	said := map[string]*format.Said{}
	if c.Name == "" {
		said["name"] = format.Say("It is empty: give the name that stands at the top of the window.")
	}
	for _, f := range c.Faults() {
		if _, known := said[f.Key]; !known {
			said[f.Key] = f.AtIt()
		}
	}
	var out []Problem
	for _, e := range entries {
		if s, ok := said[e.Key]; ok {
			out = append(out, Problem{e.Key, s})
		}
	}
	return out
}
