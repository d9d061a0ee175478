package storagetest

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
)

// recorder is a test that may fail without failing the one that runs it.
type recorder struct {
	testing.TB // the real one: for Name, TempDir and the like

	mu       sync.Mutex
	failed   bool
	said     []string
	cleanups []func()
}

// record runs a case to its end, cleanups included, in a goroutine of its own that FailNow may leave.
func record(t testing.TB, run func(testing.TB)) *recorder {
	r := &recorder{TB: t}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer func() {
			if cause := recover(); cause != nil {
				r.Errorf("panic: %v", cause)
			}
		}()
		run(r)
	}()
	<-ended
	for _, clean := range slices.Backward(r.cleanups) {
		clean()
	}
	return r
}

func (r *recorder) say(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, text)
}

func (r *recorder) Fail() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = true
}

func (r *recorder) Failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed
}

func (r *recorder) Cleanup(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cleanups = append(r.cleanups, f)
}

func (r *recorder) FailNow()                  { r.Fail(); runtime.Goexit() }
func (r *recorder) Helper()                   {}
func (r *recorder) Log(args ...any)           { r.say(fmt.Sprint(args...)) }
func (r *recorder) Logf(f string, a ...any)   { r.say(fmt.Sprintf(f, a...)) }
func (r *recorder) Error(args ...any)         { r.Log(args...); r.Fail() }
func (r *recorder) Errorf(f string, a ...any) { r.Logf(f, a...); r.Fail() }
func (r *recorder) Fatal(args ...any)         { r.Log(args...); r.FailNow() }
func (r *recorder) Fatalf(f string, a ...any) { r.Logf(f, a...); r.FailNow() }
