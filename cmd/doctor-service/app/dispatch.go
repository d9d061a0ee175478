package app

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

// run runs a command. One whose result could not be printed has not succeeded: who sends a list to a full disk must not
// take half of it for the whole.
func (p program) run(ctx context.Context, args []string) int {
	printed := &output{to: p.stdout}
	p.stdout = printed
	code := p.dispatch(ctx, args)
	if printed.fault != nil && code != misused {
		return p.complain(failed, p.told(fmt.Errorf("not all was printed: %w", printed.fault)))
	}
	return code
}

// output is standard output, and remembers why something could not be written to it.
type output struct {
	to    io.Writer
	fault error
}

func (o *output) Write(text []byte) (int, error) {
	n, err := o.to.Write(text)
	o.fault = cmp.Or(o.fault, err)
	return n, err
}

// dispatch finds the command. Its words come first, then its flags.
func (p program) dispatch(ctx context.Context, args []string) int {
	if len(args) > 0 && args[0] == "help" {
		args = append(slices.Clone(args[1:]), "--help")
	}
	words := 0
	for words < len(args) && !strings.HasPrefix(args[words], "-") {
		words++
	}
	name, all := strings.Join(args[:words], " "), commands()
	asked := slices.ContainsFunc(args[words:], isHelp)
	if name == "" {
		if asked {
			p.help(all)
			return succeeded
		}
		name = all[0].words
	}
	if at := slices.IndexFunc(all, func(c command) bool { return c.is(name) }); at >= 0 {
		return p.execute(ctx, all[at], args[min(words, len(strings.Fields(all[at].words))):])
	}
	below := slices.DeleteFunc(all, func(c command) bool { return !strings.HasPrefix(c.words, name+" ") })
	switch {
	case len(below) > 0 && asked:
		p.say("Usage: doctor-service %s command [flags]\n\nCommands:", name)
		p.list(below)
		return succeeded
	case len(below) > 0:
		return p.complain(misused, fmt.Errorf("doctor-service %s: which? doctor-service %s --help lists them", name, name))
	}
	return p.complain(misused, fmt.Errorf("doctor-service: no command %q; doctor-service --help lists them", name))
}

// is tells whether words name the command; its operand may stand among them.
func (c command) is(words string) bool {
	return words == c.words || c.operand != "" && strings.HasPrefix(words, c.words+" ")
}

func isHelp(arg string) bool { return arg == "--help" || arg == "-help" || arg == "-h" }

// execute parses a command's flags and runs it.
func (p program) execute(ctx context.Context, c command, args []string) int {
	set := flag.NewFlagSet(c.words, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	var values any
	if c.flags != nil {
		values = c.flags(set)
	}
	switch err := c.parse(set, args); {
	case errors.Is(err, flag.ErrHelp):
		p.say("Usage: %s [flags]\n\n%s.%s", strings.TrimSpace("doctor-service "+c.words+" "+c.operand), sentence(c.summary), c.detail)
		set.SetOutput(p.stdout)
		set.PrintDefaults()
		return succeeded
	case err != nil:
		return p.complain(misused, fmt.Errorf("doctor-service %s: %w", c.words, err))
	}
	return c.run(p, ctx, values)
}

// parse reads flags, and an operand that may stand before, between and after them.
func (c command) parse(set *flag.FlagSet, args []string) error {
	operands := []string{"--"} // nothing after it is a flag
	for {
		if err := set.Parse(args); err != nil {
			return err
		}
		if set.NArg() == 0 {
			break
		}
		operands, args = append(operands, set.Arg(0)), set.Args()[1:]
	}
	most, least := min(len(c.operand), 1), 1
	if c.operand == "" || c.operand[0] == '[' {
		least = 0
	}
	switch n := len(operands) - 1; {
	case n > most:
		return fmt.Errorf("unexpected %q", operands[most+1])
	case n < least:
		return fmt.Errorf("%s is missing", c.operand)
	}
	return set.Parse(operands)
}
