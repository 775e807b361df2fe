package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// lateTime is how long the page may take that says that another took too long.
const lateTime = 5 * time.Second

// tooManyOrders: those of a time could not be reconciled while a page may take.
type tooManyOrders struct{ from, to string } // days, both included

func (e tooManyOrders) Error() string {
	return fmt.Sprintf("the orders from %s to %s are too many for a page", e.from, e.to)
}

// reconciled is refuse for the reconciliation of some days: when the request's
// time ended they were too many.
func (v *visit) reconciled(err error, from, to time.Time) error {
	if err != nil && errors.Is(v.ctx().Err(), context.DeadlineExceeded) {
		return tooManyOrders{from.Format(time.DateOnly), to.Format(time.DateOnly)}
	}
	return refuse(err)
}

// late answers a request whose time is over: it says what to do instead.
func (v *visit) late(err error) {
	v.log.Warn("a page of the console took too long", "method", v.r.Method, "path", v.r.URL.Path, "user", v.user.Name, "error", err)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(v.ctx()), lateTime)
	defer cancel()
	v.r = v.r.WithContext(ctx)
	seconds := int64(requestTime / time.Second)
	sentence, unsaid := v.words.say("error.late", seconds)
	var many tooManyOrders
	if errors.As(err, &many) {
		sentence, unsaid = v.words.say("error.too_many_orders", seconds, many.from, many.to)
	}
	if unsaid != nil {
		v.log.Error("the words of a late page", "error", unsaid)
	}
	v.fail(http.StatusServiceUnavailable, sentence)
}
