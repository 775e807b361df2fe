// Command qbridge brings the orders of an Ecwid shop into QuickBooks Desktop,
// exactly and once.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"

	"github.com/alecthomas/kong"

	"qbridge/internal/bridge"
)

// Exit codes; docs/commands.md lists them.
const (
	exitDone     = 0
	exitFailed   = 1 // it did not work; the sentence on stderr says why
	exitUsage    = 2 // the command line is wrong
	exitFindings = 3 // doctor found something to mend, prove a violation, accuracy an unequal part
)

// cli is the command line: a field per subcommand.
type cli struct {
	Demo      demoCommand      `cmd:"" help:"Run the whole bridge against a pretend shop and pretend books, over real HTTP."`
	Pretend   pretendCommand   `cmd:"" help:"Pretend shop, books and Web Connector for a running serve."`
	Prove     proveCommand     `cmd:"" help:"Run days of pretend shop and books with everything going wrong, and check that nothing is posted twice, lost or wrong."`
	Accuracy  accuracyCommand  `cmd:"" help:"Post random orders into pretend books, and hold every part of them against the shop."`
	Init      initCommand      `cmd:"" help:"Set up a data folder for one shop and one company file."`
	Serve     serveCommand     `cmd:"" help:"Run the bridge: pull orders, plan them, answer the Web Connector."`
	Pull      pullCommand      `cmd:"" help:"Get orders from the shop now."`
	Orders    ordersCommand    `cmd:"" help:"List every order, its state and why."`
	Order     orderCommand     `cmd:"" help:"Show one order: money, plan, documents, history."`
	Plan      planCommand      `cmd:"" help:"Show what an order would become in QuickBooks, without doing it."`
	Reconcile reconcileCommand `cmd:"" help:"Hold the shop against the books for a time: counts and sums by state and part, tax, accounts, and every difference by name."`
	Release   releaseCommand   `cmd:"" help:"Let an order go to QuickBooks, when the rules release only selected ones."`
	Hold      holdCommand      `cmd:"" help:"Hold an order back."`
	Exclude   excludeCommand   `cmd:"" help:"Exclude an order: it never goes to QuickBooks."`
	Link      linkCommand      `cmd:"" help:"Say that a document in QuickBooks is this order, or is not."`
	Again     againCommand     `cmd:"" help:"Post an order again whose document was deleted or voided in QuickBooks."`
	Accept    acceptCommand    `cmd:"" help:"Say that an order which needs attention is right as it stands in QuickBooks."`
	Undo      undoCommand      `cmd:"" help:"Void or delete documents that QBridge wrote."`
	Check     checkCommand     `cmd:"" help:"Have QuickBooks asked what people changed of what QBridge wrote."`
	QWC       qwcCommand       `cmd:"" name:"qwc" help:"Write the .qwc file that adds QBridge to the Web Connector."`
	Lists     listsCommand     `cmd:"" help:"Show what is known of the company file."`
	Log       logCommand       `cmd:"" help:"Tell the life of an order or a session: what was sent when, what came back."`
	Rules     rulesCommand     `cmd:"" help:"Show and change the rules."`
	Password  passwordCommand  `cmd:"" help:"Give the Web Connector a new password."`
	Token     tokenCommand     `cmd:"" help:"Replace the shop's token."`
	User      userCommand      `cmd:"" help:"Users of the console: list them, or let an owner in."`
	Resume    resumeCommand    `cmd:"" help:"Go on writing after the company file was found to be an older copy."`
	Doctor    doctorCommand    `cmd:"" help:"Look at shop, token, scopes, clock, database, service, certificate, rules and last poll."`
	Alerts    alertsCommand    `cmd:"" help:"Show and change what is an alert and how it is told."`
	Support   supportCommand   `cmd:"" help:"Write a support bundle: everything that helps, without secrets and without buyers' names."`
	Backup    backupCommand    `cmd:"" help:"Copy the database, also while serve runs."`
	Service   serviceCommand   `cmd:"" help:"Install, remove or look at the system service that runs serve."`
	Version   versionCommand   `cmd:"" help:"Print the version."`
}

// folder is the --data flag of nearly every command.
type folder struct {
	Data string `help:"The data folder." default:"${data}" env:"QBRIDGE_DATA" placeholder:"DIR" type:"path"`
}

// console is where a command reads and writes: data on out, talk on talk.
type console struct {
	ctx       context.Context
	in        io.Reader
	out, talk io.Writer
	redactor  *bridge.Redactor
}

func newConsole(ctx context.Context, in io.Reader, out, talk io.Writer) *console {
	return &console{ctx: ctx, in: in, out: out, talk: &oneAtATime{next: talk}, redactor: new(bridge.Redactor)}
}

// oneAtATime is a writer for commands and loops that talk at the same time.
type oneAtATime struct {
	mu   sync.Mutex
	next io.Writer
}

func (w *oneAtATime) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.next.Write(p)
}

// say writes one line of talk.
func (c *console) say(format string, a ...any) { fmt.Fprintf(c.talk, format+"\n", a...) }

// open opens an existing data folder for a command that works beside serve.
func (c *console) open(f folder) (*bridge.Bridge, error) {
	return bridge.Open(c.config(f, c.log(slog.LevelWarn)))
}

func (c *console) config(f folder, log *slog.Logger) bridge.Config {
	return bridge.Config{Dir: f.Data, Log: log, Redactor: c.redactor, Point: bridge.DieAtFromEnvironment()}
}

func (c *console) log(level slog.Level) *slog.Logger {
	return bridge.NewLog(c.talk, level, c.redactor)
}

// with opens the data folder, runs f and closes it again.
func (c *console) with(f folder, do func(*bridge.Bridge) error) error {
	b, err := c.open(f)
	if err != nil {
		return err
	}
	return errors.Join(do(b), b.Close())
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program; tests start the same one.
func run(ctx context.Context, args []string, in io.Reader, out, talk io.Writer) int {
	c := newConsole(ctx, in, out, talk)
	exited := -1
	parser, err := kong.New(new(cli), kong.Name("qbridge"), kong.Description("Orders of an Ecwid shop into QuickBooks Desktop: exactly, once."),
		kong.Vars{"data": defaultFolder(), "ecwidurl": bridge.DefaultURL}, kong.Writers(out, c.talk), kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		c.say("qbridge: %v", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if exited >= 0 {
		return exited // --help
	}
	if err != nil {
		parser.Errorf("%s", err)
		c.say("See 'qbridge --help', or 'qbridge COMMAND --help'.")
		return exitUsage
	}
	err = command.Run(c)
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errFindings):
		return exitFindings
	}
	c.say("qbridge: %s", c.redactor.Text(err.Error()))
	return exitFailed
}

// defaultFolder is where the data live when nobody says.
func defaultFolder() string {
	if runtime.GOOS == "windows" {
		if dir := os.Getenv("ProgramData"); dir != "" {
			return filepath.Join(dir, "QBridge")
		}
	}
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "qbridge")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "qbridge-data"
	}
	return filepath.Join(home, ".local", "share", "qbridge")
}

type versionCommand struct{}

func (versionCommand) Run(c *console) error {
	_, err := fmt.Fprintln(c.out, bridge.Name, bridge.Version)
	return err
}
