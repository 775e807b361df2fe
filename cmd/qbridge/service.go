package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/kardianos/service"

	"qbridge/internal/bridge"
)

type serviceCommand struct {
	Install serviceInstall `cmd:"" help:"Install and start it."`
	Remove  serviceRemove  `cmd:"" help:"Stop and remove it; the data stay."`
	Status  serviceStatus  `cmd:"" help:"Say how it stands."`
}

// systemService is `qbridge serve` as the system runs it.
func systemService(program service.Interface, arguments ...string) (service.Service, error) {
	return service.New(program, &service.Config{
		Name: "qbridge", DisplayName: "QBridge", Description: "Brings the orders of an Ecwid shop into QuickBooks Desktop.",
		Arguments: arguments,
		Option:    service.KeyValue{"DelayedAutoStart": true, "OnFailure": "restart", "OnFailureDelayDuration": "10s", "Restart": "on-failure"},
	})
}

// nothing is the program of a service that is only installed, removed or
// looked at.
type nothing struct{}

func (nothing) Start(service.Service) error { return nil }
func (nothing) Stop(service.Service) error  { return nil }

type serviceInstall struct {
	folder
	Listen    string `help:"Where the Web Connector finds us." default:"localhost:8480"`
	LogBodies bool   `help:"Have it log the Web Connector's calls and our answers too, as serve --log-bodies."`
}

func (i serviceInstall) Run(c *console) error {
	b, err := c.open(i.folder) // refuse a service on a folder that is not set up
	if err != nil {
		return err
	}
	if err := b.Close(); err != nil {
		return err
	}
	arguments := []string{"serve", "--data", i.Data, "--listen", i.Listen}
	if i.LogBodies {
		arguments = append(arguments, "--log-bodies")
	}
	s, err := systemService(nothing{}, arguments...)
	if err != nil {
		return noService(err)
	}
	if err := s.Install(); err != nil {
		return noService(err)
	}
	if err := s.Start(); err != nil {
		return noService(err)
	}
	c.say("The service qbridge is installed and runs.")
	return nil
}

type serviceRemove struct{}

func (serviceRemove) Run(c *console) error {
	s, err := systemService(nothing{})
	if err != nil {
		return noService(err)
	}
	if err := s.Stop(); err != nil {
		c.say("It was not running: %v", err)
	}
	if err := s.Uninstall(); err != nil {
		return noService(err)
	}
	c.say("The service qbridge is removed; the data folder stays.")
	return nil
}

type serviceStatus struct{}

func (serviceStatus) Run(c *console) error {
	_, err := fmt.Fprintln(c.out, systemServiceFinding().Says)
	return err
}

func noService(err error) error {
	if errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("the system refuses: run this as administrator (or root): %w", err)
	}
	return fmt.Errorf("the system service: %w", err)
}

// systemServiceFinding tells how the system service stands. Not being
// installed is no fault: serve may be run by hand.
func systemServiceFinding() bridge.Finding {
	f := bridge.Finding{What: "system service", OK: true}
	s, err := systemService(nothing{})
	var status service.Status
	if err == nil {
		status, err = s.Status()
	}
	switch {
	case errors.Is(err, service.ErrNotInstalled):
		f.Says = "not installed (serve is run by hand)"
	case err != nil:
		f.Says = "none is known here (" + err.Error() + "); serve is run by hand"
	case status == service.StatusRunning:
		f.Says = "installed and running"
	default:
		f.OK, f.Says, f.Cure = false, "installed, but not running", "Start it in the system's service list, or reinstall: qbridge service install."
	}
	return f
}

// running is `serve` under Windows' service control.
type running struct {
	ctx   context.Context
	stop  context.CancelFunc
	serve func(context.Context) error
	ended chan error
}

func (r *running) Start(s service.Service) error {
	go func() {
		r.ended <- r.serve(r.ctx)
		if err := s.Stop(); err != nil { // it ended by itself: tell the system
			r.stop()
		}
	}()
	return nil
}

func (r *running) Stop(service.Service) error {
	r.stop()
	return nil
}

// underSystem runs serve by hand, or as the service that the system started.
func underSystem(ctx context.Context, serve func(context.Context) error) error {
	if service.Interactive() || runtime.GOOS != "windows" {
		return serve(ctx)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	r := &running{ctx: ctx, stop: stop, serve: serve, ended: make(chan error, 1)}
	s, err := systemService(r)
	if err != nil {
		return noService(err)
	}
	if err := s.Run(); err != nil {
		return noService(err)
	}
	stop()
	return <-r.ended
}
