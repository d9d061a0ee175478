package outbound

import "context"

// StorageDriver is a storage that a program hands over: app.Main picks the one whose scheme DOCTOR_STORAGE has. It is a
// plain value, there is no registry.
type StorageDriver struct {
	// Schemes that this driver answers to, such as "postgres" and "postgresql".
	Schemes []string

	// Check says what is wrong with a URL, without looking for what it names. Nil: only Open can say.
	Check func(url string) error

	// Open makes the storage ready to use without waiting for a server: one that does not answer yet makes calls fail
	// with ErrUnavailable until it does. What can never work (an unwritable path, a malformed URL) fails here.
	Open func(ctx context.Context, o StorageOptions) (Storage, error)

	// Migrate brings the schema up to this program's version; several replicas may call it at once, and nothing pending
	// is nothing done. It fails with ErrUnavailable when the storage does not answer. Nil: there is no schema.
	Migrate func(ctx context.Context, o StorageOptions) error

	// Embedded says that the data live with this one program, so that a newcomer's first start may make up what is
	// missing: an administrator, a signing key.
	Embedded bool

	// Path names the file of an embedded database, beside which its signing keys lie. Nil: it is nowhere.
	Path func(url string) (string, error)
}

// StorageOptions says where a storage is. The two are asked for every new connection, so that a rotated password is
// taken up without a restart.
type StorageOptions struct {
	URL       func() (string, error) // serves
	SchemaURL func() (string, error) // may change the schema; Migrate gives the role of URL what it needs to serve
}
