// Package sources reads what is declared in the source of a package, for tests that look whether each of it was put into
// words or into the document: nothing that is added there may be forgotten here.
package sources

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Of are the files of a folder, without its tests.
func Of(t *testing.T, folder string) (files []*ast.File) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: no source is there: %v", folder, err)
	}
	for _, path := range paths {
		if !strings.HasSuffix(path, "_test.go") {
			files = append(files, File(t, path))
		}
	}
	return files
}

// File is one file.
func File(t *testing.T, path string) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// ConstantsOf are the values of the exported constants of a type.
func ConstantsOf(t *testing.T, file *ast.File, kind string) (values []string) {
	t.Helper()
	eachConstant(file, func(spec *ast.ValueSpec) {
		if of, ok := spec.Type.(*ast.Ident); ok && of.Name == kind && spec.Names[0].IsExported() {
			values = append(values, text(t, spec))
		}
	})
	return values
}

// Texts are the constants whose values are written as text, by their names.
func Texts(t *testing.T, file *ast.File) map[string]string {
	t.Helper()
	values := map[string]string{}
	eachConstant(file, func(spec *ast.ValueSpec) {
		if len(spec.Values) == 1 {
			if value, ok := spec.Values[0].(*ast.BasicLit); ok && value.Kind == token.STRING {
				values[spec.Names[0].Name] = text(t, spec)
			}
		}
	})
	return values
}

func eachConstant(file *ast.File, visit func(*ast.ValueSpec)) {
	for _, declared := range file.Decls {
		if d, ok := declared.(*ast.GenDecl); ok && d.Tok == token.CONST {
			for _, spec := range d.Specs {
				visit(spec.(*ast.ValueSpec))
			}
		}
	}
}

func text(t *testing.T, spec *ast.ValueSpec) string {
	t.Helper()
	value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
	if err != nil {
		t.Fatal(err)
	}
	return value
}
