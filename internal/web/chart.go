package web

import (
	"time"

	"github.com/shopspring/decimal"

	"qbridge/internal/bridge"
)

// chart is shop against books by day in one currency, drawn as SVG.
type chart struct {
	Currency      string
	Width, Height int64
	Zero          int64 // y of nothing
	Most          string
	Least         string // negative, or ""
	Days          []chartDay
	Shop, Books   string // sums
}

// chartDay is the two bars of one day. Lengths are pixels.
type chartDay struct {
	bridge.ReconciledDay
	Label       string // of the day; "" when there is no room
	X, XBooks   int64
	Shop, Books bar
}

type bar struct{ Y, Height int64 }

// Sizes of a chart, in pixels.
const (
	chartLeft = 4
	chartStep = 24 // of one day
	chartBar  = 10
	chartTop  = 16
	chartHigh = 150
	chartFoot = 18
)

// BarWidth is of each bar.
func (chart) BarWidth() int { return chartBar }

// LabelY is the height of the days' labels.
func (c chart) LabelY() int64 { return c.Height - 4 }

// charts draws a month, a chart for each currency. Days that can't be told, of
// orders that can't be read, are left out.
func charts(m bridge.ReconciledMonth) (all []chart, err error) {
	first, err := time.Parse("2006-01", m.Month)
	if err != nil {
		return nil, err
	}
	byCurrency, order := map[string]map[string]bridge.ReconciledDay{}, []string{}
	for _, d := range m.Days {
		if d.Day == "" {
			continue
		}
		if byCurrency[d.Currency] == nil {
			byCurrency[d.Currency] = map[string]bridge.ReconciledDay{}
			order = append(order, d.Currency)
		}
		byCurrency[d.Currency][d.Day] = d
	}
	for _, currency := range order {
		c := chart{Currency: currency, Height: chartTop + chartHigh + chartFoot, Width: chartLeft}
		for day := first; day.Month() == first.Month(); day = day.AddDate(0, 0, 1) {
			one := chartDay{ReconciledDay: byCurrency[currency][day.Format(time.DateOnly)], X: c.Width}
			one.XBooks = one.X + chartBar
			if day.Day() == 1 || day.Day()%5 == 0 {
				one.Label = day.Format("2")
			}
			if one.Day == "" {
				one.ReconciledDay = bridge.ReconciledDay{Day: day.Format(time.DateOnly), Currency: currency, Shop: "0.00", Books: "0.00", Difference: "0.00"}
			}
			c.Days = append(c.Days, one)
			c.Width += chartStep
		}
		if err := c.scale(); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// scale gives the bars their lengths.
func (c *chart) scale() error {
	most, least := decimal.NewFromInt(1), decimal.Zero
	shop, books := make([]decimal.Decimal, len(c.Days)), make([]decimal.Decimal, len(c.Days))
	shopSum, booksSum := decimal.Zero, decimal.Zero
	for i, d := range c.Days {
		var err error
		if shop[i], err = decimal.NewFromString(d.ReconciledDay.Shop); err != nil {
			return err
		}
		if books[i], err = decimal.NewFromString(d.ReconciledDay.Books); err != nil {
			return err
		}
		most, least = decimal.Max(most, shop[i], books[i]), decimal.Min(least, shop[i], books[i])
		shopSum, booksSum = shopSum.Add(shop[i]), booksSum.Add(books[i])
	}
	pixels := func(amount decimal.Decimal) int64 {
		return amount.Mul(decimal.NewFromInt(chartHigh)).DivRound(most.Sub(least), 0).IntPart()
	}
	c.Most, c.Shop, c.Books = most.StringFixed(2), shopSum.StringFixed(2), booksSum.StringFixed(2)
	if least.IsNegative() {
		c.Least = least.StringFixed(2)
	}
	c.Zero = chartTop + pixels(most)
	draw := func(amount decimal.Decimal) bar {
		length := pixels(amount)
		if length == 0 && !amount.IsZero() { // that there is something shows
			length = int64(amount.Sign())
		}
		if length < 0 {
			return bar{c.Zero, -length}
		}
		return bar{c.Zero - length, length}
	}
	for i := range c.Days {
		c.Days[i].Shop, c.Days[i].Books = draw(shop[i]), draw(books[i])
	}
	return nil
}
