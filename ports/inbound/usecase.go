// Package inbound is the door into the core: what may be asked of the doctor service, as one command and one result
// per use case. A use case is a function, so that whoever drives the service (HTTP, the command line, a test) needs
// no more than a value of the right type:
//
//	driver  →  UseCase(ctx, Command)  →  Result or error
//
// Errors are told apart with errors.Is and errors.As. Each command names those that it may end with; beside them, every
// command of a caller may end with those of AuthorizeCommand, and every one with outbound.ErrUnavailable, outbound.ErrBusy
// or the context's error. Whatever else comes is a fault of ours.
package inbound

import (
	"context"
	"net/netip"
)

// UseCase is one thing that may be asked.
type UseCase[C, R any] func(ctx context.Context, command C) (R, error)

// Done is the result of a use case that only does.
type Done struct{}

// Origin says where a command comes from; throttling and the audit trail need it.
type Origin struct {
	Address   netip.Addr // of the client; zero when there is no network between
	RequestID string
}

// UseCases is everything that may be asked over the network.
//
// The second part is administration, but for LookUpDoctors, which other services ask.
type UseCases struct {
	Authorize      UseCase[AuthorizeCommand, Caller]
	Login          UseCase[LoginCommand, LoginResult]
	Logout         UseCase[LogoutCommand, Done]
	Register       UseCase[RegisterCommand, RegisterResult]
	ViewProfile    UseCase[ViewProfileCommand, ProfileResult]
	ManageProfile  UseCase[ManageProfileCommand, ProfileResult]
	ChangePassword UseCase[ChangePasswordCommand, Done]

	LookUpDoctors UseCase[LookUpDoctorsCommand, DoctorsResult]
	ListDoctors   UseCase[ListDoctorsCommand, DoctorsResult]
	ViewDoctor    UseCase[ViewDoctorCommand, ProfileResult]
	ManageDoctor  UseCase[ManageDoctorCommand, ProfileResult]
	DisableDoctor UseCase[DoctorCommand, ProfileResult]
	EnableDoctor  UseCase[DoctorCommand, ProfileResult]
	ResetPassword UseCase[DoctorCommand, ResetPasswordResult]
	EraseDoctor   UseCase[DoctorCommand, Done]
	ListEvents    UseCase[ListEventsCommand, EventsResult]
}
