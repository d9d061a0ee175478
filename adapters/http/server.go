package httpapi

import (
	"context"
	"log"
	"net/http"
	"strings"
	"time"

	"hospital.example/doctor-service/ports/outbound"
)

// Server is a server that slow, greedy and silent clients cannot exhaust. It answers broken HTTP itself, in plain text:
// 400 for bad framing, 417, 431, 501, 505.
func Server(h http.Handler, report outbound.Reporter) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second, // then the body came too slowly
		WriteTimeout:      15 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
		// Else net/http would answer "OPTIONS *" with an empty 200.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     log.New(lines{report}, "", 0),
	}
}

// lines takes what net/http has to say.
type lines struct{ report outbound.Reporter }

func (l lines) Write(line []byte) (int, error) {
	l.report.Report(context.Background(), outbound.Warning, "the HTTP server says: "+strings.TrimSpace(string(line)))
	return len(line), nil
}
