package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"qbridge/internal/bridge"
	"qbridge/internal/order"
	"qbridge/internal/prove"
	"qbridge/internal/sim"
)

// page reads a page of docs/.
func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
	check(t, err)
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// section gives the text below a heading, up to the next heading.
func section(text, heading string) (string, bool) {
	_, rest, found := strings.Cut(text, "\n"+heading+"\n")
	body, _, _ := strings.Cut(rest, "\n## ")
	body, _, _ = strings.Cut(body, "\n### ")
	return body, found
}

// TestJSONPage: docs/json.md names exactly the fields of each shape, in their
// order, with their types.
func TestJSONPage(t *testing.T) {
	shapes := []struct {
		name  string
		shape reflect.Type
	}{
		{"order", reflect.TypeFor[bridge.OrderView]()}, {"order in detail", reflect.TypeFor[bridge.OrderDetail]()},
		{"money", reflect.TypeFor[bridge.MoneyView]()}, {"document", reflect.TypeFor[bridge.DocumentView]()},
		{"version", reflect.TypeFor[bridge.VersionView]()}, {"event", reflect.TypeFor[bridge.HistoryView]()},
		{"plan", reflect.TypeFor[bridge.PlanView]()}, {"addition", reflect.TypeFor[bridge.PlanListView]()},
		{"planned document", reflect.TypeFor[bridge.PlanDocument]()}, {"line", reflect.TypeFor[bridge.PlanLineView]()},
		{"custom field", reflect.TypeFor[bridge.FieldView]()},
		{"adjustment", reflect.TypeFor[bridge.AdjustmentView]()}, {"row", reflect.TypeFor[bridge.PlanRow]()},
		{"dry run", reflect.TypeFor[bridge.DryRun]()}, {"sum", reflect.TypeFor[bridge.SumView]()}, {"cause", reflect.TypeFor[bridge.CauseSum]()},
		{"reconciliation", reflect.TypeFor[bridge.Reconciliation]()}, {"state", reflect.TypeFor[bridge.StateView]()}, {"part", reflect.TypeFor[bridge.PartView]()},
		{"tax", reflect.TypeFor[bridge.TaxView]()}, {"reconciled order", reflect.TypeFor[bridge.ReconciledOrder]()}, {"list", reflect.TypeFor[bridge.ListView]()},
		{"entry", reflect.TypeFor[bridge.EntryView]()}, {"finding", reflect.TypeFor[bridge.Finding]()},
		{"order log", reflect.TypeFor[bridge.OrderLog]()}, {"session", reflect.TypeFor[bridge.SessionView]()},
		{"session log", reflect.TypeFor[bridge.SessionLog]()}, {"log line", reflect.TypeFor[bridge.LogLine]()},
		{"alert", reflect.TypeFor[bridge.Alert]()}, {"health", reflect.TypeFor[bridge.Health]()},
		{"rules version", reflect.TypeFor[bridge.RulesVersion]()}, {"rule change", reflect.TypeFor[bridge.RuleChange]()},
		{"proposal", reflect.TypeFor[bridge.Proposal]()}, {"suggestion", reflect.TypeFor[bridge.SuggestionView]()},
		{"accuracy", reflect.TypeFor[prove.Accuracy]()}, {"held cause", reflect.TypeFor[prove.HeldCause]()}, {"share", reflect.TypeFor[prove.AccuracyShare]()},
	}
	names := map[reflect.Type]string{}
	for _, s := range shapes {
		names[s.shape] = s.name
	}
	text := page(t, "json.md")
	row := regexp.MustCompile("(?m)^\\| `(\\w+)` \\| ([^|]+) \\|")
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			body, found := section(text, "## "+s.name)
			if !found {
				t.Fatalf("docs/json.md has no section %q", s.name)
			}
			var documented []string
			for _, m := range row.FindAllStringSubmatch(body, -1) {
				documented = append(documented, m[1]+": "+m[2])
			}
			if diff := cmp.Diff(fieldsOf(t, s.shape, names), documented); diff != "" {
				t.Errorf("the struct (-) and docs/json.md (+) differ:\n%s", diff)
			}
		})
	}
	if sections := strings.Count(text, "\n## "); sections != len(shapes) {
		t.Errorf("docs/json.md has %d shapes, the test knows %d", sections, len(shapes))
	}
}

// fieldsOf gives the JSON names of a struct's own fields with their types, as
// the page words them.
func fieldsOf(t *testing.T, shape reflect.Type, names map[reflect.Type]string) (fields []string) {
	for i := range shape.NumField() {
		f := shape.Field(i)
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || tag == "-" || !f.IsExported() {
			continue
		}
		if tag == "" {
			t.Errorf("%s.%s has no name in JSON", shape, f.Name)
		}
		kind := typeWords(f.Type, names)
		if options != "" {
			kind += ", optional"
		}
		fields = append(fields, tag+": "+kind)
	}
	return fields
}

