package bolt

import (
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

func networkKey(id doctor.ID, network [16]byte) []byte {
	return append(number(int64(id)), network[:]...)
}

// known is how long a network is still known to a doctor.
func (in buckets) known(id doctor.ID, network [16]byte, now time.Time) (time.Duration, error) {
	until, err := take[time.Time](in.bucket(networksBucket), networkKey(id, network))
	return max(0, until.Sub(now)), err
}

// remember makes the network of a login known.
func (in buckets) remember(a outbound.Attempt, o outbound.Outcome, now time.Time) error {
	if o.Remember == 0 || a.Network == [16]byte{} {
		return nil
	}
	return put(in.bucket(networksBucket), networkKey(o.Doctor, a.Network), now.Add(o.Remember))
}

func (in buckets) sweepNetworks(now time.Time) error {
	b := in.bucket(networksBucket)
	var old [][]byte
	err := each(b, nil, func(key []byte, until time.Time) error {
		if !until.After(now) {
			old = append(old, key)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return deleteAll(b, old)
}
