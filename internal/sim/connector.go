package sim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/beevik/etree"
)

// ConnectorConfig says how the pretend Web Connector is set up.
type ConnectorConfig struct {
	AppURL         string
	AppName        string // under which QuickBooks knows the application; "QBridge" when empty
	User, Password string
	Computer       string // which computer it runs on; PRETEND when empty
	Company        *Company
	Version        string       // told by clientVersion; 2.3.0.215 when empty
	HTTP           *http.Client // nil: one of its own that neither redirects nor asks for compression
	Raw            bool         // send the envelopes of the .NET client instead of those of the generated one
	NoOpWait       time.Duration
	Sleep          func(context.Context, time.Duration) error // how time passes; nil: it really does
	// Before and After are asked around each step, an operation's name or ProcessRequest. An error cuts the session
	// there, as when the machine loses power: before means the step did not happen, after that its result was lost.
	Before, After func(step string) error
	// Twice tells to send a call two times, as .NET does when a kept-alive connection died; the second answer counts.
	Twice func(step string) bool
	// Reply may change what QuickBooks answered on its way to the service.
	Reply func(*Reply)
}

// Reply is what QuickBooks gives back for a message set: an answer, or an HRESULT and its text.
type Reply struct{ Response, HResult, Message string }

// Connector pretends the QuickBooks Web Connector. It may run many sessions, one after another.
type Connector struct {
	config ConnectorConfig
	wire   wire
	world  *World   // whose armed faults strike here; nil: none
	told   []string // the arguments of the newest receiveResponseXML
}

// A wire carries one operation of the service; the arguments are in the order of the WSDL.
type wire interface {
	call(ctx context.Context, operation string, arguments ...string) ([]string, error)
}

// Report is what one session came to.
type Report struct {
	ServerVersion string
	ClientVersion string // the answer to clientVersion
	Ticket        string
	Verdict       string // the second string of authenticate: none, nvu, busy, a path, or "" for the open file
	Postponed     string // the third: seconds to wait; not "" means the session did not run
	Every         string // the fourth: the floor of the polling interval in seconds
	Steps         []string
	Sets          int   // message sets handed to QuickBooks
	Requests      int   // requests in them that QuickBooks tried
	Progress      []int // the answers of receiveResponseXML
	LastError     string
	Closed        string // the answer of closeConnection
}

