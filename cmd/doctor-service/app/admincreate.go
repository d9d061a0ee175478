package app

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"golang.org/x/term"

	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/domain/doctor"
)

type newAdmin struct{ phone, name *string }

func createFlags(set *flag.FlagSet) any {
	return newAdmin{
		phone: set.String("phone", "", "`PHONE` to log in with (required)"),
		name:  set.String("name", administratorName, "`NAME`"),
	}
}

// adminCreate adds an administrator. The password never is an argument: others on the machine see those.
func (p program) adminCreate(ctx context.Context, flags any) int {
	s, err := p.settings()
	if err != nil {
		return p.misuse(err)
	}
	words := flags.(newAdmin)
	phone, phoneFault := doctor.ParsePhone(*words.phone)
	name, nameFault := doctor.ParseName(*words.name)
	if err := errors.Join(phoneFault, nameFault); err != nil {
		return p.misuse(err)
	}
	return p.inOffice(ctx, s, func(core *application.Core) error {
		typed, err := p.password()
		if err != nil {
			return err
		}
		chosen, err := s.rules.Policy.Choose(doctor.FieldPassword, doctor.TypedPassword(typed), phone, name)
		if err != nil {
			return err
		}
		id, err := core.CreateAdministrator(ctx, application.NewAdministrator{Phone: phone, Name: name, Password: chosen})
		if err != nil {
			return err
		}
		p.say("administrator %d was created", id)
		return nil
	})
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
		return "", said{"两次输入的密码不一致", "the two passwords differ"}
	}
	return typed[0], nil
}
