package rest

import (
	"net/http"
	"slices"
	"strings"

	"escalate/server/localtwilio/reached"
)

// refusing makes of f a handler that answers 400 to parameters that Twilio's document
// names for the operation and f does not carry out: better than a call that succeeds
// and does something else. What Twilio does not know either is ignored, as Twilio
// ignores it. A parameter is one of the query, of the form or of the headers.
//
// NAME refuses the parameter whatever it says; NAME=VALUE does not refuse that one
// value, in upper or lower case, since it asks for what is done anyway ("Ttl=0" where
// nothing ends); several of one name add up. With Config.IgnoreUnsupported a warning is
// logged instead.
//
// It stands outside all else, so that the answer is the same whatever exists.
func refusing(f handler, parameters ...string) handler {
	return func(c *call) error {
		for _, p := range parameters {
			name, _, _ := strings.Cut(p, "=")
			given := slices.Concat(c.r.Form[name], c.r.Header.Values(name))
			for _, v := range given {
				if slices.ContainsFunc(parameters, func(q string) bool { return strings.EqualFold(q, name+"="+v) }) {
					continue
				}
				if !c.api.ignoreUnsupported {
					return unsupported(name)
				}
				c.api.log.Warn("local Twilio does not carry out a parameter, and ignores it",
					"parameter", name, "method", c.r.Method, "path", reached.Shape(c.r.URL.Path))
			}
		}
		return f(c)
	}
}

// unsupported is the answer to a parameter, or a value of one, that Twilio takes and local
// Twilio does not carry out. The code is the one that Twilio has for a parameter that is
// not valid, since it has none for this.
func unsupported(name string) *Error {
	return &Error{
		Status: http.StatusBadRequest, Code: codeInvalidParameter,
		Message: "Invalid parameter " + name + ": local Twilio does not carry it out",
	}
}
