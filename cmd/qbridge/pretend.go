package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"qbridge/internal/prove"
	"qbridge/internal/sim"
)

// The pretend shop's number and token: nothing secret about them.
const (
	pretendNumber = 1003
	pretendStore  = prove.Store
	pretendToken  = prove.Token
)

// world is the pretend shop and the pretend company file, kept in a folder so
// that they are the same at the next start.
type world struct {
	Seed   uint64    `json:"seed"`
	Count  int       `json:"orders"`
	Newest time.Time `json:"newest"`

	orders  []sim.Generated
	shop    *sim.Shop
	company *sim.Company
}

// openWorld opens the pretend world in a folder, or makes it. The seed and the
// number of orders of an existing one stay as they are. Without the IDs of a
// .qwc file there is a shop only.
func openWorld(dir string, seed uint64, count int, ownerID, fileID string) (*world, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the folder of the pretend world: %w", err)
	}
	w := &world{Seed: seed, Count: count, Newest: time.Now().UTC().Add(-10 * time.Minute).Truncate(time.Second)}
	about := filepath.Join(dir, "pretend-shop.json")
	text, err := os.ReadFile(about)
	switch {
	case err == nil:
		if err := json.Unmarshal(text, w); err != nil {
			return nil, fmt.Errorf("%s can't be read: %w", about, err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	default:
		if text, err = json.Marshal(w); err == nil {
			err = os.WriteFile(about, text, 0o600)
		}
		if err != nil {
			return nil, fmt.Errorf("cannot keep the pretend shop: %w", err)
		}
	}
	if err := w.openShop(); err != nil {
		return nil, err
	}
	if fileID == "" {
		return w, nil // the books are made for a .qwc file
	}
	return w, w.openBooks(filepath.Join(dir, "pretend-books.json"), ownerID, fileID)
}

func (w *world) openShop() error {
	w.shop = sim.NewShop(sim.ShopConfig{StoreID: pretendNumber, Token: pretendToken, Currency: "USD", Timezone: "America/Chicago"})
	w.orders = sim.Orders(w.Seed, w.Count, w.Newest)
	for _, o := range w.orders {
		if err := w.shop.Put(o.JSON); err != nil {
			return fmt.Errorf("the pretend shop: %w", err)
		}
	}
	return nil
}

func (w *world) openBooks(path, ownerID, fileID string) (err error) {
	w.company, err = sim.LoadCompany(path, time.Now)
	if errors.Is(err, fs.ErrNotExist) {
		w.company = sim.NewCompany(sim.CompanyConfig{Name: "Pretend Company", Country: "US", SalesTax: true, OwnerID: ownerID, FileID: fileID, ClosingDate: sim.ClosingDate(w.Newest)})
		return w.company.Save(path)
	}
	return err
}

// since is the day from which orders are pulled so that all are.
func (w *world) since() time.Time { return w.Newest.AddDate(-2, 0, 0) }

// raw gives the orders as the shop has them.
func (w *world) raw() []json.RawMessage {
	list := make([]json.RawMessage, len(w.orders))
	for i, o := range w.orders {
		list[i] = o.JSON
	}
	return list
}

type pretendCommand struct {
	folder
	ShopListen   string        `help:"Where the pretend shop listens: give init --ecwid-url http://ADDR/api/v3." default:"localhost:8479" placeholder:"ADDR"`
	Orders       int           `help:"How many orders it has." default:"60"`
	Seed         uint64        `help:"Which orders." default:"1"`
	Connector    string        `help:"Also pretend the Web Connector, with this .qwc file." placeholder:"FILE.qwc" type:"path" and:"connector"`
	PasswordFile string        `help:"A file with the Web Connector's password." placeholder:"F" type:"path" and:"connector"`
	Every        time.Duration `help:"How often it polls." default:"5s"`
}

func (p pretendCommand) Run(c *console) error {
	var file sim.QWC
	if p.Connector != "" {
		text, err := os.ReadFile(p.Connector)
		if err != nil {
			return fmt.Errorf("cannot read the .qwc file: %w", err)
		}
		if file, err = sim.ParseQWC(text); err != nil {
			return err
		}
	}
	w, err := openWorld(p.Data, p.Seed, p.Orders, file.OwnerID, file.FileID)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", p.ShopListen)
	if err != nil {
		return fmt.Errorf("the pretend shop can't listen: %w", err)
	}
	c.say("The pretend shop listens. Set a bridge up for it: qbridge init --store %s --ecwid-url http://%s/api/v3 --since %s --token-file FILE, where FILE holds %s",
		pretendStore, l.Addr(), w.since().Format(time.DateOnly), pretendToken)
	c.say("Or in the console of qbridge serve, Set-up: the shop: the same store ID, token and day, and under \"The shop is at another address than Ecwid's\" http://%s/api/v3", l.Addr())
	server := &http.Server{Handler: w.shop, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	if p.Connector != "" {
		err = p.poll(c, w, file)
	} else {
		select {
		case <-c.ctx.Done():
		case err = <-failed:
		}
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), 5*time.Second)
	defer cancel()
	return errors.Join(err, server.Shutdown(end))
}

// poll is the pretend Web Connector: a session every so often until the
// program is stopped. A session that fails is said and tried again.
func (p pretendCommand) poll(c *console, w *world, file sim.QWC) error {
	password, err := secretFrom(p.PasswordFile)
	if err != nil {
		return err
	}
	connector := sim.NewConnector(sim.ConnectorConfig{AppURL: file.AppURL, AppName: file.AppName, User: file.UserName, Password: password.Reveal(), Company: w.company})
	for {
		report, err := connector.Session(c.ctx)
		switch {
		case c.ctx.Err() != nil:
			return nil
		case err != nil:
			c.say("%s session failed: %v", time.Now().Format(time.TimeOnly), err)
		default:
			c.say("%s %d sets, %d requests. %s", time.Now().Format(time.TimeOnly), report.Sets, report.Requests, report.LastError)
		}
		select {
		case <-c.ctx.Done():
			return nil
		case <-time.After(p.Every):
		}
	}
}

// visible is how many of the orders the shop shows: it never gives unfinished
// carts.
func (w *world) visible() int { return len(w.orders) }
