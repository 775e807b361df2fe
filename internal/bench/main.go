//go:build linux

// Command bench measures what a message set and an order cost the server:
// processor time, time per call, round trips and memory, at several sizes of a
// set and several lengths of the queue. The same client runs against a bare Go
// handler, and against a bare handler with two SQLite commits, so that our
// distance from the floor is seen. `make bench` runs it; docs/performance.md
// has the figures.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"text/tabwriter"

	"qbridge/internal/sim"
)

func main() {
	child := flag.String("child", "", "serve as: bridge, bare, commits")
	data := flag.String("data", "", "the child's data folder")
	setSize := flag.Int("set", 20, "orders a set")
	queues := flag.String("orders", "20000,100000", "lengths of the queue")
	sizes := flag.String("sets", "1,20,100", "orders a set")
	measured := flag.Int("measured", 20000, "orders posted in each run at most")
	keep := flag.String("profile", "", "write a processor profile of the bridge's last run to this file")
	servers := flag.String("servers", "bridge,commits,bare", "what to measure")
	full := flag.Bool("full-answers", true, "measure the bridge also with a QuickBooks that answers whole records, though it is asked for the figures alone")
	kept := flag.String("filled", "", "keep the filled queues in this folder, and use those that are there")
	loaded := flag.Bool("load", false, "measure the calls while 10,000 orders are pulled and 10,000 released, instead of all that")
	polled := flag.Bool("day", false, "poll through 24 virtual hours and print what the program holds, instead of all that")
	shown := flag.Bool("pages", false, "measure the pages of a console with 100,000 orders, instead of all that")
	times := flag.Int("times", 40, "how often each page is asked for")
	only := flag.String("page", "", "ask only for the pages with these words in their names")
	runtime.MemProfileRate = 0 // net/http/pprof brings a memory profiler that the program does not have
	flag.Parse()
	var err error
	switch {
	case *child != "":
		err = serveChild(*child, *data, *setSize)
	case *polled:
		err = polledDay()
	case *shown:
		err = inFolders(*kept, func(f folders) error { return measurePages(f, *times, *only) })
	case *loaded:
		err = inFolders(*kept, load)
	default:
		err = inFolders(*kept, func(f folders) error {
			return measure(f, numbers(*queues), numbers(*sizes), *measured, *keep, serversOf(*servers, *full))
		})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// folders are where a measurement works.
type folders struct {
	run    string // is removed at its end
	filled string // stays, when that was asked for
}

func inFolders(kept string, measure func(folders) error) error {
	dir, err := os.MkdirTemp("", "qbridge-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return measure(folders{dir, cmp.Or(kept, dir)})
}

// fillOnce gives the data folder of that name, which it fills when it is not
// there from an earlier run. One that was cut off is not taken for whole.
func (f folders) fillOnce(name string, fill func(dir string) (took string, err error)) (dir string, err error) {
	dir = filepath.Join(f.filled, name)
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	begun := dir + ".begun"
	if err := os.RemoveAll(begun); err != nil {
		return "", err
	}
	took, err := fill(begun)
	if err != nil {
		return "", err
	}
	fmt.Printf("filled %s: %s\n", name, took)
	return dir, os.Rename(begun, dir)
}

// wholeRecords marks a run whose QuickBooks answers more than it was asked for.
const wholeRecords = ", whole records"

// serversOf lists what to measure.
func serversOf(list string, whole bool) (servers []string) {
	for _, kind := range strings.Split(list, ",") {
		servers = append(servers, kind)
		if kind == "bridge" && whole {
			servers = append(servers, kind+wholeRecords)
		}
	}
	return servers
}

func numbers(list string) (n []int) {
	for _, text := range strings.Split(list, ",") {
		i, err := strconv.Atoi(text)
		if err != nil {
			panic(err)
		}
		n = append(n, i)
	}
	return n
}

// measure prints one line for each run.
func measure(f folders, queues, sizes []int, measured int, profile string, servers []string) error {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "server\tqueue\torders a set\torders\tcalls\tcalls/order\tCPU/call ms\tCPU/order ms\ttime/call ms\ttime/order ms\tpeak MB\t")
	for _, queue := range queues {
		filled, err := f.fillOnce(fmt.Sprint(queue), func(dir string) (string, error) {
			return fill(context.Background(), dir, sim.Rules, queue, 0, orderJSON)
		})
		if err != nil {
			return err
		}
		for _, size := range sizes {
			for _, kind := range servers {
				n := min(queue-size, measured, 4000*size) // the first set warms up
				r, err := run(kind, filled, filepath.Join(f.run, "run"), size, n, profile)
				if err != nil {
					return fmt.Errorf("%s, %d orders a set: %w", kind, size, err)
				}
				orders, calls := float64(r.orders), float64(r.calls)
				fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%.2f\t%.3f\t%.3f\t%.3f\t%.3f\t%d\t\n", kind, queue, size, r.orders, r.calls, calls/orders,
					r.cpu.Seconds()*1000/calls, r.cpu.Seconds()*1000/orders, r.wall.Seconds()*1000/calls, r.wall.Seconds()*1000/orders, r.peakKB/1024)
				if err := table.Flush(); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// start starts a child on a copy of the filled folder.
func start(kind, filled, dir string, size int) (c client, stop func(), err error) {
	if err := os.RemoveAll(dir); err != nil {
		return c, nil, err
	}
	if err := os.CopyFS(dir, os.DirFS(filled)); err != nil {
		return c, nil, err
	}
	if err := os.Chmod(filepath.Join(dir, "secret.key"), 0o600); err != nil {
		return c, nil, err
	}
	password, err := os.ReadFile(filepath.Join(dir, passwordFile))
	if err != nil {
		return c, nil, err
	}
	c.password = string(password)
	command := exec.Command(os.Args[0], "-child", kind, "-data", dir, "-set", strconv.Itoa(size))
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		return c, nil, err
	}
	if err := command.Start(); err != nil {
		return c, nil, err
	}
	stop = func() { _ = command.Process.Kill(); _ = command.Wait() } // it has nothing to say at its end
	if _, err := fmt.Fscanln(out, &c.address); err != nil {
		stop()
		return c, nil, fmt.Errorf("the child did not come up: %w", err)
	}
	return c, stop, nil
}

// run posts n orders to a child.
func run(kind, filled, dir string, size, n int, profile string) (result, error) {
	child, whole := strings.CutSuffix(kind, wholeRecords)
	c, stop, err := start(child, filled, dir, size)
	if err != nil {
		return result{}, err
	}
	defer stop()
	c.full = whole
	if kind != "bridge" || profile == "" {
		return c.post(n)
	}
	profiled := make(chan error, 1)
	go func() {
		text, err := c.get("/debug/pprof/profile?seconds=15")
		profiled <- errors.Join(err, os.WriteFile(profile, []byte(text), 0o600))
	}()
	r, err := c.post(n)
	return r, errors.Join(err, <-profiled)
}
