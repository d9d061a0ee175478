package app

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"golang.org/x/term"

	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

type erasure struct {
	whom
	yes *bool
}

func eraseFlags(set *flag.FlagSet) any {
	return erasure{whom: whomFlags(set), yes: set.Bool("yes", false, "do not ask")}
}

// adminErase forgets a doctor for good: the one that was shown, not what somebody has made of it meanwhile.
func (p program) adminErase(ctx context.Context, flags any) int {
	words := flags.(erasure)
	ask := !*words.yes
	if ask && !term.IsTerminal(int(p.stdin.Fd())) {
		return p.misuse(said{
			"医生注销后无法恢复：无法询问时请加 --yes", "nothing brings an erased doctor back: say --yes where nobody can be asked",
		})
	}
	return p.onDoctor(ctx, words.whom, func(core *application.Core, d *doctor.Doctor) error {
		if ask {
			if err := confirm(d, p.stdin, p.stderr); err != nil {
				return err
			}
		}
		command := about(d)
		command.IfMatch = &inbound.Match{Versions: []int64{d.Version()}}
		if _, err := core.EraseDoctor(ctx, command); err != nil {
			return err
		}
		p.say("doctor %d is erased", d.ID())
		return nil
	})
}

// confirm shows who is to be erased, and has the phone repeated, which is not shown.
func confirm(d *doctor.Doctor, from io.Reader, to io.Writer) error {
	t := table{}
	for _, f := range factsOf(d) {
		if f.name != doctor.FieldPhone {
			t = append(t, []string{f.name, f.inWords()})
		}
	}
	t.write(to)
	_, _ = fmt.Fprint(to, "To erase this doctor for good, type its phone: ")
	line, err := bufio.NewReader(io.LimitReader(from, 1<<12)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if phone, err := doctor.ParsePhone(line); err != nil || phone != d.Profile().Phone {
		return said{"手机号不符，未注销任何医生", "that is not its phone: nobody was erased"}
	}
	return nil
}
