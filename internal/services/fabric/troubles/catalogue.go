package troubles

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Entry is one kind of trouble. Of those that match an answer the first counts.
type Entry struct {
	ID    string
	For   []Service // who says it; none: anybody
	Match Match
	Class Class
	// Text is the sentence in English, and the key of its translations. {{.Said}} are the service's own words in brackets, {{.Words}}
	// the same without, {{.Wait}} when to ask again, {{.Status}}, {{.Code}}, {{.Service}} and {{.Doing}} what their names say.
	Text string
}

// Match says which answers an entry stands for. What is named must all be so; of several codes, statuses or words one is enough.
type Match struct {
	Status  []int          // HTTP's; 4 for 400 to 499, and so on
	Codes   []string       // the service's error codes, also those inside of its message; without regard to case
	Says    *regexp.Regexp // what stands in the message
	Final   bool           // isRetriable: false was said
	Foreign bool           // something in between has answered
}

// These answer as Fabric does: its API, and its services as the steps of a run tell of them.
var fabrics = []Service{Fabric, Step}

// Entries is the catalogue. Its sources are in docs/fabric.md §3.5.
var Entries = []Entry{
	// What the work runs on.
	{"capacity_paused", []Service{Fabric, OneLake, Step}, Match{Codes: []string{"CapacityNotActive", "CapacityPaused", "CapacitySuspended", "WorkspaceCapacityPaused", "CapacityAssignmentPaused"}}, Refused,
		"Fabric's capacity is paused{{.Said}}: ask the administrator of the capacity to resume it"},
	{"capacity_paused", []Service{Fabric, OneLake, Step}, Match{Says: says(`capacity\b.*\b(paused|suspended|not active)|(paused|suspended) capacity`)}, Refused,
		"Fabric's capacity is paused{{.Said}}: ask the administrator of the capacity to resume it"},
	{"capacity_full", fabrics, Match{Status: []int{430}}, Passing, capacityFull},
	{"capacity_full", fabrics, Match{Codes: []string{"TooManyRequestsForCapacity", "CapacityLimitExceeded"}}, Passing, capacityFull},
	{"capacity_full", fabrics, Match{Says: says(`TooManyRequestsForCapacity|response code 430|capacity limit exceeded`)}, Passing, capacityFull},
	{"capacity_unknown", []Service{Fabric}, Match{Status: []int{500}, Codes: []string{"InternalServerError"}, Final: true}, Refused,
		"Fabric answers only that something is wrong and that asking again is of no use{{.Said}}, as it does while its capacity is paused: ask the administrator of the capacity whether it is paused, and to resume it"},
	{"no_capacity", []Service{Fabric}, Match{Codes: []string{"FeatureNotAvailable"}}, Refused,
		"Fabric does not offer this in the workspace{{.Said}}: ask an administrator of the workspace whether it has a Fabric capacity, and a Fabric administrator whether the feature is switched on"},

	// Who may do what, and from where.
	{"network_policy", []Service{Fabric, OneLake}, Match{Codes: []string{"RequestDeniedByInboundPolicy"}}, Refused, networkPolicy},
	{"network_policy", []Service{Fabric, OneLake}, Match{Says: says(`inbound (communication )?policy`)}, Refused, networkPolicy},
	{"principals_off", []Service{Fabric}, Match{Codes: []string{"PrincipalTypeNotSupported"}}, Refused,
		"Fabric does not let service principals do this{{.Said}}: ask a Fabric administrator to switch on “Service principals can call Fabric public APIs” for this one"},
	{"notebook_rights", []Service{Step}, Match{Says: says(`http status code - '40[13]'`)}, Refused, notebookRights},
	{"notebook_rights", fabrics, Match{Codes: []string{"MissingMinimalPermissions"}}, Refused, notebookRights},
	{"not_the_service", []Service{Fabric, OneLake}, Match{Status: []int{4, 5}, Foreign: true}, Refused,
		"something in between has answered in the place of {{.Service}} (HTTP {{.Status}}): check the proxy, the VPN and the addresses under [fabric] in the configuration"},
	{"sign_in", []Service{Fabric}, Match{Status: []int{401}}, Refused,
		"Fabric did not accept this program's sign-in{{.Said}}: check fabric.tenant_id, fabric.client_id and fabric.api_scope, and ask a Fabric administrator whether service principals may use Fabric's APIs"},
	{"role", []Service{Fabric}, Match{Status: []int{403}, Codes: []string{"InsufficientPrivileges", "InsufficientWorkspaceRole", "InsufficientPermissions"}}, Refused,
		"this program's service principal may not do this in the workspace{{.Said}}: ask an administrator of the workspace to give it the Contributor role"},
	{"forbidden", []Service{Fabric}, Match{Status: []int{403}}, Refused,
		"Fabric refused this program's service principal{{.Said}}: ask an administrator of the workspace to give it the Contributor role, and whether the workspace lets this network in"},

	// What was asked for.
	{"not_a_pipeline", []Service{Fabric}, Match{Codes: []string{"InvalidJobType"}}, Refused,
		"Fabric does not run this item as a pipeline{{.Said}}: check that fabric.pipeline_id and fabric.restore_pipeline_id are data pipelines"},
	{"workspace_not_found", []Service{Fabric}, Match{Status: []int{404}, Codes: []string{"WorkspaceNotFound"}}, Refused,
		"Fabric does not find the workspace{{.Said}}: check its id, and ask an administrator of the workspace to make the service principal a member"},
	{"name_taken", []Service{Fabric}, Match{Codes: []string{"ItemDisplayNameAlreadyInUse"}}, Refused,
		"another item of the workspace has the name already, perhaps one that this program's service principal may not see{{.Said}}: ask an administrator of the workspace to rename or delete it"},
	{"name_reserved", []Service{Fabric}, Match{Codes: []string{"ItemDisplayNameNotAvailableYet"}}, Passing,
		"an item of this name was deleted a short time ago, and Fabric does not give the name away yet{{.Said}}: try again {{.Wait}}"},
	{"items_limit", []Service{Fabric}, Match{Codes: []string{"WorkspaceItemsLimitExceeded"}}, Refused,
		"the workspace holds as many items as it may{{.Said}}: ask an administrator of the workspace to delete some, or use another workspace"},
	{"definition_refused", []Service{Fabric}, Match{Codes: []string{"CorruptedPayload", "InvalidDefinitionParts", "InvalidDefinitionFormat"}}, Refused,
		"Fabric did not take the item's definition{{.Said}}: look whether there is a newer version of this program, and report the request to whoever maintains it"},
	{"not_found", []Service{Fabric}, Match{Status: []int{404}}, Refused,
		"Fabric does not find the pipeline in the workspace{{.Said}}: check fabric.workspace_id, fabric.pipeline_id and fabric.restore_pipeline_id, " +
			"and ask an administrator of the workspace to make the service principal a member"},
	{"conflict", []Service{Fabric}, Match{Status: []int{409}}, Passing,
		"something else is being done with the same item in Fabric{{.Said}}: try again {{.Wait}}, and where it lasts ask the pipeline's owner"},
	{"jobs_busy", []Service{Fabric}, Match{Codes: []string{"TooManyRequestsForJobs"}}, Passing,
		"Fabric is busy with other jobs{{.Said}}: try again {{.Wait}}, and where that happens often ask the pipeline's owner what else runs it"},
	{"asked_too_often", []Service{Fabric}, Match{Status: []int{429}}, Passing,
		"Fabric is being asked too often{{.Said}}: try again {{.Wait}}; where it lasts, ask who else uses this service principal"},

	// OneLake.
	{"onelake_outside", []Service{OneLake}, Match{Status: []int{403}, Says: says(`(external to|outside( of)?) (microsoft )?(fabric|onelake)|external (apps|applications)`)}, Refused,
		"OneLake lets no programs from outside in{{.Said}}: ask a Fabric administrator to switch on “Users can access data stored in OneLake with apps external to Fabric”"},
	{"onelake_sign_in", []Service{OneLake}, Match{Status: []int{401}}, Refused,
		"OneLake did not accept this program's sign-in{{.Said}}: check fabric.tenant_id, fabric.client_id and fabric.storage_scope"},
	{"onelake_forbidden", []Service{OneLake}, Match{Status: []int{403}}, Refused,
		"OneLake refused this program's service principal{{.Said}}: ask an administrator of the workspace to give it the Contributor role and whether the capacity is paused, " +
			"and a Fabric administrator whether “Users can access data stored in OneLake with apps external to Fabric” is switched on"},
	{"onelake_not_found", []Service{OneLake}, Match{Status: []int{404}}, Refused,
		"OneLake does not find the lakehouse{{.Said}}: check fabric.workspace_id and fabric.lakehouse_id, and ask an administrator of the workspace to make the service principal a member"},
	{"onelake_names", []Service{OneLake}, Match{Codes: []string{"FriendlyNameSupportDisabled"}}, Refused,
		"OneLake did not understand which lakehouse is meant{{.Said}}: check fabric.workspace_id and fabric.lakehouse_id"},

	// Anything else, by its status.
	{"redirect", []Service{Fabric, OneLake}, Match{Status: []int{3}}, Refused,
		"the network answered in the place of {{.Service}} with a redirect: check whether it wants a sign-in of its own, and the addresses under [fabric] in the configuration"},
	{"own_problem", []Service{Fabric, OneLake}, Match{Status: []int{5, 408, 429}}, Passing,
		"{{.Service}} has a problem of its own (HTTP {{.Status}}){{.Said}}: try again {{.Wait}}, and where it lasts look at https://support.fabric.microsoft.com/support"},
	// What the program itself finds amiss with an answer.
	{"another_job", []Service{Fabric}, Match{Codes: []string{AnotherJob}}, Passing,
		"Fabric answered about another job than the one that was asked for: the run's state is left as it was"},
	{"endless_list", []Service{Fabric}, Match{Codes: []string{EndlessList}}, Passing,
		"Fabric's list of jobs did not come to an end: it will be asked again"},
	{"no_definition", []Service{Fabric}, Match{Codes: []string{NoDefinition}}, Passing,
		"Fabric could not show the pipeline's definition{{.Said}}: open the pipeline in Fabric, save it, and try again"},
	{"not_understood", []Service{Fabric}, Match{Status: []int{2}}, Passing,
		"Fabric's answer was not understood while {{.Doing}}: check fabric.api_url, and whether a proxy stands in between"},
	{"step", []Service{Step}, Match{}, Refused, "{{.Words}}"},
	{"unknown", nil, Match{}, Refused,
		"{{.Service}} refused while {{.Doing}} (HTTP {{.Status}}){{.Said}}: ask the pipeline's owner to run it once in Fabric, which shows more"},
}

