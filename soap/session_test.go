package soap

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func at(minutes int) time.Time { return opened.Add(time.Duration(minutes) * time.Minute) }

// session returns a state in the phase, as the events before it would have left it.
func session(phase Phase, change ...func(*SessionState)) SessionState {
	s := NewSession("T", "shop-1", "Shop", Limits{}, opened)
	s.Phase = phase
	switch phase {
	case Unknown:
		s = SessionState{}
	case Ready:
		s.Requests, s.LastProgress = 1, 40
	case Sent:
		s.Requests, s.InFlight, s.LastProgress = 2, "set-2", 40
	case Failed:
		s.Requests, s.Finished, s.LastProgress, s.ErrorText = 1, true, -1, "The books are closed."
	case Closed:
		s.Requests = 1
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

// Every cell of the table of states and events.
func TestStepTable(t *testing.T) {
	stored := `C:\Books\Shop.qbw`
	done := Action{Do: Say, Text: "done"}
	type cell struct {
		name   string
		state  SessionState
		event  Event
		want   Action
		after  Phase
		flight string // InFlight afterwards
		text   string // ErrorText afterwards
	}
	var cells []cell
	for _, phase := range []Phase{New, Ready} {
		cells = append(cells, []cell{
			{"work", session(phase), AskedForWork{At: at(1)}, Action{Do: FindWork}, phase, "", ""},
			{"set found", session(phase), HandedOut{At: at(1), Set: "set-9"}, Action{Do: HandOut}, Sent, "set-9", ""},
			// P33
			{"nothing left", session(phase), NothingLeft{At: at(1)}, Action{Do: Nothing}, Failed, "", ""},
			{"nothing left, with a reason", session(phase), NothingLeft{At: at(1), Text: "Wrong file."}, Action{Do: Nothing}, Failed, "", "Wrong file."},
			// P31
			{"answer again", session(phase), Answered{At: at(1)}, Action{Do: RepeatProgress, Progress: session(phase).LastProgress}, phase, "", ""},
			{"recorded again", session(phase), Recorded{At: at(1), Progress: 99}, Action{Do: RepeatProgress, Progress: session(phase).LastProgress}, phase, "", ""},
			{"no connection", session(phase), ConnectionFailed{At: at(1), HResult: "0x80040408"}, done, Closed, "", ConnectionAdvice("0x80040408", "")},
			{"no connection, one retry", session(phase), ConnectionFailed{At: at(1), HResult: "0X80040416", RetryWith: &stored}, Action{Do: Say, Text: stored}, phase, "", ""},
			{"last error", session(phase), AskedForError{At: at(1)}, Action{Do: Say, Text: "No error."}, phase, "", ""},
			{"close", session(phase), ConnectionClosed{At: at(1)}, Action{Do: Say, Text: "OK"}, Closed, "", ""},
			{"superseded", session(phase), Superseded{At: at(1)}, Action{Do: Say, Text: "OK"}, Closed, "", textExpired},
		}...)
	}
	cells = append(cells, []cell{
		// P30
		{"work again", session(Sent), AskedForWork{At: at(1)}, Action{Do: RepeatInFlight}, Sent, "set-2", ""},
		{"other set found", session(Sent), HandedOut{At: at(1), Set: "set-9"}, Action{Do: Nothing}, Sent, "set-2", ""},
		{"same set found", session(Sent), HandedOut{At: at(1), Set: "set-2"}, Action{Do: RepeatInFlight}, Sent, "set-2", ""},
		{"nothing left", session(Sent), NothingLeft{At: at(1)}, Action{Do: Nothing}, Sent, "set-2", ""},
		{"answer", session(Sent), Answered{At: at(1)}, Action{Do: Record}, Sent, "set-2", ""},
		{"recorded", session(Sent), Recorded{At: at(1), Progress: 60}, Action{Do: GiveProgress, Progress: 60}, Ready, "", ""},
		{"recorded, the last", session(Sent), Recorded{At: at(1), Progress: 100}, Action{Do: GiveProgress, Progress: 100}, Ready, "", ""},
		{"recorded, too much", session(Sent), Recorded{At: at(1), Progress: 101}, Action{Do: GiveProgress, Progress: 100}, Ready, "", ""},
		{"recorded, stop", session(Sent), Recorded{At: at(1), Progress: 60, Text: "Stop here."}, Action{Do: GiveProgress, Progress: -1}, Failed, "", "Stop here."},
		{"recorded, negative", session(Sent), Recorded{At: at(1), Progress: -3}, Action{Do: GiveProgress, Progress: -1}, Failed, "", textFailed},
		{"no connection", session(Sent), ConnectionFailed{At: at(1), HResult: "0x80040416", RetryWith: &stored}, done, Closed, "set-2", ConnectionAdvice("0x80040416", "")},
		{"last error", session(Sent), AskedForError{At: at(1)}, Action{Do: Say, Text: "No error."}, Sent, "set-2", ""},
		{"close", session(Sent), ConnectionClosed{At: at(1)}, Action{Do: Say, Text: "OK"}, Closed, "set-2", ""},
		{"superseded", session(Sent), Superseded{At: at(1)}, Action{Do: Say, Text: "OK"}, Closed, "set-2", textExpired},

		{"work", session(Failed), AskedForWork{At: at(1)}, Action{Do: Nothing}, Failed, "", "The books are closed."},
		{"set found", session(Failed), HandedOut{At: at(1), Set: "set-9"}, Action{Do: Nothing}, Failed, "", "The books are closed."},
		{"nothing left", session(Failed), NothingLeft{At: at(1)}, Action{Do: Nothing}, Failed, "", "The books are closed."},
		{"answer", session(Failed), Answered{At: at(1)}, Action{Do: RecordLate, Progress: -1}, Failed, "", "The books are closed."},
		{"recorded", session(Failed), Recorded{At: at(1), Progress: 60}, Action{Do: GiveProgress, Progress: -1}, Failed, "", "The books are closed."},
		{"no connection", session(Failed), ConnectionFailed{At: at(1), RetryWith: &stored, HResult: "0x80040403"}, done, Closed, "", ConnectionAdvice("0x80040403", "")},
		{"last error", session(Failed), AskedForError{At: at(1)}, Action{Do: Say, Text: "The books are closed."}, Failed, "", "The books are closed."},
		{"close", session(Failed), ConnectionClosed{At: at(1)}, Action{Do: Say, Text: "OK"}, Closed, "", "The books are closed."},
		{"superseded", session(Failed), Superseded{At: at(1)}, Action{Do: Say, Text: "OK"}, Closed, "", "The books are closed."},
	}...)
	for _, phase := range []Phase{Closed, Unknown} {
		remembered := ""
		if phase == Closed {
			remembered = textExpired
		}
		// P25, P26
		cells = append(cells, []cell{
			{"work", session(phase), AskedForWork{At: at(1)}, Action{Do: Nothing}, phase, "", remembered},
			{"set found", session(phase), HandedOut{At: at(1), Set: "set-9"}, Action{Do: Nothing}, phase, "", ""},
			{"nothing left", session(phase), NothingLeft{At: at(1)}, Action{Do: Nothing}, phase, "", ""},
			{"answer", session(phase), Answered{At: at(1)}, Action{Do: RecordLate, Progress: -1}, phase, "", ""},
			{"recorded", session(phase), Recorded{At: at(1), Progress: 60}, Action{Do: GiveProgress, Progress: -1}, phase, "", ""},
			{"no connection", session(phase), ConnectionFailed{At: at(1), HResult: "0x80040416", RetryWith: &stored}, done, phase, "", ""},
			{"last error", session(phase), AskedForError{At: at(1)}, Action{Do: Say, Text: textExpired}, phase, "", ""},
			{"close", session(phase), ConnectionClosed{At: at(1)}, Action{Do: Say, Text: "OK"}, phase, "", ""},
			{"superseded", session(phase), Superseded{At: at(1)}, Action{Do: Say, Text: "OK"}, phase, "", ""},
		}...)
	}
	for _, c := range cells {
		t.Run(fmt.Sprintf("%s/%s", c.state.Phase, c.name), func(t *testing.T) {
			after, action := Step(c.state, c.event)
			if diff := cmp.Diff(c.want, action); diff != "" {
				t.Errorf("action (-want +got):\n%s", diff)
			}
			if after.Phase != c.after || after.InFlight != c.flight || after.ErrorText != c.text {
				t.Errorf("afterwards %s, in flight %q, text %q; want %s, %q, %q", after.Phase, after.InFlight, after.ErrorText, c.after, c.flight, c.text)
			}
		})
	}
}

func TestAnswerThatStoppedIsRepeatedAsStop(t *testing.T) {
	// P31
	s, first := Step(session(Sent), Recorded{At: at(1), Text: "Stop here."})
	_, again := Step(s, Answered{At: at(1)})
	if first.Progress != -1 || again.Progress != -1 {
		t.Errorf("first %d, again %d", first.Progress, again.Progress)
	}
}

func TestLateAnswerSettlesTheSetInDoubt(t *testing.T) {
	s, _ := Step(session(Sent), Superseded{At: at(1)})
	if s.InDoubt() != "set-2" {
		t.Fatalf("in doubt is %q", s.InDoubt())
	}
	s, action := Step(s, Answered{At: at(2)})
	if action.Do != RecordLate || s.InDoubt() != "set-2" {
		t.Fatalf("%+v, in doubt %q", action, s.InDoubt())
	}
	s, action = Step(s, Recorded{At: at(2), Progress: 100})
	if action.Progress != -1 || s.InDoubt() != "" {
		t.Errorf("%+v, in doubt %q", action, s.InDoubt())
	}
}

// P37: one retry in a session, only where another file can help, the code in any case.
func TestOneRetry(t *testing.T) {
	open := ""
	for _, tt := range []struct {
		name, code string
		with       *string
		want       []string
	}{
		{"file not found, take the open one", " 0X80040403 ", &open, []string{"", "done"}},
		{"allowed but useless", "0x8004040a", &open, []string{"done", "done"}},
		{"not allowed", "0x80040403", nil, []string{"done", "done"}},
		{"no code", "", &open, []string{"done"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := session(New)
			for i, want := range tt.want {
				var action Action
				if s, action = Step(s, ConnectionFailed{At: at(1), HResult: tt.code, RetryWith: tt.with}); action.Text != want {
					t.Errorf("try %d: %q, want %q", i+1, action.Text, want)
				}
			}
			// A getLastError after done tells the problem.
			if _, action := Step(s, AskedForError{At: at(1)}); action.Text != ConnectionAdvice(tt.code, "") {
				t.Errorf("last error is %q", action.Text)
			}
		})
	}
}

// P35
func TestSessionEndsByItself(t *testing.T) {
	for _, tt := range []struct {
		name   string
		limits Limits
		count  int
		at     time.Time
		want   int
	}{
		{"last request", Limits{Requests: 3}, 3, at(1), 100},
		{"not the last request", Limits{Requests: 3}, 2, at(1), 10},
		{"default requests", Limits{}, 500, at(1), 100},
		{"below default requests", Limits{}, 499, at(1), 10},
		{"out of time", Limits{Duration: 5 * time.Minute}, 1, at(5), 100},
		{"in time", Limits{Duration: 5 * time.Minute}, 1, at(5).Add(-time.Second), 10},
		{"out of default time", Limits{}, 1, at(20), 100},
		{"in default time", Limits{}, 1, at(20).Add(-time.Second), 10},
		{"midway, last request", Limits{Requests: 3}, 3, at(1), 10},
		{"midway, out of time", Limits{Duration: 5 * time.Minute}, 1, at(5), 10},
		{"midway, ten times the requests", Limits{Requests: 3}, 30, at(1), 100},
		{"midway, ten times the time", Limits{Duration: 5 * time.Minute}, 1, at(50), 100},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := session(Sent, func(s *SessionState) { s.Limits, s.Requests = tt.limits, tt.count })
			s, action := Step(s, Recorded{At: tt.at, Progress: 10, Midway: strings.HasPrefix(tt.name, "midway")})
			if action.Progress != tt.want {
				t.Errorf("progress %d, want %d", action.Progress, tt.want)
			}
			if _, action := Step(s, AskedForWork{At: tt.at}); (action.Do == Nothing) != (tt.want == 100) {
				t.Errorf("then %s", action.Do)
			}
		})
	}
}

