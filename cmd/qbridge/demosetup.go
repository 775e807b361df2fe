package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"time"

	"qbridge/internal/bridge"
	"qbridge/internal/sim"
	"qbridge/internal/web"
)

// setup serves a folder in which nothing is set up, with a pretend shop and a
// pretend Web Connector to set up. On a folder where that was done before it
// goes on.
func (d demoCommand) setup(c *console, b *bridge.Bridge) error {
	folder := filepath.Join(d.Data, "pretend")
	w, err := openWorld(folder, d.Seed, d.Orders, "", "")
	if err != nil {
		return err
	}
	shop := httptest.NewServer(w.shop)
	defer shop.Close()
	done, err := b.SetUp(c.ctx)
	if err == nil && done {
		err = b.MoveShop(c.ctx, pretendStore, shop.URL+"/api/v3")
	}
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(c.ctx)
	office := &office{console: c, ctx: ctx, folder: folder, world: w}
	defer func() { stop(); office.working.Wait() }()
	pages, err := web.NewPretend(b, web.Pretend{StoreID: pretendStore, Token: pretendToken, EcwidURL: shop.URL + "/api/v3", Since: w.since(), Connect: office.connect})
	if err != nil {
		return err
	}
	return b.Serve(ctx, bridge.Serving{Listen: d.Listen, PullEvery: time.Minute, Console: pages, Ready: func(url string) {
		c.say("A pretend shop with %d orders, and a pretend Web Connector with QuickBooks behind it, in %s. Stop with Ctrl+C.", w.Count, d.Data)
		c.sayConsole(b, url)
		if err := office.open(url); err != nil {
			c.say("the pretend Web Connector does not go on: %v", err)
		}
	}})
}

// office is where the pretend Web Connector and the pretend QuickBooks run.
type office struct {
	console *console
	ctx     context.Context // ends its work
	folder  string
	world   *world
	working sync.WaitGroup

	mu   sync.Mutex
	stop context.CancelFunc // ends the connector that runs; nil without one
}

// installed is what the pretend Web Connector knows: the .qwc file and the
// password. Nothing secret about it.
type installed struct {
	QWC      []byte `json:"qwc"`
	Password string `json:"password"`
}

func (o *office) path() string { return filepath.Join(o.folder, "pretend-connector.json") }

// open goes on with what was installed before. The service may have another
// address since.
func (o *office) open(url string) error {
	text, err := os.ReadFile(o.path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var i installed
	if err == nil {
		err = json.Unmarshal(text, &i)
	}
	if err != nil {
		return err
	}
	return o.start(i, url)
}

// connect adds a .qwc file to the pretend Web Connector and types the password
// in.
func (o *office) connect(qwc []byte, password string) error {
	i := installed{qwc, password}
	text, err := json.Marshal(i)
	if err != nil {
		return err
	}
	if err := os.WriteFile(o.path(), text, 0o600); err != nil {
		return fmt.Errorf("the pretend Web Connector can't keep the file: %w", err)
	}
	return o.start(i, "")
}

// start has the connector come to an address; "" is that of the .qwc file.
func (o *office) start(i installed, url string) error {
	file, err := sim.ParseQWC(i.QWC)
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.world.company == nil {
		if err := o.world.openBooks(filepath.Join(o.folder, "pretend-books.json"), file.OwnerID, file.FileID); err != nil {
			return err
		}
	}
	if o.stop != nil {
		o.stop()
	}
	ctx, stop := context.WithCancel(o.ctx)
	o.stop = stop
	connector := sim.NewConnector(sim.ConnectorConfig{AppURL: cmp.Or(url, file.AppURL), AppName: file.AppName, User: file.UserName, Password: i.Password, Company: o.world.company})
	o.working.Go(func() { o.work(ctx, connector) })
	return nil
}

// officePause is how often the pretend Web Connector comes.
const officePause = 2 * time.Second

func (o *office) work(ctx context.Context, connector *sim.Connector) {
	for {
		report, err := connector.Session(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			o.console.say("the pretend Web Connector: %v", err)
		} else if report.LastError != "" {
			o.console.say("the pretend Web Connector shows: %s", report.LastError)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(officePause):
		}
	}
}
