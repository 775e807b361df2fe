package bridge

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"sync"
	"unicode/utf8"
)

// bodyLimit is how many bytes of a SOAP request or answer are logged at most.
const bodyLimit = 64 << 10

// logBodies writes every request and answer of the Web Connector to the log of
// bodies, when there is one: cut to 64 KB, and without passwords and whatever
// else the log hides (P60).
func (b *Bridge) logBodies(next http.Handler) http.Handler {
	if b.Bodies == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var request, answer start
		r.Body = readCloser{io.TeeReader(r.Body, &request), r.Body}
		next.ServeHTTP(&seenWriter{ResponseWriter: w, seen: &answer}, r)
		b.Bodies.Info("a call of the Web Connector", "from", r.RemoteAddr, "method", r.Method, "query", r.URL.RawQuery,
			"request_bytes", request.size, "request", request.text(), "answer_bytes", answer.size, "answer", answer.text())
	})
}

type readCloser struct {
	io.Reader
	io.Closer
}

type seenWriter struct {
	http.ResponseWriter
	seen *start
}

func (w *seenWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	_, _ = w.seen.Write(p[:n]) // start never fails
	return n, err
}

// start keeps the beginning of what is written to it.
type start struct {
	kept bytes.Buffer
	size int64
}

func (s *start) Write(p []byte) (int, error) {
	s.size += int64(len(p))
	s.kept.Write(p[:min(len(p), bodyLimit-s.kept.Len())])
	return len(p), nil
}

// passwordElement is the element that carries the Web Connector's password,
// with whatever is in it, also when its end was cut off.
var passwordElement = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?is)(<(?:[\w.-]+:)?\w*password\b[^>]*>).*?(</(?:[\w.-]+:)?\w*password\s*>|$)`)
})

// text gives what was kept without passwords. What is no UTF-8 text is not
// shown: a password in it could not be found.
func (s *start) text() string {
	kept := s.kept.Bytes()
	if s.size > int64(len(kept)) { // the cut may be within a character
		for i := 0; i < utf8.UTFMax && !utf8.Valid(kept) && len(kept) > 0; i++ {
			kept = kept[:len(kept)-1]
		}
	}
	if !utf8.Valid(kept) || bytes.IndexByte(kept, 0) >= 0 {
		return "(no UTF-8 text: not shown)"
	}
	text := passwordElement().ReplaceAllString(string(kept), "${1}"+hidden+"${2}")
	if s.size > int64(len(kept)) {
		text += "...(cut)"
	}
	return text
}
