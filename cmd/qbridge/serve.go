package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"qbridge/internal/bridge"
	"qbridge/internal/web"
)

type serveCommand struct {
	folder
	Listen    string        `help:"Where the Web Connector finds us. localhost is this computer only; any other name needs TLS." default:"localhost:8480" placeholder:"ADDR"`
	TLSCert   string        `name:"tls-cert" help:"Certificate, PEM." placeholder:"F" type:"path" and:"tls"`
	TLSKey    string        `name:"tls-key" help:"Its key, PEM." placeholder:"F" type:"path" and:"tls"`
	PullEvery time.Duration `help:"How often orders are pulled." default:"5m"`
	Verbose   bool          `help:"Say every call."`
	LogBodies bool          `help:"Also log the Web Connector's calls and our answers, without passwords, to log/bodies.log." env:"QBRIDGE_LOG_BODIES"`
}

func (s serveCommand) Run(c *console) error {
	certificate, err := s.tls()
	if err != nil {
		return err
	}
	level := slog.LevelInfo
	if s.Verbose {
		level = slog.LevelDebug
	}
	file := bridge.LogFile(s.Data)
	log := bridge.NewLog(io.MultiWriter(c.talk, file), level, c.redactor)
	config := c.config(s.folder, log)
	if s.LogBodies {
		bodies := bridge.BodiesFile(s.Data)
		defer bodies.Close() // nothing is lost: each line is written at once
		config.Bodies = bridge.NewLog(bodies, slog.LevelInfo, c.redactor)
	}
	b, err := bridge.Create(config) // a new folder is set up in the console
	if err != nil {
		return errors.Join(err, file.Close())
	}
	err = underSystem(c.ctx, func(ctx context.Context) error {
		console, err := web.New(b)
		if err != nil {
			return err
		}
		return b.Serve(ctx, bridge.Serving{Listen: s.Listen, TLS: certificate, PullEvery: s.PullEvery, Console: console, Ready: func(url string) {
			c.say("QBridge %s serves %s. Stop it with Ctrl+C.", bridge.Version, url)
			c.sayConsole(b, url)
		}})
	})
	return errors.Join(err, b.Close(), file.Close())
}

// tls reads the certificate; nil without one.
func (s serveCommand) tls() (*tls.Config, error) {
	if s.TLSCert == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(s.TLSCert, s.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("the certificate can't be used: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

type pullCommand struct {
	folder
}

func (p pullCommand) Run(c *console) error {
	return c.with(p.folder, func(b *bridge.Bridge) error {
		pulled, err := b.Pull(c.ctx)
		for _, one := range pulled {
			fmt.Fprintf(c.out, "store %s: %d new, %d changed, %d as before", one.Store, one.New, one.Changed, one.Same+one.Old)
			if one.Unreadable > 0 {
				fmt.Fprintf(c.out, ", %d can't be read (see qbridge orders --state attention)", one.Unreadable)
			}
			fmt.Fprintln(c.out)
		}
		if err != nil {
			return err
		}
		_, err = b.PlanAll(c.ctx)
		return err
	})
}

type doctorCommand struct {
	folder
	URL     string `help:"Where the Web Connector finds us." default:"http://localhost:8480/qbwc"`
	TLSCert string `name:"tls-cert" help:"Certificate of serve, PEM." placeholder:"F" type:"path"`
	TLSKey  string `name:"tls-key" help:"Its key, PEM." placeholder:"F" type:"path"`
	JSON    bool   `help:"As JSON."`
}

// errFindings: doctor found something to mend.
var errFindings = errors.New("something needs mending")

func (d doctorCommand) Run(c *console) error {
	return c.with(d.folder, func(b *bridge.Bridge) error {
		certificates, err := d.certificates()
		if err != nil {
			return err
		}
		findings, err := b.Doctor(c.ctx, certificates)
		if err != nil {
			return err
		}
		findings = append(findings, bridge.ServiceFinding(c.ctx, d.URL), systemServiceFinding())
		if d.JSON {
			if err := writeJSON(c.out, findings); err != nil {
				return err
			}
		}
		bad := 0
		for _, f := range findings {
			mark := "ok  "
			if !f.OK {
				mark = "MEND"
				bad++
			}
			if d.JSON {
				continue
			}
			printLines(c.out, mark+"  "+fitCell(f.What, 22, false)+" ", f.Says)
			if !f.OK {
				printLines(c.out, strings.Repeat(" ", 29)+"-> ", f.Cure)
			}
		}
		if bad > 0 {
			return errFindings
		}
		return nil
	})
}

func (d doctorCommand) certificates() ([]*x509.Certificate, error) {
	if d.TLSCert == "" {
		return nil, nil
	}
	s := serveCommand{TLSCert: d.TLSCert, TLSKey: d.TLSKey}
	config, err := s.tls()
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(config.Certificates[0].Certificate[0])
	return []*x509.Certificate{leaf}, err
}

type backupCommand struct {
	folder
	Output string `short:"o" required:"" help:"The copy." placeholder:"FILE" type:"path"`
}

func (k backupCommand) Run(c *console) error {
	return c.with(k.folder, func(b *bridge.Bridge) error {
		if err := b.Backup(c.ctx, k.Output); err != nil {
			return err
		}
		c.say("%s holds everything but the key of the secrets (secret.key): keep a copy of that apart.", k.Output)
		return nil
	})
}

type qwcCommand struct {
	folder
	URL    string `help:"Where the Web Connector finds us, exactly." default:"http://localhost:8480/qbwc"`
	Output string `short:"o" help:"The file; standard output when left out." placeholder:"FILE" type:"path"`
}

func (q qwcCommand) Run(c *console) error {
	return c.with(q.folder, func(b *bridge.Bridge) error {
		file, err := b.QWC(c.ctx, q.URL)
		if err != nil {
			return err
		}
		return output(c, q.Output, file)
	})
}
