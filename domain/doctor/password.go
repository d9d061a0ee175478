package doctor

import "golang.org/x/text/unicode/norm"

// Password is what a person typed. It prints as [redacted].
type Password struct{ secret }

// TypedPassword wraps what was typed, in NFC: keyboards write one letter in several ways. Nothing else is changed.
func TypedPassword(s string) Password { return Password{conceal(norm.NFC.String(s))} }

// Reveal is the password itself, for the one who hashes it.
func (p Password) Reveal() string { return p.reveal() }

// ChosenPassword is a password that a policy accepted.
type ChosenPassword struct{ secret }

// Password is the password that was accepted.
func (c ChosenPassword) Password() Password { return Password{c.secret} }
