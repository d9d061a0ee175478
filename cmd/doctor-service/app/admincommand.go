package app

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/term"

	"hospital.example/doctor-service/adapters/argon2"
	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/domain/doctor"
)

type adminWords struct{ phone, name *string }

func adminFlags(set *flag.FlagSet) any {
	return adminWords{
		phone: set.String("phone", "", "phone to log in with (required)"),
		name:  set.String("name", administratorName, "name"),
	}
}

// adminCreate adds an administrator. The password never is an argument: others on the machine see those.
func (p program) adminCreate(ctx context.Context, flags any) int {
	s, err := p.settings()
	if err != nil {
		return p.complain(misused, err)
	}
	words := flags.(adminWords)
	phone, phoneFault := doctor.ParsePhone(*words.phone)
	name, nameFault := doctor.ParseName(*words.name)
	if err := errors.Join(phoneFault, nameFault); err != nil {
		return p.complain(misused, err)
	}
	typed, err := p.password()
	if err != nil {
		return p.refuse(err)
	}
	chosen, err := s.rules.Policy.Choose(doctor.FieldPassword, doctor.TypedPassword(typed), phone, name)
	if err != nil {
		return p.refuse(err)
	}
	store, err := s.driver.Open(ctx, s.storage)
	if err != nil {
		return p.refuse(err)
	}
	defer func() { _ = store.Close() }() // what counts was committed
	if migrate := s.migration(); migrate != nil {
		if err := migrate(ctx); err != nil {
			return p.refuse(err)
		}
	}
	core := application.Core{
		Storage: store, Passwords: argon2.New(s.argon2, argon2.Capacity{}), Clock: time.Now, Pinyin: newPinyin(),
		Settings: s.rules,
	}
	id, err := core.CreateAdministrator(ctx, application.NewAdministrator{Phone: phone, Name: name, Password: chosen})
	if err != nil {
		return p.refuse(err)
	}
	p.say("administrator %d was created", id)
	return succeeded
}

// password asks twice on a terminal, and else reads a line.
func (p program) password() (string, error) {
	fd := int(p.stdin.Fd())
	if !term.IsTerminal(fd) {
		line, err := bufio.NewReader(io.LimitReader(p.stdin, 1<<12)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	var typed [2]string
	for i, prompt := range []string{"Password: ", "Again: "} {
		_, _ = fmt.Fprint(p.stderr, prompt)
		line, err := term.ReadPassword(fd)
		_, _ = fmt.Fprintln(p.stderr)
		if err != nil {
			return "", err
		}
		typed[i] = string(line)
	}
	if typed[0] != typed[1] {
		return "", errors.New("the two passwords differ")
	}
	return typed[0], nil
}