// P36
func TestSilence(t *testing.T) {
	for _, tt := range []struct {
		name   string
		state  SessionState
		silent time.Duration
		want   Phase
	}{
		{"new for 30 minutes", session(New), 30 * time.Minute, New},
		{"new for longer", session(New), 30*time.Minute + time.Second, Closed},
		{"ready for 30 minutes", session(Ready), 30 * time.Minute, Ready},
		{"ready for longer", session(Ready), 31 * time.Minute, Closed},
		{"sent for 30 minutes", session(Sent), 30 * time.Minute, Sent},
		{"sent for 5 hours", session(Sent), 5 * time.Hour, Sent},
		{"configured", session(Ready, func(s *SessionState) { s.Limits.Silence = time.Minute }), 2 * time.Minute, Closed},
		{"clock set back", session(Ready), -time.Hour, Ready},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := Step(tt.state, AskedForWork{At: opened.Add(tt.silent)})
			if s.Phase != tt.want {
				t.Errorf("phase %s, want %s", s.Phase, tt.want)
			}
			if s.LastCall.Before(opened) {
				t.Errorf("last call went back to %s", s.LastCall)
			}
			if tt.want == Closed {
				if _, action := Step(s, AskedForError{At: opened.Add(tt.silent)}); action.Text != textExpired {
					t.Errorf("text %q", action.Text)
				}
			}
		})
	}
}

