package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"text/tabwriter"

	"go.uber.org/zap"

	"hospital.example/doctor-service/adapters/jwt"
	"hospital.example/doctor-service/adapters/telemetry"
)

// configCheck shows the settings as the service would take them, secrets left out.
func (p program) configCheck(_ context.Context, _ any) int {
	s, err := p.settings()
	if err != nil {
		return p.misuse(err)
	}
	if err := s.look(); err != nil {
		return p.refuse(err)
	}
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for name, value := range s.Show() {
		_, _ = fmt.Fprintf(table, "%s\t%s\n", name, value)
	}
	_ = table.Flush()
	return succeeded
}

// look sees whether the folders are there that the settings name, and makes none.
func (s settings) look() error {
	if path, err := s.path(); err != nil {
		return err
	} else if path != "" {
		if entry, err := os.Stat(filepath.Dir(path)); err != nil {
			return err
		} else if !entry.IsDir() {
			return fmt.Errorf("%s is no folder", filepath.Dir(path))
		}
	}
	keys, err := s.keyFolder()
	if keys == "" || err != nil {
		return err
	}
	if _, err := os.Stat(keys); s.SigningKeyDir == "" && errors.Is(err, fs.ErrNotExist) {
		return nil // the first start makes it
	}
	_, err = jwt.OpenKeys(keys, telemetry.Reporter{Log: zap.NewNop()})
	return err
}
