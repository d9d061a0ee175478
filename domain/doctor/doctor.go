// Package doctor is the heart of the house: the Doctor aggregate and the values it is made of.
//
// A doctor is registered, changes its profile and its password, is disabled and enabled, and erased. Each of these is a
// verb of [Doctor]; each verb keeps the aggregate valid and records an [Event]; a storage stores the doctor's [Snapshot]
// and what [Doctor.Drain] hands over in one atomic step:
//
//	ParsePhone, ParseName, …  →  Register / Restore  →  verb(…, Occasion)  →  Snapshot + Drain  →  storage
//
// The package is pure: time, identity and randomness come in as arguments, nothing is read from outside. It stands on a
// few packages of the standard library that only compute. Two imports look like more and are not: net/url reads web
// addresses and knows no network, and golang.org/x/text/unicode/norm is the one from outside, since Go's own library
// cannot tell that two spellings (é, e and an accent) are one text.
package doctor

import "time"

// ID identifies a doctor for ever; it is given by storage, starts at 1 and is never used again.
type ID int64

// SessionID names one login: the `jti` of its token.
type SessionID [16]byte

// IsZero tells whether there is no session.
func (s SessionID) IsZero() bool { return s == SessionID{} }

// Doctor is the aggregate: an account and its profile. It is always valid; only its verbs change it.
type Doctor struct {
	id                 ID
	profile            Profile
	credential         Credential
	role               Role
	status             Status
	mustChangePassword bool
	searchKeys         SearchKeys
	version            int64
	generation         int64
	createdAt          time.Time
	updatedAt          time.Time
	lastLoginAt        time.Time
	drained            Drained
}

// Registration is what a new doctor is made of.
type Registration struct {
	Phone      Phone
	Name       Name
	Credential Credential
	Role       Role        // zero: Ordinary
	Rest       ProfileEdit // what else is known; a phone and a name in it count for nothing
}

// Register makes a new, active doctor. Its identity is given by storage when it is added.
func Register(r Registration, on Occasion) *Doctor {
	role := r.Role
	if role == (Role{}) {
		role = Ordinary
	}
	profile := Profile{}.with(r.Rest)
	profile.Phone, profile.Name = r.Phone, r.Name
	d := &Doctor{
		profile:    profile,
		credential: r.Credential,
		role:       role,
		status:     Active,
		generation: 1,
		createdAt:  instant(on.At),
	}
	changes := append(d.profile.diff(Profile{}), Change{Field: FieldRole, After: role.String()})
	d.record(Registered, on, changes...)
	return d
}

// ChangeProfile applies an edit. A changed phone ends every session but keep, since the phone is what one logs in
// with. An edit that changes nothing leaves no trace.
func (d *Doctor) ChangeProfile(edit ProfileEdit, keep SessionID, on Occasion) {
	before := d.profile
	d.profile = before.with(edit)
	var phone, rest []Change
	for _, c := range d.profile.diff(before) {
		if c.Field == FieldPhone {
			phone = append(phone, c)
		} else {
			rest = append(rest, c)
		}
	}
	if len(phone)+len(rest) == 0 {
		return
	}
	d.version++
	d.updatedAt = instant(on.At)
	if len(rest) > 0 {
		d.event(ProfileChanged, on, rest...)
	}
	if len(phone) > 0 {
		d.event(PhoneChanged, on, phone...)
		d.endSessions(keep)
	}
}

// ChangePassword replaces the password on the doctor's own wish and ends every session but keep. After an
// administrator's reset even keep ends: that session was good for this one change only.
func (d *Doctor) ChangePassword(to Credential, keep SessionID, on Occasion) {
	if d.mustChangePassword {
		keep = SessionID{}
	}
	d.credential = to
	d.mustChangePassword = false
	d.record(PasswordChanged, on, Change{Field: FieldPassword})
	d.endSessions(keep)
}

// ResetPassword replaces the password on an administrator's word; the doctor must choose an own one at the next login.
func (d *Doctor) ResetPassword(to Credential, on Occasion) {
	d.credential = to
	d.mustChangePassword = true
	d.record(PasswordReset, on, Change{Field: FieldPassword})
	d.endSessions(SessionID{})
}

