package postgrestest

// New makes a cluster for a program that is no test; it is taken down by Close. settings are NAME=VALUE, for the server.
func New(durability Durability, settings ...string) (*Cluster, error) {
	return newCluster(durability, settings, nil)
}

// Close takes a cluster down that New made.
func (c *Cluster) Close() { c.close() }
