package faults

import (
	"encoding/json"
	"net/http"
)

// Refusal is an error as a service answers it.
type Refusal struct {
	Status        int
	Code, Message string
	Final         bool // it says that asking again is of no use
}

// Refuse writes an error in the form of one API.
type Refuse func(w http.ResponseWriter, r Refusal)

// usual are the codes and messages with which the services refuse.
var usual = map[int][2]string{
	400: {"InvalidInput", "The request has an invalid input"},
	401: {"Unauthorized", "Access token is missing, expired or invalid"},
	403: {"InsufficientPrivileges", "The caller does not have sufficient permissions to perform this operation"},
	404: {"ItemNotFound", "The requested item was not found"},
	409: {"OperationConflict", "Another operation on the item is in progress"},
	429: {"RequestBlocked", "Request is blocked by the upstream service until: later"},
	430: {"TooManyRequestsForCapacity", "This Spark job can't be run because you have hit a Spark compute or API rate limit"},
	500: {"InternalServerError", "An unexpected error happened on our end"},
	503: {"ServiceUnavailable", "The service is temporarily unavailable"},
}

func (f Fault) refusal() Refusal {
	r := Refusal{Status: f.Status, Code: "InternalServerError", Message: "An unexpected error happened on our end", Final: f.Final}
	if u, ok := usual[f.Status]; ok {
		r.Code, r.Message = u[0], u[1]
	}
	if f.Code != "" {
		r.Code = f.Code
	}
	if f.Message != "" {
		r.Message = f.Message
	}
	if f.Nested {
		inner, err := json.Marshal(map[string]any{"error": map[string]any{"code": r.Code, "message": r.Message}})
		if err != nil { // texts can always be marshalled
			panic(err)
		}
		r.Code, r.Message = "BadRequest", "The service answered: "+string(inner)
	}
	return r
}
