package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"qbridge/internal/bridge"
	"qbridge/internal/prove"
	"qbridge/internal/sim"
	"qbridge/internal/web"
)

type demoCommand struct {
	Data   string `help:"Where the demo keeps its data; a new temporary folder when left out." placeholder:"DIR" type:"path"`
	Orders int    `help:"How many orders the pretend shop has." default:"60"`
	Seed   uint64 `help:"Which orders." default:"1"`
	Serve  bool   `help:"Go on serving afterwards, until Ctrl+C." xor:"serve"`
	Setup  bool   `help:"Begin with nothing set up, and serve: the console leads through it." xor:"serve"`
	Listen string `help:"Where --serve and --setup serve." default:"localhost:8480" placeholder:"ADDR"`
}

const demoPassword = "demo-password-of-the-pretend-connector"

func (d demoCommand) Run(c *console) (err error) {
	if d.Data == "" {
		if d.Data, err = os.MkdirTemp("", "qbridge-demo-"); err != nil {
			return fmt.Errorf("cannot make a folder for the demo: %w", err)
		}
	}
	b, err := bridge.Create(bridge.Config{Dir: d.Data, Log: c.log(slog.LevelWarn), Redactor: c.redactor, SeeSet: keepSets(os.Getenv("QBRIDGE_QBXML_OUT"))})
	if err != nil {
		return err
	}
	if d.Setup {
		return errors.Join(d.setup(c, b), b.Close())
	}
	return errors.Join(d.run(c, b), b.Close())
}

// keepSets writes every message set into a folder, for validation; it does
// nothing without one.
func keepSets(dir string) func(string, []byte) {
	if dir == "" {
		return nil
	}
	return func(id string, document []byte) {
		if err := os.WriteFile(filepath.Join(dir, id+".xml"), document, 0o600); err != nil {
			panic(err) // only checks set the folder
		}
	}
}

func (d demoCommand) run(c *console, b *bridge.Bridge) error {
	ctx, stop := context.WithCancel(c.ctx)
	defer stop()
	fresh, err := d.setUp(ctx, b)
	if err != nil {
		return err
	}
	qwc, err := b.QWC(ctx, "http://localhost:8480/qbwc")
	if err != nil {
		return err
	}
	file, err := sim.ParseQWC(qwc)
	if err != nil {
		return err
	}
	w, err := openWorld(filepath.Join(d.Data, "pretend"), d.Seed, d.Orders, file.OwnerID, file.FileID)
	if err != nil {
		return err
	}
	c.say("A pretend shop with %d orders, a pretend QuickBooks company file, and QBridge between them.", w.Count)
	if !fresh {
		c.say("This data folder has seen a demo before: what is in the books stays there once.")
	}
	shop := httptest.NewServer(w.shop)
	defer shop.Close()
	if err := b.MoveShop(ctx, pretendStore, shop.URL+"/api/v3"); err != nil {
		return err
	}
	ready := make(chan string, 1)
	ended := make(chan struct{})
	var ending error // how serving ended; read it after ended is closed
	serving := bridge.Serving{Listen: "localhost:0", PullEvery: time.Minute, Ready: func(url string) { ready <- url }}
	if d.Serve {
		serving.Listen = d.Listen
		if serving.Console, err = web.New(b); err != nil {
			return err
		}
	}
	go func() {
		defer close(ended)
		ending = b.Serve(ctx, serving)
	}()
	err = func() error {
		var url string
		select {
		case <-ended:
			return ending
		case url = <-ready:
			c.say("The SOAP service for the Web Connector is at %s.", url)
			connector := sim.NewConnector(sim.ConnectorConfig{AppURL: url, AppName: file.AppName, User: file.UserName, Password: demoPassword, Company: w.company})
			if err := d.poll(ctx, c, b, w, connector); err != nil {
				return err
			}
		}
		if err := d.report(ctx, c, b, w); err != nil || !d.Serve {
			return err
		}
		c.say("\nServing on until Ctrl+C.")
		c.sayConsole(b, url)
		select {
		case <-ctx.Done():
		case <-ended:
		}
		return nil
	}()
	stop()
	<-ended
	if err == nil {
		err = ending
	}
	return err
}

