package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"qbridge/internal/bridge"
)

type initCommand struct {
	folder
	Store        string `required:"" help:"The number of the Ecwid store, at the foot of its admin." placeholder:"ID"`
	TokenFile    string `required:"" help:"A file with the secret token (secret_...) of the shop's custom app." placeholder:"FILE" type:"path"`
	EcwidURL     string `name:"ecwid-url" help:"The API's address before the store's number." default:"${ecwidurl}" placeholder:"URL"`
	Company      string `help:"How you call the company file." default:"My Company" placeholder:"NAME"`
	User         string `help:"The Web Connector's user for it; made from the store's number when left out." placeholder:"U"`
	PasswordFile string `help:"A file with the Web Connector's password; one is made and shown once when left out." placeholder:"FILE" type:"path"`
	Since        string `help:"Orders placed from this day on (YYYY-MM-DD); today when left out." placeholder:"DATE"`
	Mode         string `help:"look: plan, write nothing. pending: post as drafts. post: post." enum:"look,pending,post" default:"look"`
}

func (i initCommand) Run(c *console) (err error) {
	setup := bridge.Setup{StoreID: i.Store, EcwidURL: i.EcwidURL, Company: i.Company, User: i.User, Mode: i.Mode}
	if setup.Token, err = secretFrom(i.TokenFile); err != nil {
		return err
	}
	if i.PasswordFile != "" {
		if setup.Password, err = secretFrom(i.PasswordFile); err != nil {
			return err
		}
	}
	if i.Since != "" {
		if setup.Since, err = time.ParseInLocation(time.DateOnly, i.Since, time.Local); err != nil {
			return fmt.Errorf("--since %q is no day: write it like 2026-01-31", i.Since)
		}
	}
	b, err := bridge.Create(c.config(i.folder, c.log(slog.LevelWarn)))
	if err != nil {
		return err
	}
	made, err := b.Init(c.ctx, setup)
	if err = errors.Join(err, b.Close()); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "Data folder:              %s\n", i.Data)
	showMade(c, made)
	c.say("Next: run qbridge serve, or qbridge service install. Then write the .qwc file with qbridge qwc -o qbridge.qwc and add it to the Web Connector. qbridge doctor says at any time what is missing.")
	return nil
}

// showMade shows the Web Connector's user, and its password when it was made.
func showMade(c *console, made bridge.Made) {
	fmt.Fprintf(c.out, "The Web Connector's user: %s\n", made.User)
	if made.Password != "" {
		fmt.Fprintf(c.out, "Its password:             %s   (shown this once: write it down)\n", made.Password.Reveal())
	}
}

type passwordCommand struct {
	folder
	PasswordFile string `help:"A file with the new password; one is made and shown once when left out." placeholder:"FILE" type:"path"`
}

func (p passwordCommand) Run(c *console) (err error) {
	var chosen bridge.Secret
	if p.PasswordFile != "" {
		if chosen, err = secretFrom(p.PasswordFile); err != nil {
			return err
		}
	}
	return c.with(p.folder, func(b *bridge.Bridge) error {
		made, err := b.SetPassword(c.ctx, chosen)
		if err != nil {
			return err
		}
		showMade(c, made)
		c.say("Type it into the Web Connector's Password field: the old one is refused from now on.")
		return nil
	})
}

// secretFrom reads a secret from a file, without the line's end.
func secretFrom(path string) (bridge.Secret, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("cannot read the secret: %w", err)
	}
	secret := strings.TrimSpace(string(text))
	if secret == "" {
		return "", fmt.Errorf("%s is empty: it should hold one line", path)
	}
	return bridge.Secret(secret), nil
}

type tokenCommand struct {
	folder
	Store     string `required:"" help:"The number of the Ecwid store." placeholder:"ID"`
	TokenFile string `required:"" help:"A file with the new secret token." placeholder:"FILE" type:"path"`
}

func (t tokenCommand) Run(c *console) error {
	token, err := secretFrom(t.TokenFile)
	if err != nil {
		return err
	}
	return c.with(t.folder, func(b *bridge.Bridge) error {
		if err := b.SetToken(c.ctx, t.Store, token); err != nil {
			return err
		}
		c.say("The token of store %s is replaced.", t.Store)
		return nil
	})
}

type resumeCommand struct {
	folder
	Ask bool `help:"The right company file was opened since: ask it for our documents again, and mark nothing as gone."`
}

func (r resumeCommand) Run(c *console) error {
	return c.with(r.folder, func(b *bridge.Bridge) error {
		if r.Ask {
			if err := b.AskAgain(c.ctx, "command line", ""); err != nil {
				return err
			}
			c.say("QuickBooks is asked for our documents at the next session, before anything is written.")
			return nil
		}
		gone, err := b.Resume(c.ctx, "command line", "")
		if err != nil {
			return err
		}
		c.say("QBridge writes to the company file again. %d orders whose documents are gone need attention: qbridge orders --state attention.", gone)
		return nil
	})
}
