package troubles

// entraCode matches Entra's own codes (https://learn.microsoft.com/entra/identity-platform/reference-error-codes).
func entraCode(codes ...string) Match {
	for i, c := range codes {
		codes[i] = "AADSTS" + c
	}
	return Match{Codes: codes}
}

// entraAny stands for any code of Entra's that no entry names.
const entraAny = "AADSTS"

var atEntra = []Service{Entra}

// SignInNeeded is the code of what this program itself finds: that nobody has signed in on this computer, or that it has ended.
const SignInNeeded = "sign_in_needed"

// entra is the catalogue's part on signing in.
var entra = []Entry{
	{"entra_wrong_secret", atEntra, entraCode("7000215"), Refused,
		"Microsoft Entra refused the client secret: it is wrong (the secret's value is needed, not its id); keep the right one with “portal-desktop secret set client_secret”{{.Said}}"},
	{"entra_secret_expired", atEntra, entraCode("7000222"), Refused,
		"Microsoft Entra refused the client secret: it has expired; have a new one made for the application, and keep it with “portal-desktop secret set client_secret”{{.Said}}"},
	{"entra_no_secret", atEntra, entraCode("7000216"), Refused,
		"Microsoft Entra got no client secret: keep it with “portal-desktop secret set client_secret”{{.Said}}"},
	{"entra_certificate", atEntra, entraCode("700027", "700030"), Refused,
		"Microsoft Entra does not know the certificate of fabric.certificate_file: add it to the application of fabric.client_id, or name the right one{{.Said}}"},
	{"entra_sign_in", atEntra, Match{Codes: []string{SignInNeeded}}, Refused,
		"you are not signed in: choose “Sign in…” at the top of the window, or use “portal-desktop signin”"},
	{"entra_sign_in", atEntra, entraCode("50076", "50078", "50079", "50173", "700082", "700084", "70043", "50133"), Refused,
		"your sign-in has ended: choose “Sign in…” at the top of the window, or use “portal-desktop signin”{{.Said}}"},
	{"entra_declined", atEntra, Match{Codes: []string{"access_denied", "AADSTS65004", "AADSTS70018", "AADSTS70020", "authorization_declined", "code_expired", "expired_token"}}, Refused,
		"nobody signed in: the page was closed, refused or left too long; start again when you are ready{{.Said}}"},
	{"entra_public_client", atEntra, entraCode("7000218", "50011", "500113"), Refused,
		"the application of the configured fabric.client_id does not let people sign in from a desktop: ask an administrator of Microsoft Entra to add the platform for desktop applications with http://localhost{{.Said}}"},
	{"entra_unknown_app", atEntra, entraCode("700016"), Refused, unknownApp},
	{"entra_app_not_in_tenant", atEntra, entraCode("7000229"), Refused,
		"the application of the configured fabric.client_id has no service principal in this tenant: ask an administrator of Microsoft Entra to add it{{.Said}}"},
	{"entra_app_disabled", atEntra, entraCode("7000112"), Refused,
		"the application of the configured fabric.client_id is disabled: ask an administrator of Microsoft Entra to enable it{{.Said}}"},
	{"entra_not_assigned", atEntra, entraCode("50105", "501051"), Refused,
		"Microsoft Entra lets only assigned identities sign in here: ask an administrator of Microsoft Entra to assign this application{{.Said}}"},
	{"entra_unknown_tenant", atEntra, entraCode("90002", "900023"), Refused, unknownTenant},
	{"entra_unknown_service", atEntra, entraCode("500011"), Refused,
		"Microsoft Entra does not know the service of the configured scope in this tenant: check fabric.api_scope and fabric.storage_scope{{.Said}}"},
	{"entra_scope", atEntra, entraCode("1002012", "70011"), Refused, wrongScope},
	{"entra_consent", atEntra, entraCode("65001"), Refused,
		"nobody has agreed yet to what this application asks for: ask an administrator of Microsoft Entra for consent{{.Said}}"},
	{"entra_conditional_access", atEntra, entraCode("53003", "53000", "53001"), Refused,
		"Microsoft Entra refused the sign-in by a conditional access rule: ask an administrator to allow this application from this network{{.Said}}"},
	{"entra_clock", atEntra, entraCode("500133", "700024"), Refused,
		"Microsoft Entra refused the sign-in by its time: set this computer's clock by a time server{{.Said}}"},
	{"entra_busy", atEntra, entraCode("90033", "50196"), Passing,
		"the sign-in service is busy: try again {{.Wait}}{{.Said}}"},
	{"entra_busy_status", atEntra, Match{Status: []int{5, 429}}, Passing,
		"the sign-in service has a problem or is busy (HTTP {{.Status}}): try again {{.Wait}}"},
	{"entra_redirect", atEntra, Match{Status: []int{3}}, Passing,
		"the sign-in service answered with a redirect: check fabric.authority_url, and whether the network wants a sign-in of its own"},
	{"entra_code", atEntra, Match{Codes: []string{entraAny}}, Refused,
		"Microsoft Entra refused the sign-in{{.Said}}: look the code up at https://login.microsoftonline.com/error, or ask an administrator of Microsoft Entra"},
	// The words of OAuth, where no code of Entra's came.
	{"entra_client", atEntra, Match{Codes: []string{"invalid_client"}}, Refused,
		"Microsoft Entra refused the client id or the client secret: check fabric.client_id, and keep the secret with “portal-desktop secret set client_secret”{{.Said}}"},
	{"entra_unknown_tenant", atEntra, Match{Codes: []string{"invalid_tenant"}}, Refused, unknownTenant},
	{"entra_unknown_app", atEntra, Match{Codes: []string{"unauthorized_client"}}, Refused, unknownApp},
	{"entra_scope", atEntra, Match{Codes: []string{"invalid_scope", "invalid_resource"}}, Refused, wrongScope},
	{"entra_refused", atEntra, Match{}, Refused,
		"Microsoft Entra refused the sign-in (HTTP {{.Status}}): check fabric.tenant_id and fabric.client_id"},
}

const (
	unknownApp    = "Microsoft Entra knows no application with the configured fabric.client_id in this tenant: check fabric.client_id and fabric.tenant_id{{.Said}}"
	unknownTenant = "Microsoft Entra knows no tenant with the configured fabric.tenant_id: check fabric.tenant_id{{.Said}}"
	wrongScope    = "Microsoft Entra did not accept the configured scope: check fabric.api_scope and fabric.storage_scope{{.Said}}"
)