func typeWords(t reflect.Type, names map[reflect.Type]string) string {
	if name, ok := names[t]; ok {
		return name
	}
	switch {
	case t == reflect.TypeFor[time.Time]():
		return "time"
	case t.Kind() == reflect.Pointer:
		return typeWords(t.Elem(), names)
	case t.Kind() == reflect.Slice:
		return "list of " + typeWords(t.Elem(), names)
	case t == reflect.TypeFor[map[string]string]():
		return "amounts by part"
	case t.Kind() == reflect.String:
		return "text"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Int, t.Kind() == reflect.Int64:
		return "number"
	}
	return t.String() // a type that the page has no word for
}

// TestCommandsPage: docs/commands.md has a section for every command, which
// names each of its flags and arguments, and no section for anything else; it
// names every exit code and every state.
func TestCommandsPage(t *testing.T) {
	parser, err := kong.New(new(cli), kong.Vars{"data": "", "ecwidurl": ""})
	check(t, err)
	text := page(t, "commands.md")
	commands := 0
	for _, leaf := range parser.Model.Leaves(true) {
		path := commandPath(leaf)
		commands++
		body, found := section(text, "### `"+path+"`")
		if !found {
			t.Errorf("docs/commands.md has no section for %s", path)
		}
		for _, f := range leaf.Flags {
			if f.Name == "data" || f.Name == "help" { // said once for all
				continue
			}
			if !strings.Contains(body, "--"+f.Name) {
				t.Errorf("the section of %s doesn't name --%s", path, f.Name)
			}
		}
		for _, a := range leaf.Positional {
			if !strings.Contains(body, strings.ToUpper(a.Name)) && path != "qbridge order" && path != "qbridge plan" {
				t.Errorf("the section of %s doesn't name %s", path, strings.ToUpper(a.Name))
			}
		}
	}
	if sections := strings.Count(text, "\n### "); sections != commands {
		t.Errorf("docs/commands.md has %d sections, there are %d commands", sections, commands)
	}
	for code := exitDone; code <= exitFindings; code++ {
		if !strings.Contains(text, fmt.Sprintf("\n| %d | ", code)) {
			t.Errorf("docs/commands.md doesn't name exit code %d", code)
		}
	}
	for _, s := range order.States() {
		if !strings.Contains(text, fmt.Sprintf("\n| `%s` | %s | ", s, s.Words())) {
			t.Errorf("docs/commands.md doesn't name the state %s, %s", s, s.Words())
		}
	}
}

// commandPath is how a command is typed.
func commandPath(node *kong.Node) string {
	if node.Parent == nil {
		return "qbridge"
	}
	return commandPath(node.Parent) + " " + node.Name
}

// TestPagesHang: a link from one paper to another leads somewhere.
func TestPagesHang(t *testing.T) {
	root := filepath.Join("..", "..")
	papers, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	check(t, err)
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	for _, paper := range append(papers, filepath.Join(root, "README.md")) {
		text, err := os.ReadFile(paper)
		check(t, err)
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(paper), m[1])); err != nil {
				t.Errorf("%s: a link leads nowhere: %s", filepath.Base(paper), m[1])
			}
		}
	}
}

// TestTroubleshootingPage: the program still says every sentence that
// docs/troubleshooting.md explains.
func TestTroubleshootingPage(t *testing.T) {
	var source strings.Builder
	for _, dir := range []string{"cmd", "internal/bridge", "internal/ecwid", "internal/order", "internal/posting", "qbxml", "soap", "store"} {
		check(t, filepath.WalkDir(filepath.Join("..", "..", filepath.FromSlash(dir)), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			source.Write(text)
			return err
		}))
	}
	sentences := regexp.MustCompile(`(?m)^### (.+)$`).FindAllStringSubmatch(page(t, "troubleshooting.md"), -1)
	if len(sentences) < 40 {
		t.Errorf("only %d sentences", len(sentences))
	}
	for _, s := range sentences {
		for part := range strings.SplitSeq(s[1], "…") {
			if !strings.Contains(source.String(), strings.TrimSpace(part)) {
				t.Errorf("nothing says %q of %q", part, s[1])
			}
		}
	}
}

// TestAccuracyPage: docs/accuracy.md says of what the random orders are made and into what books they go, and how many of a thousand.
func TestAccuracyPage(t *testing.T) {
	text := page(t, "accuracy.md")
	for _, c := range append(prove.AccuracyBooks(), sim.Choices()...) {
		if row := fmt.Sprintf("\n| %d | %s |", c.PerMille, c.Name); !strings.Contains(text, row) {
			t.Errorf("docs/accuracy.md lacks the row %q; qbridge accuracy --table writes the table", strings.TrimSpace(row))
		}
	}
}

// TestGuideShowsEveryPage: docs/guide.md has each picture of docs/screens, and no
// other.
func TestGuideShowsEveryPage(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "docs", "screens", "*.png"))
	check(t, err)
	guide := page(t, "guide.md")
	there := map[string]bool{}
	for _, f := range files {
		name := filepath.Base(f)
		there[name] = true
		if !strings.Contains(guide, `"screens/`+name+`"`) {
			t.Errorf("docs/guide.md does not show %s", name)
		}
	}
	for _, m := range regexp.MustCompile(`screens/([^")]+)`).FindAllStringSubmatch(guide, -1) {
		if !there[m[1]] {
			t.Errorf("docs/guide.md shows %s, which is not in docs/screens", m[1])
		}
	}
}
