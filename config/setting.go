package config

import (
	"fmt"
	"iter"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Setting describes one variable, as the tags of Config have it.
type Setting struct {
	Name, Default, Help string
	File                bool // may be given as NAME_FILE=path
	oneOf               []string
	min, max            string
}

// settings lists the fields of Config in their order.
var settings = func() []Setting {
	t := reflect.TypeFor[Config]()
	out := make([]Setting, t.NumField())
	for i := range out {
		tag := t.Field(i).Tag
		out[i] = Setting{
			Name: tag.Get("env"), Default: tag.Get("envDefault"), Help: tag.Get("help"), File: tag.Get("file") != "",
			oneOf: strings.Fields(tag.Get("oneof")), min: tag.Get("min"), max: tag.Get("max"),
		}
	}
	return out
}()

// Settings lists every variable, for --help and for the test that keeps README's table true.
func Settings() []Setting { return settings }

// check holds a parsed value against the bounds in the tags.
func (s Setting) check(v reflect.Value) Faults {
	fault := func(format string, args ...any) Faults { return Faults{{s.Name, fmt.Sprintf(format, args...)}} }
	switch value := v.Interface().(type) {
	case time.Duration:
		lo, _ := time.ParseDuration(s.min)
		hi, _ := time.ParseDuration(s.max)
		if value < lo || value > hi {
			return fault("must be from %s to %s", s.min, s.max)
		}
	case int:
		lo, _ := strconv.Atoi(s.min)
		hi, _ := strconv.Atoi(s.max)
		if value < lo || value > hi {
			return fault("must be from %s to %s", s.min, s.max)
		}
	case string:
		if len(s.oneOf) == 0 || value == "" {
			return nil
		}
		for _, known := range s.oneOf {
			if value == known {
				return nil
			}
		}
		return fault("must be one of %s", strings.Join(s.oneOf, ", "))
	}
	return nil
}

// Show gives every variable with the value in force; secrets stay hidden.
func (c Config) Show() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		v := reflect.ValueOf(c)
		for i, s := range settings {
			value := fmt.Sprint(v.Field(i).Interface())
			if secret, ok := v.Field(i).Interface().(Secret); ok && secret.Empty() {
				value = ""
			}
			if !yield(s.Name, value) {
				return
			}
		}
	}
}
