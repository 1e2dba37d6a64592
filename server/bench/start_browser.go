package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// startLimit is how long a page may take; one that is not live by then is broken.
const startLimit = 90 * time.Second

// probe is run in a page before its own scripts. It resolves benchVisit.
//
//go:embed probe.js
var probe string

// visit is how one cold start went: ms since its navigation, and what was
// transferred until it was live.
type visit struct{ Paint, Usable, Live, Bytes float64 }

// pay visits a page in a browser profile of its own, so that nothing is cached.
func pay(browser context.Context, url string, l line) (v visit, err error) {
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	defer cancel()
	ctx, late := context.WithTimeout(ctx, startLimit)
	defer late()
	steps := []chromedp.Action[chromedp.Void]{
		command(network.Enable, network.EnableParams{}),
		command(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: probe}),
		chromedp.EmulateViewport(390, 844),
		command(emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}),
		command(emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: l.cpu}),
	}
	if l.bits > 0 {
		steps = append(steps, command(network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{Latency: l.latency, DownloadThroughput: l.bits / 8, UploadThroughput: l.bits / 8}},
		}))
	}
	if err := chromedp.Do(ctx, append(steps, chromedp.Navigate(url))...); err != nil {
		return v, fmt.Errorf("open %s: %w", url, err)
	}
	said, err := chromedp.Run(ctx, chromedp.Evaluate[string]("benchVisit.then(JSON.stringify)", chromedp.EvalAwaitPromise))
	if err != nil {
		return v, fmt.Errorf("wait until %s is live: %w", url, err)
	}
	if err := json.Unmarshal([]byte(said), &v); err != nil {
		return v, fmt.Errorf("read the visit: %w", err)
	}
	return v, nil
}

func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}