// setUp initialises a new demo folder; fresh tells whether it did.
func (d demoCommand) setUp(ctx context.Context, b *bridge.Bridge) (fresh bool, err error) {
	_, err = b.Init(ctx, bridge.Setup{StoreID: pretendStore, Token: pretendToken, EcwidURL: "http://localhost:8479/api/v3",
		Company: "Pretend Company", User: "pretend", Password: demoPassword, Since: time.Now().AddDate(-2, 0, 0), Mode: "look"})
	if errors.Is(err, bridge.ErrSetUp) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, b.ImportRules(ctx, []byte(prove.Rules), "demo")
}

// poll is the pretend Web Connector at work: sessions until nothing is on its
// way any more.
func (d demoCommand) poll(ctx context.Context, c *console, b *bridge.Bridge, w *world, connector *sim.Connector) error {
	before, said := len(w.company.Receipts()), ""
	for session := 1; session <= 200; session++ {
		report, err := connector.Session(ctx)
		if err != nil {
			return fmt.Errorf("the pretend Web Connector's session %d: %w", session, err)
		}
		if report.LastError != "" {
			return fmt.Errorf("the Web Connector shows: %s", report.LastError)
		}
		sums, err := b.Sums(ctx)
		if err != nil {
			return err
		}
		line, onTheWay, all := progressLine(sums)
		if line != said && all > 0 {
			c.say("  %s; receipts in the books: %d", line, len(w.company.Receipts()))
			said = line
		}
		_, lists, err := b.Lists(ctx)
		if err != nil {
			return err
		}
		if all >= int64(w.visible()) && onTheWay == 0 && report.Sets == 0 && readAll(lists) && session > 2 {
			c.say("Done: %d new receipts in the books.", len(w.company.Receipts())-before)
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
	return errors.New("the demo did not come to an end: orders are still on their way; please report this")
}

func readAll(lists []bridge.ListView) bool {
	for _, l := range lists {
		if l.ReadAt.IsZero() {
			return false
		}
	}
	return true
}

// progressLine says where the orders stand, and how many are on their way.
func progressLine(sums []bridge.StateSum) (line string, onTheWay, all int64) {
	var parts []string
	for _, s := range sums {
		parts = append(parts, fmt.Sprintf("%d %s", s.Count, strings.ToLower(s.State.Words())))
		all += s.Count
	}
	return strings.Join(parts, ", "), prove.OnTheWay(sums), all
}

// report prints the table, the sums and an independent check of the books.
func (d demoCommand) report(ctx context.Context, c *console, b *bridge.Bridge, w *world) error {
	views := []bridge.OrderView{}
	err := b.Orders(ctx, "", func(v bridge.OrderView) error {
		views = append(views, v)
		return nil
	})
	if err != nil {
		return err
	}
	printOrders(c.out, views)
	sums, err := b.Sums(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out)
	printSums(c.out, sums)
	terms, err := prove.Terms(w.orders, true)
	if err != nil {
		return err
	}
	terms.Expect = prove.HeldBack(terms.Expect, views)
	findings := sim.Audit(w.raw(), w.company, terms)
	if len(findings) > 0 {
		for _, f := range findings {
			c.say("the books are wrong: %v", f)
		}
		return fmt.Errorf("differences between the pretend shop and the pretend books: %d", len(findings))
	}
	fmt.Fprintf(c.out, "\nChecked apart from QBridge: every receipt in the pretend books equals its order in every part, and stands there once.\n")
	c.say("\nThe data are in %s. Try next:", d.Data)
	program := invocation()
	c.say("  %s orders --data %s --state attention", program, d.Data)
	if len(views) > 0 {
		c.say("  %s order --data %s %s", program, d.Data, views[0].Number)
		c.say("  %s plan --data %s %s --qbxml", program, d.Data, views[0].Number)
	}
	c.say("  %s demo --data %s", program, d.Data)
	c.say("The last one again: nothing is posted twice.")
	return nil
}

// invocation is how this program was called: by its name, or by `go run`, which
// builds it in a folder of its own.
func invocation() string {
	if strings.Contains(filepath.ToSlash(os.Args[0]), "/go-build") {
		return "go run ./cmd/qbridge"
	}
	return "qbridge"
}
