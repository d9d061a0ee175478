package storagetest

import (
	"bytes"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// How the failures of an account are forgotten on somebody's word.
var forgetting = []clause{
	{"Forget forgets the counters of an account, of every network and of everywhere, those in a wait too", func(s *scene) {
		b := s.peer()
		for i, account := range accounts {
			s.Storage = turns(i, s.Replica, b)
			counted, waiting, everywhere := s.attemptAt(account), s.attemptAt(account), s.attemptAt(account)
			counted.Everywhere.Max, everywhere.Everywhere.Max = 2, 1
			counted.Account.Max, waiting.Account.Max = 2, 1
			for _, a := range []outbound.Attempt{counted, waiting, everywhere} {
				s.fails(a, outbound.Outcome{})
			}
			s.waits(waiting)
			s.waits(everywhere)
			s.must("Forget", s.Storage.Forget(s.ctx, account))
			for _, a := range []outbound.Attempt{counted, waiting, everywhere} {
				s.free(a)
			}
			s.fails(counted, outbound.Outcome{}) // the first count again
			s.free(counted)
			s.fails(counted, outbound.Outcome{})
			s.waits(counted)
		}
	}},

	{"Forget forgets what was counted on any replica, and is known on every one", func(s *scene) {
		b, account := s.peer(), [8]byte{3: 9}
		a := s.attemptAt(account)
		a.Account.Max = 2
		for i := range 4 {
			wait, err := turns(i, s.Replica, b).Conclude(s.ctx, a, outbound.Outcome{})
			s.must("Conclude", err)
			s.exactly(0, int(wait), "ns to wait")
			s.must("Forget", turns(i/2, b, s.Replica).Forget(s.ctx, account))
			seen, err := turns(i+1, s.Replica, b).Begin(s.ctx, a)
			s.must("Begin", err)
			s.exactly(0, int(seen.Wait), "ns to wait")
		}
	}},

	{"Forget forgets the counters of nobody else: not the source's, no quota, nor those whose keys are almost alike", func(s *scene) {
		for _, account := range accounts {
			var others []outbound.Attempt
			keep := func(a outbound.Attempt) {
				a.Account.Max = 1
				s.fails(a, outbound.Outcome{})
				others = append(others, a)
			}
			for i := range account {
				for _, by := range []byte{1, 255, 128} {
					next := account
					next[i] += by
					keep(s.attemptAt(next))
				}
			}
			within := s.attempt(nil)
			copy(within.Account.Key[8:], account[:])
			if !bytes.HasPrefix(within.Account.Key[:], account[:]) {
				keep(within)
			}
			source, used := s.attemptAt(account), s.quota(1, time.Hour)
			source.Source.Max = 1
			s.fails(source, outbound.Outcome{})
			s.exactly(0, int(s.take(used)), "ns to wait")

			s.must("Forget", s.Storage.Forget(s.ctx, account))
			for _, a := range append(others, source) {
				s.waits(a)
			}
			if s.take(used) == 0 {
				s.Fatal("the quota was forgotten")
			}
			for _, a := range others {
				s.must("Forget", s.Storage.Forget(s.ctx, [8]byte(a.Account.Key[:8])))
			}
		}
	}},

	{"Forget of an account of which nothing is known is no error, and again neither", func(s *scene) {
		for _, account := range accounts {
			for range 2 {
				s.must("Forget", s.Storage.Forget(s.ctx, account))
			}
		}
	}},

	{"Forget leaves doctors, their events and the networks known to them", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		events := recorded(d)
		id := s.add(d)
		a := s.attemptAt([8]byte{1})
		a.Phone = d.Profile().Phone
		s.logsIn(a, id, time.Hour)
		before, feed := s.get(id).Snapshot(), s.watch(s.Replica)
		s.must("Forget", s.Storage.Forget(s.ctx, [8]byte{1}))
		s.untouched(id, before, events, feed)
		s.known(a)
	}},
}

// accounts are those at the ends of what keys can begin with, and one in their midst.
var accounts = [][8]byte{
	{},
	{7: 1},
	{0: 1, 7: 255},
	{7: 255},
	{'a', 'c', 'c', 0, 0x5c, 0x25, 0x5f, '1'},
	{0x7f, 255, 255, 255, 255, 255, 255, 255},
	{0x80},
	{255, 255, 255, 255, 255, 255, 255, 254},
	{255, 255, 255, 255, 255, 255, 255, 255},
}

// attemptAt is a try at an account, from a network of its own.
func (s *scene) attemptAt(account [8]byte) outbound.Attempt {
	a := s.attempt(nil)
	copy(a.Account.Key[:], account[:])
	copy(a.Everywhere.Key[:], account[:])
	return a
}