// Codes of the program's own, for answers that bear none.
const (
	AnotherJob   = "another_job"
	EndlessList  = "endless_list"
	NoDefinition = "no_definition"
)

const (
	capacityFull   = "Fabric's capacity is in full use{{.Said}}: try again {{.Wait}}, and where that happens often ask the administrator of the capacity for a larger one"
	networkPolicy  = "the workspace's inbound policy does not let this network in{{.Said}}: use the company's network or VPN, or ask an administrator of the workspace to allow this one"
	notebookRights = "the identity under which the notebook runs has no right to it{{.Said}}: ask the pipeline's owner to save the pipeline under a name that has the Contributor role, or to give its connection that role"
)

// find is the first entry that matches; code is what stands inside of the message.
func find(a Answer, code string) Entry {
	for _, e := range slices.Concat(entra, Entries) {
		if (len(e.For) == 0 || slices.Contains(e.For, a.Service)) && e.Match.matches(a, code) {
			return e
		}
	}
	return Entry{ID: "unknown", Text: "{{.Service}} refused (HTTP {{.Status}}){{.Said}}"} // not reached, as the last entry takes all
}

func (m Match) matches(a Answer, inner string) bool {
	if m.Final && !a.Final || m.Foreign && !a.Foreign {
		return false
	}
	if len(m.Status) > 0 && !slices.ContainsFunc(m.Status, func(s int) bool { return s == a.Status || s < 10 && s == a.Status/100 }) {
		return false
	}
	if len(m.Codes) > 0 && !slices.ContainsFunc(m.Codes, func(c string) bool {
		return strings.EqualFold(c, a.Code) || strings.EqualFold(c, inner) || c == entraAny && strings.HasPrefix(a.Code, entraAny) || strings.Contains(a.Message, "["+c+"]")
	}) {
		return false
	}
	return m.Says == nil || m.Says.MatchString(a.Message)
}

// says is a pattern, without regard to case.
func says(pattern string) *regexp.Regexp { return regexp.MustCompile(`(?i)` + pattern) }

// class is the entry's, but where the status alone says more of an answer that is not the service's own.
func (e Entry) class(a Answer) Class {
	if e.Match.Foreign && a.Status >= http.StatusInternalServerError {
		return Passing
	}
	return e.Class
}
