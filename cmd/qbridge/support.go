package main

import (
	"errors"
	"fmt"
	"os"

	"qbridge/internal/bridge"
)

type supportCommand struct {
	folder
	URL    string `help:"Where the Web Connector finds us." default:"http://localhost:8480/qbwc"`
	Output string `short:"o" required:"" help:"The bundle, a zip file." placeholder:"FILE" type:"path"`
}

func (s supportCommand) Run(c *console) error {
	return c.with(s.folder, func(b *bridge.Bridge) error {
		findings, err := b.Doctor(c.ctx, nil)
		if err != nil { // a bundle is wanted most when something is wrong
			findings = append(findings, bridge.Finding{What: "doctor", Says: c.redactor.Text(err.Error())})
		}
		findings = append(findings, bridge.ServiceFinding(c.ctx, s.URL), systemServiceFinding())
		f, err := os.OpenFile(s.Output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, os.ErrExist) {
			return fmt.Errorf("the file is there already and is left as it is; choose another name: %w", err)
		}
		if err != nil {
			return fmt.Errorf("cannot write the bundle: %w", err)
		}
		err = b.Support(c.ctx, f, findings)
		if err = errors.Join(err, f.Close()); err != nil {
			return errors.Join(err, os.Remove(s.Output))
		}
		c.say("Written to %s. It holds no secret, and names, addresses and texts of buyers are masked; README.txt in it says what it holds. Look through it before you send it.", s.Output)
		return nil
	})
}
