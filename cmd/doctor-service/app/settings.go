package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hospital.example/doctor-service/adapters/argon2"
	"hospital.example/doctor-service/adapters/commonpasswords"
	"hospital.example/doctor-service/adapters/http/wording"
	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/config"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// settings is what the configuration means to the house.
type settings struct {
	config.Config
	driver    outbound.StorageDriver
	storage   outbound.StorageOptions
	argon2    argon2.Params
	rules     application.Settings
	bootstrap *application.NewAdministrator // nil: not configured
}

// The name of an administrator whom nobody has named.
const administratorName = "管理员"

// interpret turns settings into the house's values. What the house refuses is a fault of the variable it came from, unless
// a fault of that variable is known.
func interpret(
	c config.Config, faults config.Faults, drivers []outbound.StorageDriver, l wording.Language,
) (settings, error) {
	fault := func(variable, reason string) {
		if !faults.About(variable) {
			faults = append(faults, config.Fault{Variable: variable, Reason: reason})
		}
	}
	s := settings{
		Config:  c,
		storage: outbound.StorageOptions{URL: c.Storage.Reveal, SchemaURL: c.MigrateStorage.Reveal},
		rules: application.Settings{
			Registration:    application.Registration(c.Registration),
			Policy:          doctor.PasswordPolicy{MinLength: c.PasswordMin, Common: commonpasswords.Common},
			TokenTTL:        c.TokenTTL,
			ReauthWindow:    c.ReauthWindow,
			LoginFailures:   c.LoginFailures,
			SourceFailures:  c.SourceFailures,
			AccountFailures: c.AccountFailures,
		},
	}
	at := slices.IndexFunc(drivers, func(d outbound.StorageDriver) bool { return slices.Contains(d.Schemes, c.Storage.Scheme()) })
	switch {
	case faults.About("DOCTOR_STORAGE"): // there is nothing to look at
	case at < 0:
		fault("DOCTOR_STORAGE", "must begin with one of "+strings.Join(schemes(drivers), ", "))
	default:
		s.driver = drivers[at]
		if s.driver.Embedded && !same(c.Storage, c.MigrateStorage) {
			fault("DOCTOR_MIGRATE_STORAGE", "must be DOCTOR_STORAGE: an embedded database has no roles")
		}
		if _, err := s.path(); err != nil {
			fault("DOCTOR_STORAGE", err.Error())
		}
		if err := s.check(c.Storage); err != nil {
			fault("DOCTOR_STORAGE", err.Error())
		} else if err := s.check(c.MigrateStorage); err != nil {
			fault("DOCTOR_MIGRATE_STORAGE", err.Error())
		}
	}
	var err error
	if s.argon2, err = argon2.ParseParams(c.Argon2); err != nil {
		fault("DOCTOR_ARGON2", err.Error())
	}
	if c.BootstrapPhone != "" && !c.BootstrapPass.Empty() {
		s.bootstrap, err = bootstrap(c, s.rules.Policy)
		for _, invalid := range doctor.Faults(err) {
			fault("DOCTOR_BOOTSTRAP_ADMIN_"+strings.ToUpper(invalid.Field), wording.Reason(invalid, l))
		}
		if err != nil && doctor.Faults(err) == nil {
			fault("DOCTOR_BOOTSTRAP_ADMIN_PASSWORD", err.Error())
		}
	}
	if len(faults) > 0 {
		return settings{}, faults
	}
	return s, nil
}

// check asks the driver about a URL.
func (s settings) check(url config.Secret) error {
	plain, err := url.Reveal()
	if err != nil || s.driver.Check == nil {
		return err
	}
	return s.driver.Check(plain)
}

func same(a, b config.Secret) bool {
	one, faultA := a.Reveal()
	other, faultB := b.Reveal()
	return one == other && faultA == nil && faultB == nil
}

func bootstrap(c config.Config, policy doctor.PasswordPolicy) (*application.NewAdministrator, error) {
	plain, err := c.BootstrapPass.Reveal()
	if err != nil {
		return nil, err
	}
	first, err := newAdministrator(c.BootstrapPhone, plain, policy)
	return &first, err
}

// newAdministrator is one whom nobody has named.
func newAdministrator(typed, password string, policy doctor.PasswordPolicy) (application.NewAdministrator, error) {
	phone, phoneFault := doctor.ParsePhone(typed)
	name, nameFault := doctor.ParseName(administratorName)
	chosen, passwordFault := policy.Choose(doctor.FieldPassword, doctor.TypedPassword(password), phone, name)
	return application.NewAdministrator{Phone: phone, Name: name, Password: chosen},
		errors.Join(phoneFault, nameFault, passwordFault)
}

// migration brings the schema up to date at start; nil: it is only compared.
func (s settings) migration() func(context.Context) error {
	if s.Migrate != "auto" || s.driver.Migrate == nil {
		return nil
	}
	return func(ctx context.Context) error { return s.driver.Migrate(ctx, s.storage) }
}

func schemes(drivers []outbound.StorageDriver) []string {
	var all []string
	for _, d := range drivers {
		for _, scheme := range d.Schemes {
			all = append(all, scheme+":")
		}
	}
	return all
}

// keyFolder says where the signing keys are; empty: in memory only, as the data are.
func (s settings) keyFolder() (string, error) {
	switch {
	case s.SigningKeyDir != "":
		return s.SigningKeyDir, nil
	case !s.driver.Embedded:
		return "", config.Faults{{Variable: "DOCTOR_SIGNING_KEY_DIR", Reason: fmt.Sprintf(
			"is required with %s:, so that all replicas sign with the same keys", s.Storage.Scheme())}}
	}
	path, err := s.path()
	if path == "" || err != nil {
		return "", err
	}
	return path + ".keys", nil
}

// path is the file of an embedded database; empty: there is none.
func (s settings) path() (string, error) {
	if s.driver.Path == nil {
		return "", nil
	}
	url, err := s.Storage.Reveal()
	if err != nil {
		return "", err
	}
	return s.driver.Path(url)
}
