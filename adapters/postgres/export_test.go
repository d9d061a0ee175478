package postgres

// Queries are those that must find their rows by an index, however many there are.
var Queries = map[string]string{
	"Get":                   selectByID,
	"ByPhone":               selectByPhone,
	"Add":                   insertDoctor,
	"AddFirstAdministrator": insertFirstAdministrator,
	"Update, profile":       updateProfile,
	"Update, standing":      updateStanding,
	"Begin":                 beginAttempt,
	"Conclude, wrong":       countFailure,
	"Conclude, right":       passAttempt,
	"Take":                  takeUse,
	"Revoke":                revokeSession,
	"Lookup":                selectRevocations,
	"Watch":                 selectPage,
}

// FeedQuery is planned for the mark it is sent with.
const FeedQuery = selectSince
