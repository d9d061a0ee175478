package app

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"time"

	"hospital.example/doctor-service/config"
)

func healthFlags(set *flag.FlagSet) any {
	return set.Bool("ready", false, "ask whether the service is ready, not only whether it is alive")
}

// healthcheck is for containers without a shell.
func (p program) healthcheck(ctx context.Context, flags any) int {
	c, err := config.Load(p.environ)
	if err != nil {
		return p.misuse(err)
	}
	host, port, err := net.SplitHostPort(string(c.MetricsAddr))
	if err != nil {
		return p.misuse(err)
	}
	if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	path := "/healthz"
	if *flags.(*bool) {
		path = "/readyz"
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+path, http.NoBody)
	if err != nil {
		return p.misuse(err)
	}
	direct := http.Client{Transport: &http.Transport{}} // whatever proxy the environment names: this is next door
	answer, err := direct.Do(ask)
	if err != nil {
		return p.refuse(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return p.refuse(fmt.Errorf("%s answers %s", path, answer.Status))
	}
	return succeeded
}
