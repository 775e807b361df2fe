package web

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"qbridge/internal/bridge"
	"qbridge/store"
)

var (
	errBadDay        = errors.New("that is no day")
	errNothingChosen = errors.New("choose one of each")
)

// Pretend is the world of a demo: what to type for its shop, and its Web
// Connector.
type Pretend struct {
	StoreID, Token string
	EcwidURL       string    // where the pretend shop is asked
	Since          time.Time // before all of its orders
	// Connect adds a .qwc file to the pretend Web Connector and types the
	// password in.
	Connect func(qwc []byte, password string) error
}

// setupFrame is what stands around each step of the set-up.
type setupFrame struct {
	Steps   []setupStep
	Pretend *Pretend // nil outside the demo
}

// setupStep is a step in the list of steps. Its word is setup.step_NAME.
type setupStep struct {
	Name       string
	Here, Done bool
}

// Path is the page of a step.
func (s setupStep) Path() string { return "/setup/" + s.Name }

// The names of the steps.
const (
	stepShop    = "shop"
	stepCompany = "company"
	stepCheck   = "check"
	stepRules   = "rules"
	stepGo      = "go"
)

// setupFrame finds out how far the set-up is. It is nowhere kept: what is done
// is seen in what is there.
func (v *visit) setupFrame(here string) (setupFrame, error) {
	f := setupFrame{Pretend: v.pretend}
	shop, err := v.bridge.SetUp(v.ctx())
	if err != nil {
		return f, err
	}
	company, rules, begun := false, false, false
	if shop {
		c, err := v.bridge.Connection(v.ctx())
		if err != nil {
			return f, err
		}
		if company = c.Complete(); company {
			missing, err := v.bridge.MissingRules(v.ctx())
			if err != nil {
				return f, err
			}
			rules = len(missing) == 0
		}
		_, of, err := v.bridge.Rules(v.ctx())
		if err != nil {
			return f, err
		}
		begun = of.Mode != modeLook
	}
	f.Steps = []setupStep{{stepShop, here == stepShop, shop}, {stepCompany, here == stepCompany, company}, {stepCheck, here == stepCheck, company && rules},
		{stepRules, here == stepRules, rules}, {stepGo, here == stepGo, begun}}
	return f, nil
}

// setupHome leads to the first step that is not done.
func setupHome(v *visit) error {
	f, err := v.setupFrame("")
	if err != nil {
		return err
	}
	for _, s := range f.Steps {
		if !s.Done {
			return v.redirect(s.Path(), "")
		}
	}
	return v.redirect("/setup/"+stepGo, "")
}

// setupShopView is the step of the shop.
type setupShopView struct {
	setupFrame
	Shop    *bridge.ShopView // that is set up; nil before
	StoreID string           // as it was typed
	Address string           // so, too; empty: Ecwid's
	Since   string           // a day
	Check   *bridge.ShopCheck
}

func (v *visit) setupShopView() (view setupShopView, err error) {
	if view.setupFrame, err = v.setupFrame(stepShop); err != nil {
		return view, err
	}
	shops, err := v.bridge.Shops(v.ctx())
	if err != nil {
		return view, err
	}
	if len(shops) > 0 {
		view.Shop = &shops[0]
		view.StoreID = view.Shop.ID
		return view, nil
	}
	year, month, _ := v.bridge.Now().Date()
	since := time.Date(year, month, 1, 0, 0, 0, 0, time.Local)
	if v.pretend != nil {
		view.StoreID, since = v.pretend.StoreID, v.pretend.Since
	}
	view.Since = since.Format(time.DateOnly)
	return view, nil
}

// Usual is where shops are asked.
func (setupShopView) Usual() string { return bridge.DefaultURL }

func setupShop(v *visit) error {
	view, err := v.setupShopView()
	if err != nil {
		return err
	}
	return v.page("setup_shop", view)
}

