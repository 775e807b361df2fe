package web

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"path"
	"strings"
	"time"

	"qbridge/internal/bridge"
)

//go:embed pages
var pages embed.FS

// screens are the templates of all pages in one language, by the name of their
// file without .html. Each is the layout with its own title and body.
type screens map[string]*template.Template

func (c *console) parseScreens(w *words) (screens, error) {
	base, err := template.New("layout.html").Funcs(c.functions(w)).Option("missingkey=error").ParseFS(pages, "pages/layout.html", "pages/parts.html")
	if err != nil {
		return nil, err
	}
	files, err := pages.ReadDir("pages")
	if err != nil {
		return nil, err
	}
	all := screens{}
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), path.Ext(f.Name()))
		if name == "layout" || name == "parts" {
			continue
		}
		t, err := base.Clone()
		if err != nil {
			return nil, err
		}
		if all[name], err = t.ParseFS(pages, "pages/"+f.Name()); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (s screens) show(out io.Writer, name string, f frame) error {
	t := s[name]
	if t == nil {
		return fmt.Errorf("there is no page %s", name)
	}
	return t.Execute(out, f)
}

// showPart shows what the page's file defines under a name, without the layout:
// news for a page that is in the browser already.
func (s screens) showPart(out io.Writer, name, part string, f frame) error {
	t := s[name]
	if t == nil {
		return fmt.Errorf("there is no page %s", name)
	}
	return t.ExecuteTemplate(out, part, f)
}

// functions are what templates may call beside Go's own.
func (c *console) functions(w *words) template.FuncMap {
	return template.FuncMap{
		"t":         w.say,
		"count":     w.count,
		"known":     w.known,
		"num":       w.number,
		"amount":    w.amount,
		"money":     w.money,
		"sum":       w.sum,
		"date":      w.date,
		"document":  w.document,
		"when":      w.when,
		"since":     func(t time.Time) (string, error) { return w.span(c.bridge.Now().Sub(t)) },
		"cause":     w.cause,
		"said":      w.said,
		"event":     w.event,
		"tag":       func(name, colour string) bridge.Tag { return bridge.Tag{Name: name, Colour: colour} },
		"machine":   machineTime,
		"clock":     w.clock,
		"asset":     c.assetPath,
		"orderPath": orderPath,
		"elementID": elementID,
		"ticket":    bridge.TicketStart, // who has the whole of a session's ticket can speak for the Web Connector
		"cut":       cut,
		"long":      func(n int) int64 { return int64(n) },
		"month":     w.month,
		"rule":      w.ruleName,
		"rulevalue": w.ruleValue,
		"ruledoc":   w.ruleDoc,
	}
}

// orderPath is the page of an order, given by its ID: store and key.
func orderPath(id string) string {
	storeID, key, _ := strings.Cut(id, "/")
	return "/orders/" + url.PathEscape(storeID) + "/" + url.PathEscape(key)
}

// elementID is a name for what a page shows of an order, by the order's ID.
func elementID(id string) string { return fmt.Sprintf("%x", id) }

// cut shortens a text that stands whole on the page of its order.
func cut(text string, characters int) string {
	for i := range text {
		if characters == 0 {
			return text[:i] + "…"
		}
		characters--
	}
	return text
}
