package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/go-chi/chi/v5/middleware"
)

// panicked is the error that a panic becomes. The stack is for the report alone.
type panicked struct {
	value any
	stack []byte
}

func (p panicked) Error() string { return fmt.Sprintf("panic: %v\n%s", p.value, p.stack) }

// catchPanics answers a panic as any other fault of ours, unless part of an answer is out already.
func (a *api) catchPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			value := recover()
			if value == nil {
				return
			}
			if err, ok := value.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				visitOf(r).abandoned = true
				return
			}
			fault := panicked{value, debug.Stack()}
			if sent, ok := w.(middleware.WrapResponseWriter); ok && sent.Status() != 0 {
				visitOf(r).abandoned = true
				a.reportCause(r, fault)
				return
			}
			a.refuse(w, r, fault)
		}()
		next.ServeHTTP(w, r)
	})
}
