package sim

import (
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/beevik/etree"
)

// A node is an element as the pretend company keeps it and answers with it.
type node struct {
	Name  string
	Attrs [][2]string `json:",omitempty"`
	Text  string      `json:",omitempty"`
	Kids  []node      `json:",omitempty"`
}

func leaf(name, text string) node { return node{Name: name, Text: text} }

func group(name string, kids ...node) node { return node{Name: name, Kids: kids} }

func nodeOf(e *etree.Element) node {
	n := node{Name: e.Tag, Text: strings.TrimSpace(e.Text())}
	for _, kid := range e.ChildElements() {
		n.Kids = append(n.Kids, nodeOf(kid))
	}
	return n
}

// kid gives the first child of a name; nil when there is none.
func (n *node) kid(name string) *node {
	for i := range n.Kids {
		if n.Kids[i].Name == name {
			return &n.Kids[i]
		}
	}
	return nil
}

// at gives the text at a path of names; "" when something on the way is missing.
func (n *node) at(path ...string) string {
	for _, name := range path {
		if n = n.kid(name); n == nil {
			return ""
		}
	}
	return n.Text
}

// all gives the texts of all children of a name.
func (n *node) all(name string) []string {
	var texts []string
	for _, kid := range n.Kids {
		if kid.Name == name {
			texts = append(texts, kid.Text)
		}
	}
	return texts
}

// set replaces the first child of that name, or adds it.
func (n *node) set(kid node) {
	if old := n.kid(kid.Name); old != nil {
		*old = kid
		return
	}
	n.Kids = append(n.Kids, kid)
}

// drop takes out all children of a name.
func (n *node) drop(name string) {
	var kept []node
	for _, kid := range n.Kids {
		if kid.Name != name {
			kept = append(kept, kid)
		}
	}
	n.Kids = kept
}

// write writes the node as QuickBooks writes its answers: a line per tag, everything above ASCII as a decimal reference.
func (n *node) write(b *strings.Builder) {
	b.WriteString("<" + n.Name)
	for _, a := range n.Attrs {
		b.WriteString(" " + a[0] + `="` + escape(a[1]) + `"`)
	}
	switch {
	case len(n.Kids) > 0:
		b.WriteString(">\n")
		for i := range n.Kids {
			n.Kids[i].write(b)
		}
		b.WriteString("</" + n.Name + ">\n")
	case n.Text != "":
		b.WriteString(">" + escape(n.Text) + "</" + n.Name + ">\n")
	default:
		b.WriteString(" />\n")
	}
}

var quotes = strings.NewReplacer("&#34;", "&quot;", "&#39;", "&apos;")

func escape(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > 126 || strings.ContainsRune(`&<>"'`, r) }) {
		return s // most are
	}
	var clean, b strings.Builder
	_ = xml.EscapeText(&clean, []byte(s)) // a strings.Builder takes everything
	for _, r := range quotes.Replace(clean.String()) {
		if r > 126 {
			fmt.Fprintf(&b, "&#%d;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