// ChangeRole gives the doctor another role; tokens carry the role, so all sessions end. The
// zero Role changes nothing.
func (d *Doctor) ChangeRole(to Role, on Occasion) {
	if d.role == to || to == (Role{}) {
		return
	}
	change := Change{Field: FieldRole, Before: d.role.String(), After: to.String()}
	d.role = to
	d.record(RoleChanged, on, change)
	d.endSessions(SessionID{})
}

// Disable shuts the doctor out and ends all sessions.
func (d *Doctor) Disable(on Occasion) {
	if d.status == Disabled {
		return
	}
	d.setStatus(Disabled, DoctorDisabled, on)
	d.endSessions(SessionID{})
}

// Enable lets a disabled doctor log in again.
func (d *Doctor) Enable(on Occasion) {
	if d.status == Active {
		return
	}
	d.setStatus(Active, DoctorEnabled, on)
}

func (d *Doctor) setStatus(to Status, typ EventType, on Occasion) {
	change := Change{Field: FieldStatus, Before: d.status.String(), After: to.String()}
	d.status = to
	d.record(typ, on, change)
}

// Erase ends the doctor for good and all its sessions: whoever stores it forgets what identifies it.
func (d *Doctor) Erase(on Occasion) {
	d.record(DoctorErased, on)
	d.endSessions(SessionID{})
}

// Index brings what the doctor is found by up to its profile. It is no change that anybody is told of.
func (d *Doctor) Index(spell Pinyin) { d.searchKeys = searchKeysOf(d.profile, spell) }

// record moves the version and notes what happened.
func (d *Doctor) record(typ EventType, on Occasion, changes ...Change) {
	d.version++
	d.updatedAt = instant(on.At)
	d.event(typ, on, changes...)
}

func (d *Doctor) event(typ EventType, on Occasion, changes ...Change) {
	d.drained.Events = append(d.drained.Events, newEvent(d.id, d.version, typ, on, changes))
}

// endSessions raises the session generation: tokens of an older one die, but for the session kept. Of several endings
// before a Drain only one is told, so it keeps only a session that all of them kept.
func (d *Doctor) endSessions(keep SessionID) {
	d.generation++
	if before := d.drained.Ended; before != nil && before.Except != keep {
		keep = SessionID{}
	}
	d.drained.Ended = &SessionsEnded{Generation: d.generation, Except: keep}
}

// SessionsEnded tells that tokens of a generation below Generation are void, except those of one session.
type SessionsEnded struct {
	Generation int64
	Except     SessionID // zero: no exception
}

// Drained is what a doctor's verbs left to be stored beside its state.
type Drained struct {
	Events []Event
	Ended  *SessionsEnded // nil: no session was ended
}

// Ended tells which sessions the verbs since loading ended; nil: none.
func (d *Doctor) Ended() *SessionsEnded { return d.drained.Ended }

// Drain hands over what the verbs left behind, once: a second call finds nothing.
func (d *Doctor) Drain() Drained {
	out := d.drained
	d.drained = Drained{}
	return out
}

// What a doctor shows.

func (d *Doctor) ID() ID                   { return d.id }
func (d *Doctor) Profile() Profile         { return d.profile }
func (d *Doctor) Credential() Credential   { return d.credential }
func (d *Doctor) Role() Role               { return d.role }
func (d *Doctor) Status() Status           { return d.status }
func (d *Doctor) MustChangePassword() bool { return d.mustChangePassword }

// SearchKeys are what the doctor is found by, as Index left them.
func (d *Doctor) SearchKeys() SearchKeys { return d.searchKeys }

// Version counts the changes of what the profile shows and of the password; it is the ETag.
func (d *Doctor) Version() int64 { return d.version }

// Generation is the session generation: a token of an older one is void.
func (d *Doctor) Generation() int64      { return d.generation }
func (d *Doctor) CreatedAt() time.Time   { return d.createdAt }
func (d *Doctor) UpdatedAt() time.Time   { return d.updatedAt }
func (d *Doctor) LastLoginAt() time.Time { return d.lastLoginAt }

// IsActiveAdministrator tells whether the doctor counts towards the rule that one must remain.
func (d *Doctor) IsActiveAdministrator() bool { return d.role == Administrator && d.status == Active }