// P24
func TestBusyOnlyWhileAnotherIsAtWork(t *testing.T) {
	from := func(s SessionState, computer string) SessionState { s.From = computer; return s }
	for _, tt := range []struct {
		name                string
		state               SessionState
		user, from, company string
		at                  time.Time
		want                bool
	}{
		{"same user", session(Sent), "shop-1", "", "Shop", at(0), false},
		{"other user", session(Sent), "shop-2", "", "Shop", at(2).Add(-time.Second), true},
		{"other user, silent", session(Sent), "shop-2", "", "Shop", at(2), false},
		{"other company", session(Sent), "shop-2", "", "Farm", at(0), false},
		{"closed", session(Closed), "shop-2", "", "Shop", at(0), false},
		{"unknown", SessionState{}, "shop-2", "", "", at(0), false},
		{"same user, same computer", from(session(Sent), "10.0.0.1"), "shop-1", "10.0.0.1", "Shop", at(0), false},
		{"same user, other computer", from(session(Sent), "10.0.0.1"), "shop-1", "10.0.0.2", "Shop", at(2).Add(-time.Second), true},
		{"same user, other computer, silent", from(session(Sent), "10.0.0.1"), "shop-1", "10.0.0.2", "Shop", at(2), false},
		{"same user, computer not known", from(session(Sent), "10.0.0.1"), "shop-1", "", "Shop", at(0), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.state.Blocks(tt.user, tt.from, tt.company, tt.at); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// P38: the state survives as JSON between any two calls.
func TestSessionStateSurvivesAsJSON(t *testing.T) {
	for _, phase := range []Phase{Unknown, New, Ready, Sent, Failed, Closed} {
		before := session(phase)
		text, err := json.Marshal(before)
		if err != nil {
			t.Fatal(err)
		}
		var after SessionState
		if err := json.Unmarshal(text, &after); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("%s: %s", phase, diff)
		}
	}
}

// However the events come, the session keeps its promises. The state passes through JSON at each step, as if the program had been
// killed in between.
//
// P30, P32, P34, P37, P38
func TestStepKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := NewSession("T", "shop-1", "Shop", Limits{Requests: rapid.IntRange(1, 6).Draw(t, "requests")}, opened)
		now := opened
		over, retries, lastSet := false, 0, 0
		for range rapid.IntRange(1, 40).Draw(t, "events") {
			now = now.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 30, 1000, 1801}).Draw(t, "seconds")) * time.Second)
			kind := rapid.IntRange(0, 8).Draw(t, "event")
			var e Event
			open := ""
			switch kind {
			case 0:
				e = AskedForWork{At: now}
			case 1:
				lastSet++
				e = HandedOut{At: now, Set: fmt.Sprint(lastSet)}
			case 2:
				e = NothingLeft{At: now, Text: rapid.SampledFrom([]string{"", "NoOp", "Why."}).Draw(t, "why")}
			case 3:
				e = Answered{At: now}
			case 4:
				e = Recorded{At: now, Progress: rapid.IntRange(-5, 200).Draw(t, "progress"), Text: rapid.SampledFrom([]string{"", "", "Interactive mode"}).Draw(t, "stop")}
			case 5:
				e = ConnectionFailed{At: now, HResult: "0x80040403", Message: "NoOp", RetryWith: &open}
			case 6:
				e = AskedForError{At: now}
			case 7:
				e = ConnectionClosed{At: now}
			case 8:
				e = Superseded{At: now}
			}
			before := s
			after, action := Step(s, e)
			if again, _ := Step(s, e); again != after {
				t.Fatalf("%T gives two states", e)
			}
			s = throughJSON(t, after)

			gives := slices.Contains([]Do{HandOut, RepeatInFlight}, action.Do)
			if over && (gives || action.Do == FindWork) {
				t.Fatalf("%s after the end, at %T", action.Do, e)
			}
			if before.Phase == Sent && gives && s.InFlight != before.InFlight {
				t.Fatalf("handed out %s while %s is in flight", s.InFlight, before.InFlight)
			}
			if before.Phase == Sent && s.InFlight != before.InFlight && kind != 4 {
				t.Fatalf("%T lost the set in flight", e)
			}
			if gives && s.Phase != Sent {
				t.Fatalf("%s without noting it: %+v", action.Do, s)
			}
			if action.Progress > 100 || action.Progress < -1 {
				t.Fatalf("progress %d", action.Progress)
			}
			if action.Do == Say && magic(action.Text) {
				t.Fatalf("said %q", action.Text)
			}
			if kind == 5 && action.Text != Done {
				if retries++; retries > 1 {
					t.Fatal("a second retry")
				}
			}
			if action.Progress == 100 || !s.live() || action.Do == Nothing && !gives && before.Phase != Sent {
				over = true
			}
			if s.Requests > s.Limits.Requests {
				t.Fatalf("%d sets handed out", s.Requests)
			}
		}
	})
}

func throughJSON(t *rapid.T, s SessionState) SessionState {
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back SessionState
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	return back
}
