package httpapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// envelope is what every answer looks like. Its members keep this order for ever.
type envelope struct {
	Code    int    `json:"code"`
	Msg     string `json:"msg"`
	Message string `json:"message,omitempty"` // on the profile's path only
	Data    any    `json:"data"`
}

// profilePath is the one path whose answers have a shape of their own: the document that front ends were written
// against has `message` where all others have `msg`, so both are there.
const profilePath = "/doctor/doctor_manage"

var done = text{"操作成功", "OK"}

// answer is what an endpoint has to say when nothing stood in the way.
type answer struct {
	code int // 0, but where the document says otherwise
	data any
	tag  string // the ETag of what is shown or was changed; empty: none
}

// endpoint does what one route is for.
type endpoint func(*http.Request) (answer, error)

// open serves an endpoint that asks for no token.
func (a *api) open(do endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		said, err := do(r)
		if err != nil {
			a.refuse(w, r, err)
			return
		}
		if said.tag != "" {
			w.Header().Set("ETag", said.tag)
		}
		write(w, r, http.StatusOK, envelope{Code: said.code, Msg: done[langOf(r)], Data: said.data})
	}
}

// write sends an envelope.
func write(w http.ResponseWriter, r *http.Request, status int, e envelope) {
	if routedPath(r) == profilePath {
		e.Message = e.Msg
	}
	body := encode(e)
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Add("Vary", "Accept-Language")
	if r.ContentLength != 0 && !visitOf(r).bodyRead {
		// net/http would wait for the rest of the body before it sends anything. Who is refused learns it at once, and
		// what is still to come can never be taken for the next request.
		h.Set("Connection", "close")
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that left misses nothing
}

func encode(v any) []byte {
	b := bytes.NewBuffer(make([]byte, 0, 512))
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false) // this is no HTML, and people read it
	if err := e.Encode(v); err != nil {
		panic(err) // every type that comes here can be encoded
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// routedPath is the path by which a request was routed: as it was spelt.
func routedPath(r *http.Request) string {
	if r.URL.RawPath != "" {
		return r.URL.RawPath
	}
	return r.URL.Path
}