// NewConnector makes a Web Connector that has the application installed.
func NewConnector(config ConnectorConfig) *Connector {
	if config.Version == "" {
		config.Version = "2.3.0.215"
	}
	if config.AppName == "" {
		config.AppName = "QBridge"
	}
	if config.Computer == "" {
		config.Computer = "PRETEND"
	}
	if config.Sleep == nil {
		config.Sleep = really
	}
	if config.HTTP == nil {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.DisableCompression = true
		config.HTTP = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	c := &Connector{}
	client := *config.HTTP
	client.Transport = &troubledWire{c, cmp.Or(client.Transport, http.DefaultTransport)}
	config.HTTP = &client
	c.config, c.wire = config, newGenerated(config)
	if config.Raw {
		c.wire = &dotNet{url: config.AppURL, client: config.HTTP}
	}
	return c
}

// A cut is the error of a hook that ended the session.
type cut struct{ error }

func (c cut) Unwrap() error { return c.error }

type session struct {
	*Connector
	Report
	ctx     context.Context
	pause   func(step string) bool // asked before each step; false abandons the session; nil: no pauses
	request string                 // the message set that is out
}

// Session runs one update from serverVersion to closeConnection. The error is what the Web Connector would show with a
// QBWC number; the report tells how far it came.
func (c *Connector) Session(ctx context.Context) (Report, error) {
	s := &session{Connector: c, ctx: ctx}
	err := s.run()
	return s.Report, err
}

// errAbandoned ends a session that is driven step by step and not driven to its end.
var errAbandoned = errors.New("the session was abandoned")

// A Walk is a session that goes on one step at a time, so that another may go on in between.
type Walk struct {
	Report Report // complete when Step told that there are no more
	Err    error
	next   func() (string, bool)
	stop   func()
}

// Walk begins a session that stops before each of its steps. Step or Stop must be called to its end.
func (c *Connector) Walk(ctx context.Context) *Walk {
	w := &Walk{}
	w.next, w.stop = iter.Pull(func(yield func(string) bool) {
		s := &session{Connector: c, ctx: ctx, pause: yield}
		w.Err = s.run()
		w.Report = s.Report
	})
	return w
}

// Step does what the session stopped at and goes on to its next step, whose name it gives; more is false when the session
// is over.
func (w *Walk) Step() (next string, more bool) { return w.next() }

// Stop abandons the session where it stands, as when the machine loses power.
func (w *Walk) Stop() { w.stop() }

// step does one thing between the hooks.
func (s *session) step(name string, do func() error) error {
	s.Steps = append(s.Steps, name)
	if err := s.ctx.Err(); err != nil {
		return err
	}
	if s.pause != nil && !s.pause(name) {
		return cut{errAbandoned}
	}
	if s.config.Before != nil {
		if err := s.config.Before(name); err != nil {
			return cut{fmt.Errorf("cut before %s: %w", name, err)}
		}
	}
	if err := s.world.before(s, name); err != nil {
		return cut{fmt.Errorf("cut before %s: %w", name, err)}
	}
	err := do()
	if s.config.After != nil {
		if hook := s.config.After(name); hook != nil {
			return cut{fmt.Errorf("cut after %s: %w", name, hook)}
		}
	}
	if hook := s.world.after(s, name); hook != nil {
		return cut{fmt.Errorf("cut after %s: %w", name, hook)}
	}
	return err
}

// call does one operation whose result is a list of strings.
func (s *session) call(operation string, arguments ...string) (results []string, err error) {
	err = s.step(operation, func() error {
		if operation == "receiveResponseXML" {
			s.told = arguments
		}
		if s.config.Twice != nil && s.config.Twice(operation) || s.world.twice(operation) {
			if _, err := s.wire.call(s.ctx, operation, arguments...); err != nil {
				return err
			}
		}
		results, err = s.wire.call(s.ctx, operation, arguments...)
		return err
	})
	return results, err
}

// ask does one operation whose result is one string.
func (s *session) ask(operation string, arguments ...string) (string, error) {
	results, err := s.call(operation, arguments...)
	if err != nil {
		return "", err
	}
	return results[0], nil
}

func (s *session) run() error {
	if err := s.greet(); err != nil {
		return err
	}
	goOn, err := s.logIn()
	if err != nil {
		return err
	}
	if !goOn {
		return s.close()
	}
	opened, err := s.openCompany()
	if err != nil {
		return err
	}
	if !opened {
		return s.close()
	}
	defer s.config.Company.EndSession()
	if err := s.exchange(); err != nil {
		return err
	}
	return s.close()
}

// greet exchanges versions. A failing serverVersion is passed over (qbwc-protocol.md 2.4).
func (s *session) greet() error {
	version, err := s.ask("serverVersion")
	if errors.As(err, new(cut)) {
		return err
	}
	s.ServerVersion = version
	s.ClientVersion, err = s.ask("clientVersion", s.config.Version)
	switch {
	case err != nil:
		return fmt.Errorf("QBWC1036: clientVersion failed: %w", err)
	case s.ClientVersion == "":
		return nil
	case strings.HasPrefix(s.ClientVersion, "E:"), strings.HasPrefix(s.ClientVersion, "O:"), strings.HasPrefix(s.ClientVersion, "W:"): // nobody is there to click a warning away
		return fmt.Errorf("QBWC1037: the service answered %q", s.ClientVersion)
	}
	return fmt.Errorf("QBWC1046: clientVersion answered %q", s.ClientVersion)
}

// logIn tells whether the session goes on (qbwc-protocol.md 1.3.3).
func (s *session) logIn() (goOn bool, err error) {
	answer, err := s.call("authenticate", s.config.User, s.config.Password)
	if err != nil {
		return false, fmt.Errorf("QBWC1012: authenticate failed: %w", err)
	}
	if len(answer) != 4 {
		return false, fmt.Errorf("QBWC1012: authenticate answered %d strings, not four. Index was outside the bounds of the array", len(answer))
	}
	s.Ticket, s.Verdict, s.Postponed, s.Every = answer[0], answer[1], answer[2], answer[3]
	for _, seconds := range answer[2:] {
		if _, err := strconv.Atoi(seconds); seconds != "" && err != nil {
			return false, fmt.Errorf("QBWC1012: authenticate answered %q, which is not a number of seconds", seconds)
		}
	}
	verdicts := []string{"none", "nvu", "busy"}
	return s.Postponed == "" && !slices.Contains(verdicts, strings.ToLower(s.Verdict)), nil
}

// openCompany opens QuickBooks, asking connectionError what to do when it cannot. A service that never says done would
// keep the real program in an endless loop.
func (s *session) openCompany() (opened bool, err error) {
	file := s.Verdict
	for range 10 {
		hresult, message := s.config.Company.BeginSession(s.config.AppName, file)
		if hresult == "" {
			return true, nil
		}
		answer, err := s.ask("connectionError", s.Ticket, hresult, message)
		if err != nil {
			return false, fmt.Errorf("QBWC1045: connectionError failed: %w", err)
		}
		if strings.EqualFold(answer, "done") {
			s.LastError = message
			return false, nil
		}
		file = answer
	}
	return false, fmt.Errorf("connectionError was answered ten times without done")
}

// exchange passes requests to QuickBooks and answers back until the service has no more.
func (s *session) exchange() error {
	hcp := s.config.Company.hcp(s.config.Computer)
	country, major, minor := s.config.Company.processor()
	for {
		request, err := s.ask("sendRequestXML", s.Ticket, hcp, s.config.Company.File(), country, major, minor)
		if err != nil {
			return fmt.Errorf("QBWC1041: sendRequestXML failed: %w", err)
		}
		hcp = ""
		if request == "" {
			again, err := s.nothingToSend()
			if err != nil || !again {
				return err
			}
			continue
		}
		s.request = request
		progress, err := s.pass(request)
		if err != nil {
			return err
		}
		if progress < 0 {
			_, err := s.nothingToSend()
			return err
		}
		if progress == 100 {
			return nil
		}
	}
}

// pass gives one request to QuickBooks and its answer to the service.
func (s *session) pass(request string) (progress int, err error) {
	var reply Reply
	if err := s.step("ProcessRequest", func() error {
		before := s.config.Company.Requests()
		reply.Response, reply.HResult, reply.Message = s.config.Company.Process(request)
		s.Requests += s.config.Company.Requests() - before
		return nil
	}); err != nil {
		return 0, err
	}
	s.Sets++
	if s.config.Reply != nil {
		s.config.Reply(&reply)
	}
	s.world.reply(s, &reply)
	answer, err := s.ask("receiveResponseXML", s.Ticket, reply.Response, reply.HResult, reply.Message)
	if err != nil {
		return 0, fmt.Errorf("QBWC1042: receiveResponseXML failed: %w", err)
	}
	progress, err = strconv.Atoi(answer)
	if err != nil || progress > 100 {
		return 0, fmt.Errorf("QBWC1042: receiveResponseXML answered %q", answer)
	}
	s.Progress = append(s.Progress, progress)
	return progress, nil
}

// nothingToSend asks getLastError why; again is true after NoOp.
func (s *session) nothingToSend() (again bool, err error) {
	s.LastError, err = s.ask("getLastError", s.Ticket)
	switch {
	case err != nil:
		return false, fmt.Errorf("QBWC1043: getLastError failed: %w", err)
	case s.LastError == "Interactive mode":
		return false, fmt.Errorf("the service asked for interactive mode")
	case s.LastError != "NoOp":
		return false, nil
	}
	if err := s.config.Sleep(s.ctx, s.config.NoOpWait); err != nil { // five seconds in the real program
		return false, err
	}
	return true, nil
}

func really(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *session) close() (err error) {
	s.Closed, err = s.ask("closeConnection", s.Ticket)
	if err != nil {
		return fmt.Errorf("QBWC1044: closeConnection failed: %w", err)
	}
	return nil
}

// processor tells what the installed request processor is: country and its highest qbXML version.
func (c *Company) processor() (country, major, minor string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	versions := c.books.Config.SupportedVersions
	major, minor, _ = strings.Cut(versions[len(versions)-1], ".")
	return c.books.Config.Country, major, minor
}

// QWC is what the Web Connector keeps of a .qwc file.
type QWC struct {
	AppName, AppURL, AppSupport, UserName, OwnerID, FileID string
}

// ParseQWC reads a .qwc file. Required elements that are missing are an error, unknown ones are ignored.
func ParseQWC(file []byte) (QWC, error) {
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(file); err != nil {
		return QWC{}, fmt.Errorf("QBWC1039: the .qwc file is not XML: %w", err)
	}
	root := doc.SelectElement("QBWCXML")
	if root == nil {
		return QWC{}, fmt.Errorf("QBWC1039: the .qwc file's root is not QBWCXML")
	}
	for _, required := range []string{"AppName", "AppID", "AppURL", "AppDescription", "AppSupport", "UserName", "OwnerID", "FileID", "QBType"} {
		if e := root.SelectElement(required); e == nil || strings.TrimSpace(e.Text()) == "" && required != "AppID" {
			return QWC{}, fmt.Errorf("QBWC1039: the .qwc file lacks %s", required)
		}
	}
	read := func(name string) string { return strings.TrimSpace(root.SelectElement(name).Text()) }
	return QWC{read("AppName"), read("AppURL"), read("AppSupport"), read("UserName"), read("OwnerID"), read("FileID")}, nil
}
