package ecwid

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Kind says what a failed call means for the caller.
type Kind string

// The kinds of failure (ecwid.md 1.3, 1.4).
const (
	Unauthorized Kind = "unauthorized" // the token does not work: ask no more until it is changed
	Scope        Kind = "scope"        // the token works but may not do this
	Plan         Kind = "plan"         // the shop's plan has no API, or the shop is suspended: ask hourly at most
	RateLimited  Kind = "rate limited" // too many requests: RetryAfter says how long to wait
	Temporary    Kind = "temporary"    // the shop or the way to it is down: ask again later
	NotFound     Kind = "not found"
	Malformed    Kind = "malformed" // the answer is not what the API promises
	Other        Kind = "other"
)

// APIError is a failed call. Its Error is a sentence for the shopkeeper.
type APIError struct {
	Status     int    // HTTP status; 0 when no answer came
	Code       string // the shop's errorCode; often ""
	Message    string // the shop's own words, shortened; often ""
	Kind       Kind
	RetryAfter time.Duration // how long to wait before asking again; 0 when not said
	Missing    string        // the scope that is missing, when Kind is Scope
	err        error         // the cause below, when there is one
}

// Error says what happened and what to do about it.
func (e *APIError) Error() string {
	switch e.Kind {
	case Unauthorized:
		return "the shop refuses the access token" + e.words() + ". Copy the secret token (it begins with secret_) from the custom app in the Ecwid admin into the settings, and check the store ID. Nothing more is asked until then"
	case Scope:
		return fmt.Sprintf("the access token may not do this: it lacks the scope %s%s. Add the scope to the custom app in the Ecwid admin and reinstall the app", e.Missing, e.words())
	case Plan:
		if e.Code == "STORE_IS_SUSPENDED" {
			return "the shop is suspended" + e.words() + ". Sort it out with Ecwid; it is tried again in an hour"
		}
		return "the shop's Ecwid plan does not include the API" + e.words() + ". Upgrade the plan; it is tried again in an hour"
	case RateLimited:
		return fmt.Sprintf("the shop asks us to wait %s before the next request%s. Nothing is lost; it goes on by itself", e.RetryAfter.Round(time.Second), e.words())
	case Temporary:
		if e.Status == 0 {
			return fmt.Sprintf("the shop could not be reached: %v. Check the internet connection; it is tried again by itself", e.err)
		}
		return fmt.Sprintf("the shop has trouble of its own (HTTP %d%s). Nothing is lost; it is tried again by itself", e.Status, e.words())
	case NotFound:
		if e.Code == "STORE_NOT_FOUND" {
			return "there is no shop with this store ID" + e.words() + ". The store ID is in the footer of the Ecwid admin"
		}
		return "the shop does not know what was asked for" + e.words() + ". It may have been deleted there"
	case Malformed:
		return fmt.Sprintf("the shop's answer cannot be read: %v. If it stays so, check that nothing between here and the shop (proxy, filter, hotel network) answers in its place", e.err)
	}
	return fmt.Sprintf("the shop answered HTTP %d%s, which was not expected. Please report it", e.Status, e.words())
}

// words are the shop's own, in brackets.
func (e *APIError) words() string {
	switch {
	case e.Message != "" && e.Code != "":
		return fmt.Sprintf(" (%s: %s)", e.Code, e.Message)
	case e.Message != "" || e.Code != "":
		return " (" + e.Code + e.Message + ")"
	}
	return ""
}

// Unwrap gives the cause below: a network error, a JSON error.
func (e *APIError) Unwrap() error { return e.err }

// KindOf gives the kind of the APIError inside err, or "" when there is none.
func KindOf(err error) Kind {
	var api *APIError
	if errors.As(err, &api) {
		return api.Kind
	}
	return ""
}

// refusal reads an answer that is not 200. scope is what the call needs.
func (c *Client) refusal(status int, header http.Header, body []byte, scope string) *APIError {
	e := &APIError{Status: status, Kind: Other}
	e.Code, e.Message = c.refusalWords(body)
	switch {
	case status == http.StatusForbidden && e.Code == "INSUFFICIENT_APP_SCOPE":
		e.Kind, e.Missing = Scope, scope
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		e.Kind = Unauthorized
	case status == http.StatusPaymentRequired:
		e.Kind, e.RetryAfter = Plan, planPause
	case status == http.StatusTooManyRequests:
		e.Kind, e.RetryAfter = RateLimited, c.retryAfter(header, defaultWait)
	case status >= 500, status == http.StatusRequestTimeout:
		e.Kind, e.RetryAfter = Temporary, c.retryAfter(header, 0)
	case status == http.StatusNotFound:
		e.Kind = NotFound
	}
	return e
}

// refusalWords finds code and message. Old answers use other names, and the
// body may be empty or HTML (ecwid.md 1.3); HTML tells a shopkeeper nothing.
func (c *Client) refusalWords(body []byte) (code, message string) {
	var words struct {
		ErrorCode    any `json:"errorCode"`
		ErrorMessage any `json:"errorMessage"`
		Error        any `json:"error"`
		OldMessage   any `json:"error_message"`
	}
	if json.Unmarshal(body, &words) != nil {
		return "", ""
	}
	for _, w := range []any{words.ErrorMessage, words.OldMessage, words.Error} {
		if text, ok := w.(string); ok && text != "" {
			message = text
			break
		}
	}
	code, _ = words.ErrorCode.(string)
	return c.clean(code), c.clean(message)
}

// clean makes the shop's words fit for a line of text: one line, at most 200
// characters, and never the token, should the shop repeat it.
func (c *Client) clean(text string) string {
	text = strings.ReplaceAll(text, c.token, "(token)")
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > 200 {
		text = string(r[:200]) + "…"
	}
	return text
}
