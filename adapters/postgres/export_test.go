package postgres

// Queries are those that must find their rows by an index, however many there are.
var Queries = map[string]string{
	"Get":                   selectByID,
	"ByPhone":               selectByPhone,
	"ByStaffNumber":         selectByStaffNumber,
	"Add":                   insertDoctor,
	"AddFirstAdministrator": insertFirstAdministrator,
	"Update, profile":       updateProfile,
	"Update, standing":      updateStanding,
	"Update, keys":          updateKeys,
	"Erase, look":           selectToErase,
	"Erase":                 eraseDoctor,
	"Find":                  byID,
	"Find, ids":             byIDs,
	"Find, hospital":        byHospital,
	"Find, department":      byDepartment,
	"Find, rank":            byRank,
	"Find, status":          byStatus,
	"Find, keyword":         byKeyword,
	"Events":                selectEvents,
	"Begin":                 beginAttempt,
	"Conclude, wrong":       countFailure,
	"Conclude, right":       passAttempt,
	"Forget":                forgetCounters,
	"Take":                  takeUse,
	"Revoke":                revokeSession,
	"Lookup":                selectRevocations,
	"Watch":                 selectPage,
	"Sweep, values":         sweepValues,
}

// FeedQuery is planned for the mark it is sent with.
const FeedQuery = selectSince

// Beyond ends the keys that begin with a keyword.
var Beyond = beyond