// testShop tests the connection and, when it holds, keeps the shop: a new one,
// or the new token of the one that is there. Without a token it tests the one
// that is kept.
func testShop(v *visit) error {
	view, err := v.setupShopView()
	if err != nil {
		return err
	}
	token := bridge.Secret(v.r.PostFormValue("token"))
	var check bridge.ShopCheck
	switch {
	case view.Shop == nil:
		check, err = v.enterShop(&view, token)
	case token == "":
		check, err = v.bridge.CheckKnownShop(v.ctx(), view.Shop.ID)
	default:
		check, err = v.bridge.CheckShop(v.ctx(), view.Shop.ID, token, view.Shop.Address)
		if err == nil && check.OK() {
			if err = v.bridge.SetToken(v.ctx(), view.Shop.ID, token); err == nil {
				err = v.bridge.Did(v.ctx(), v.who(), "token", "The token of store "+view.Shop.ID+" was replaced.")
			}
		}
	}
	if err != nil {
		return v.again("setup_shop", view, err)
	}
	if check.OK() {
		v.bridge.PullSoon()
		if view, err = v.setupShopView(); err != nil {
			return err
		}
	}
	view.Check = &check
	return v.page("setup_shop", view)
}

// enterShop checks a shop for the first time, and sets the data folder up for
// it when all is well.
func (v *visit) enterShop(view *setupShopView, token bridge.Secret) (check bridge.ShopCheck, err error) {
	view.StoreID, view.Since, view.Address = v.r.PostFormValue("store"), v.r.PostFormValue("since"), strings.TrimSpace(v.r.PostFormValue("address"))
	since, err := time.ParseInLocation(time.DateOnly, view.Since, time.Local)
	if err != nil {
		return check, errBadDay
	}
	setup := bridge.Setup{StoreID: view.StoreID, Token: token, EcwidURL: view.Address, Since: since, Who: v.who()}
	if v.pretend != nil {
		setup.EcwidURL = v.pretend.EcwidURL
	}
	check, err = v.bridge.CheckShop(v.ctx(), setup.StoreID, setup.Token, setup.EcwidURL)
	if err != nil || !check.OK() {
		return check, err
	}
	setup.Company = cmp.Or(check.Company.Name, check.Name)
	_, err = v.bridge.Init(v.ctx(), setup) // its password is made anew in the next step, where it is shown
	return check, err
}

// setupCompanyView is the step of the company file and the Web Connector.
type setupCompanyView struct {
	setupFrame
	bridge.ConnectionView
	Password bridge.Secret // just made: shown this once
}

func (v *visit) setupCompanyView() (view setupCompanyView, err error) {
	if view.setupFrame, err = v.setupFrame(stepCompany); err != nil {
		return view, err
	}
	view.ConnectionView, err = v.bridge.Connection(v.ctx())
	return view, err
}

func setupCompany(v *visit) error {
	view, err := v.setupCompanyView()
	if err != nil {
		return err
	}
	return v.page("setup_company", view)
}

// makePassword makes a password for the Web Connector and shows it.
func makePassword(v *visit) error {
	made, err := v.bridge.SetPassword(v.ctx(), "")
	if err != nil {
		return err
	}
	if err := v.bridge.Did(v.ctx(), v.who(), "password", "A new password was made for the Web Connector."); err != nil {
		return err
	}
	view, err := v.setupCompanyView()
	if err != nil {
		return err
	}
	view.Password = made.Password
	return v.page("setup_company", view)
}

// connectPretend has the pretend Web Connector add the file and takes the
// password that was typed.
func connectPretend(v *visit) error {
	if v.pretend == nil {
		return errNotFound
	}
	qwc, err := v.bridge.QWC(v.ctx(), v.appURL())
	if err == nil {
		err = v.pretend.Connect(qwc, v.r.PostFormValue("password"))
	}
	if err != nil {
		return refuse(err)
	}
	return v.redirect("/setup/company", "setup_connected")
}

// onlyShop gives the shop that is set up.
func (v *visit) onlyShop() (bridge.ShopView, error) {
	shops, err := v.bridge.Shops(v.ctx())
	if err != nil {
		return bridge.ShopView{}, err
	}
	if len(shops) == 0 {
		return bridge.ShopView{}, store.ErrNotFound
	}
	return shops[0], nil
}
