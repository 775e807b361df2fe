# What to run, from the root. Needs Go; `race` a C compiler, `wine` what testdata/wine/run says.

# The rules that a test must name.
RULES = P1-P59,P61,Q1-Q32,Q35-Q40,P60,P62,P63
FUZZTIME ?= 5m
SOAK ?= 20
# A processor profile of the bench, for the compiler. Not named default.pgo: it doubles the time of a build from nothing.
PROFILE = internal/bench/serve.pgo
BUILD = CGO_ENABLED=0 go build -trimpath -pgo=$(PROFILE) -ldflags='-s -w'

.PHONY: demo screens test race lint rules soak kill bench fuzz mutants build windows wine

demo: # the whole bridge against a pretend shop and pretend books
	go run ./cmd/qbridge demo

test:
	go test ./...

# SQLite is C that was translated to Go. The race detector leaves it out, and the C library with it: to watch them took most of the tests' time, and
# their memory is outside of Go's, where it sees nothing. The driver, which reads and writes our memory for them, it watches.
UNWATCHED = modernc.org/sqlite/lib modernc.org/libc modernc.org/memory
race:
	go test -race $(UNWATCHED:%=-gcflags=%=-race=false) -shuffle=on -timeout 20m ./...

screens: # the pictures of docs/screens; needs Chromium
	go test ./internal/browser -count=1 -screens ../../docs/screens

lint:
	@test -z "$$(git ls-files '*.go' | xargs gofmt -l | tee /dev/stderr)"
	go vet ./...
	go tool staticcheck ./...

rules: # which rules a test names; fails when a required one is named by none
	go run ./internal/house/rules -require '$(RULES)'

soak: # all tests many times, each time in another order
	for i in $$(seq $(SOAK)); do echo "soak $$i of $(SOAK)"; go test -count=1 -shuffle=on ./... || exit 1; done

KILLS ?= 100
kill: # serve, killed at failpoints and at steps of sessions, each time started again
	go run ./cmd/qbridge prove --kill --kills $(KILLS)

bench: # what pulling, planning and posting an order cost, against the floor; docs/performance.md has the figures
	go run -pgo=$(PROFILE) ./internal/bench

fuzz: # every fuzz target for FUZZTIME
	@for pkg in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "$$pkg $$target"; \
	    go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x -parallel 2 $$pkg || exit 1; \
	  done; \
	done

mutants: # the program broken in twenty ways, one at a time: the tests, `qbridge prove` and `qbridge accuracy` must notice each
	testdata/mutants/run

build: # static, for this system
	$(BUILD) -o dist/ ./cmd/qbridge

windows:
	GOOS=windows GOARCH=amd64 $(BUILD) -o dist/windows-amd64/ ./cmd/qbridge
	GOOS=windows GOARCH=arm64 $(BUILD) -o dist/windows-arm64/ ./cmd/qbridge

wine: windows # the demo as a Windows program
	testdata/wine/run dist/windows-amd64/qbridge.exe demo
