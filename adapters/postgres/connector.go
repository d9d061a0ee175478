package postgres

import (
	"context"
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/lib/pq"

	"hospital.example/doctor-service/ports/outbound"
)

// connector makes connections for database/sql. It asks for the URL each time, so that a rotated password is taken up.
type connector struct {
	url    func() (string, error)
	adjust func(*location)
	each   time.Duration // the deadline of each read and write; zero: none
}

// Connect opens one connection. Whatever stands in its way (a file with the URL that is being replaced, a certificate, a
// standby) may pass or be mended while we run.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.connect(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: connecting: %w", outbound.ErrUnavailable, err)
	}
	return conn, nil
}

func (c connector) connect(ctx context.Context) (driver.Conn, error) {
	l, err := c.locate()
	if err != nil {
		return nil, err
	}
	one, err := pq.NewConnectorConfig(l.config)
	if err != nil {
		return nil, fmt.Errorf("the storage URL cannot be used: %w", err)
	}
	if c.each == 0 {
		return one.Connect(ctx)
	}
	d := &dialer{each: c.each}
	one.Dialer(d)
	heeded := context.AfterFunc(ctx, d.giveUp) // lib/pq minds the context while it dials, not while it says hello
	defer heeded()
	conn, err := one.Connect(ctx)
	d.connected()
	return conn, err
}

func (c connector) locate() (location, error) {
	raw, err := c.url()
	if err != nil {
		return location{}, fmt.Errorf("the storage URL cannot be read: %w", err)
	}
	l, err := locate(raw)
	if err == nil {
		c.adjust(&l)
	}
	return l, err
}

// Driver names the driver beneath.
func (connector) Driver() driver.Driver { return &pq.Driver{} }
