package doctor

import "fmt"

const redacted = "[redacted]"

// secret holds a text that must not be printed by mistake. It shows as [redacted] in every verb of fmt and wherever
// JSON, zap and their like write it.
//
// Methods alone are not enough: in an unexported field fmt calls none and prints what it finds. So the text lies behind
// a pointer, of which fmt shows the address. It must point to a string: behind a pointer to a struct fmt looks once.
type secret struct {
	_    [0]func() // two pointers to one text differ, so == must not compile
	text *string   // nil: empty
}

func conceal(s string) secret {
	if s == "" {
		return secret{}
	}
	return secret{text: &s}
}

func (s secret) reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

func (secret) String() string               { return redacted }
func (secret) Format(f fmt.State, _ rune)   { _, _ = f.Write([]byte(redacted)) }
func (secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
