package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTableIsCurrent(t *testing.T) {
	source, err := os.Open(filepath.Join("..", "..", "..", "..", "shared", "schema", "request-fields.tsv"))
	if err != nil {
		t.Skipf("the table of all requests is not beside the repository: %v", err)
	}
	defer source.Close()
	var got bytes.Buffer
	if err := run(source, &got); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join("..", "..", "fields.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Error("fields.tsv is not what this command makes of the source; run it anew")
	}
}

func TestConvert(t *testing.T) {
	row := func(cells ...string) []string { return append(cells, make([]string, note+1-len(cells))...) }
	tests := map[string]struct{ in, want []string }{
		"a choice": {
			row("XRq", "-", "X", "#choice 3 begin: You may optionally have A OR ( B AND C ) (v11.0)"),
			row("XRq", "-", "X", "choice", "0..1", "", "", "", "", "", "", "", "3", "", "A | ( B C )"),
		},
		"a list of either": {
			row("XRq", "-", "X", "#choice 1 begin: You may have 1 or more A OR B"),
			row("XRq", "-", "X", "choice", "1..n", "", "", "", "", "", "", "", "1", "", "A | B"),
		},
		"values and editions": {
			row("XRq", "2", "X/A", "ENUMTYPE", "1", "", "", "", "", "6.0", "QBD|QBOE", "", "", "", "One [DEFAULT], Two"),
			row("XRq", "2", "X/A", "ENUMTYPE", "1", "", "", "", "", "6.0", "QBD", "", "", "", "One|Two"),
		},
		"a repetition in a remark": {
			row("XRq", "1", "ListID", "IDTYPE", "1", "", "", "", "", "", "", "", "1", "", "", "rep (1 or more)"),
			row("XRq", "1", "ListID", "IDTYPE", "1..n", "", "", "", "", "", "", "", "1"),
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := convert(test.in)
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.Join(test.want[:note], "\t"); got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
	if _, err := convert(row("XRq", "-", "", "#choice one begin")); err == nil {
		t.Error("a choice of another form was taken")
	}
	if err := run(strings.NewReader("request\tn\n"), &bytes.Buffer{}); err == nil {
		t.Error("a source without the wanted requests was taken")
	}
}
