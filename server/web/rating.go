package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"escalate/app/wire"
	"escalate/server/escalation"
)

// A rating has to come from a customer who was let in: agents have the code as
// well. The proof is the key that came with the customer's token, by itself in
// what the page sends, and in a cookie for the page that needs no script.

// errRatingKey is a rating without the proof.
var errRatingKey = errors.New("rating key does not fit")

// ratingCookie is the beginning of the cookie's name, which ends in the code: a
// browser may have been in several calls.
const ratingCookie = "escalate-rating-"

// ratingCookieAge is longer than any escalation can be rated: a call lasts a
// day at most, and its Document two hours more.
const ratingCookieAge = 26 * time.Hour

// ratings take what customers think of their call, from those who can prove that
// they were let in.
type ratings struct {
	escalations Escalations
	keys        leaveKeys
	secure      bool // the pages come over https
}

// handCookie gives the proof to a customer who is let in.
func (rs *ratings) handCookie(w http.ResponseWriter, j escalation.Join) {
	if j.Waiting {
		return
	}
	code := j.Escalation.Code
	http.SetCookie(w, &http.Cookie{
		Name: ratingCookie + code, Value: j.Identity + "." + rs.keys.of(code, j.Identity),
		// Where the form is, and where it is sent.
		Path: strings.TrimSuffix(wire.JoinPath(""), "/"), MaxAge: int(ratingCookieAge / time.Second),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: rs.secure,
	})
}

// ofCookie returns the identity that the request carries the proof for;
// empty without.
func (rs *ratings) ofCookie(r *http.Request, code string) (identity string) {
	c, err := r.Cookie(ratingCookie + strings.ToLower(code))
	if err != nil {
		return ""
	}
	at := strings.LastIndexByte(c.Value, '.')
	if at < 0 {
		return ""
	}
	return rs.proven(code, c.Value[:at], c.Value[at+1:])
}

// proven returns the identity if key is the proof that it is a customer's of the
// code; empty if not.
func (rs *ratings) proven(code, identity, key string) string {
	if wire.RoleOf(identity) == wire.RoleCustomer && len(identity) <= maxIdentity && rs.keys.fits(key, code, identity) {
		return identity
	}
	return ""
}

// rate stores a rating if its sender may give it, and returns the one that is
// kept. identity is the sender's, empty without proof.
func (rs *ratings) rate(r *http.Request, code string, in escalation.Rating, identity string) (escalation.Rating, error) {
	if err := in.Check(); err != nil {
		return escalation.Rating{}, err
	}
	if identity == "" {
		// A code that is not there is a guess, whatever else is wrong.
		if _, err := rs.escalations.Get(r.Context(), code); err != nil {
			return escalation.Rating{}, err
		}
		return escalation.Rating{}, errRatingKey
	}
	return rs.escalations.Rate(r.Context(), code, identity, in.Score, in.Comment)
}

// post takes a rating from a page that runs the program.
func (rs *ratings) post(w http.ResponseWriter, r *http.Request, code string) error {
	var in wire.Rating
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	kept, err := rs.rate(r, code, escalation.Rating{Score: in.Score, Comment: in.Comment}, rs.proven(code, in.Identity, in.Key))
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, wire.Rating{Score: kept.Score, Comment: kept.Comment})
	return nil
}
