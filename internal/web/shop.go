package web

import (
	"context"
	"errors"
	"time"

	"qbridge/internal/bridge"
)

// shopView is how it stands with the orders of each shop.
type shopView struct {
	Shops []bridge.ShopView
	Got   []bridge.PulledNow // what the reader's pull just brought
	Pace  int64              // requests a second
	Far   time.Time          // what lies behind it is never: the token must be replaced
}

func shop(v *visit) error {
	view, err := v.shops()
	if err != nil {
		return err
	}
	return v.page("shop", view)
}

func (v *visit) shops() (view shopView, err error) {
	view.Pace, view.Far = bridge.ShopPace, v.bridge.Now().AddDate(1, 0, 0)
	view.Shops, err = v.bridge.Shops(v.ctx())
	return view, err
}

// longestGet is how long a reader waits for a pull; a longer one goes on without.
const longestShopGet = 20 * time.Second

// getFromShop pulls a shop, or all, and says what came.
func getFromShop(v *visit) error {
	ctx, cancel := context.WithTimeout(v.ctx(), longestShopGet)
	defer cancel()
	got, err := v.bridge.PullNow(ctx, v.r.PostForm.Get("store"), v.who())
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return v.redirect("/shop", "shop_getting")
	}
	if err != nil {
		return refuse(err)
	}
	view, err := v.shops()
	if err != nil {
		return err
	}
	view.Got = got
	return v.page("shop", view)
}
