package doctor

// Credential is a stored password hash. It prints as [redacted]; the zero Credential fits no password.
type Credential struct{ secret }

// CredentialOf wraps a hash in the PHC string format.
func CredentialOf(phc string) Credential { return Credential{conceal(phc)} }

// PHC is the hash itself, for the one who verifies it.
func (c Credential) PHC() string { return c.reveal() }

// IsZero tells whether no password was ever set.
func (c Credential) IsZero() bool { return c.text == nil }
