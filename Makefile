# Escalate. `make run` starts the product on local Twilio, `make test` runs every test.

GO      ?= go
NPM     ?= npm
WEB     := static/web
# Brotli quality of the packed files: 11 for releases, less while developing.
QUALITY ?= 11
CHROMIUM ?= /usr/bin/chromium
# Packages with tests that drive a browser (build tag e2e).
BROWSER_TESTS := ./app/video/twiliojs ./server/localtwilio/sfu ./server/localtwilio/rsp ./server/demo ./server/e2e
# Packages with Go benchmarks.
BENCHMARKS := ./server/token ./server/localtwilio/store ./server/localtwilio/sfu

.DEFAULT_GOAL := help
.PHONY: help run build wasm deps deps-test test test-unit test-wasm e2e shots soak lint bench clean chromium FORCE

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: QUALITY := 5
run: build ## build everything, start on local Twilio, print the two links to open
	@./bin/server

build: wasm ## the server, one binary with everything in it: bin/server
	$(GO) build -trimpath -ldflags='-s -w' -o bin/server ./server

wasm: deps ## the browser half: static/web/app.wasm and what goes beside it
	GOOS=js GOARCH=wasm $(GO) build -trimpath -ldflags='-s -w' -o $(WEB)/app.wasm ./wasm
	$(GO) run ./static/pack -quality $(QUALITY)

deps: static/node_modules/.installed

static/node_modules/.installed: static/package.json static/package-lock.json
	cd static && $(NPM) ci --omit=dev --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

# The tests want Twilio's OpenAPI documents too, which the product does not.
deps-test: static/node_modules/.installed-test

static/node_modules/.installed-test: static/package.json static/package-lock.json
	cd static && $(NPM) ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch static/node_modules/.installed $@

test: QUALITY := 5
test: deps-test lint test-unit test-wasm e2e ## every test, browser tests too

test-unit: deps-test wasm ## Go tests on this machine, with the race detector
	$(GO) test -race ./...

test-wasm: ## the JavaScript boundary, compiled to WASM and run under node
	PATH="$$PATH:$$($(GO) env GOROOT)/lib/wasm" GOOS=js GOARCH=wasm $(GO) test ./app/browser/... ./app/video/twiliojs/...

# -p 1: one Chromium at a time, or two cores are not enough for media in time.
e2e: QUALITY := 5
e2e: deps-test wasm chromium ## the whole in a browser: Chromium with fake media; screenshots in server/e2e/out
	CHROMIUM=$(CHROMIUM) $(GO) test -tags e2e -count=1 -p 1 -timeout 15m $(BROWSER_TESTS)

shots: QUALITY := 5
shots: deps-test wasm chromium ## pictures of every state on four screens, light and dark: server/e2e/out/shots
	CHROMIUM=$(CHROMIUM) $(GO) test -tags 'e2e shots' -count=1 -timeout 15m -run TestShots ./server/e2e

chromium:
	@test -x $(CHROMIUM) || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
		else \
			echo "The browser tests need Chromium: install your system's package (sudo apt-get install chromium), or set CHROMIUM=/path/to/it." >&2; exit 1; \
		fi; }

soak: ## 10,000 random schedules of each property test, and 5 minutes of joining and leaving, with the race detector
	$(GO) test -race -count=1 -timeout 30m -run TestRandom ./server/escalation -schedules 10000 -v
	SFU_SOAK=5m $(GO) test -race -count=1 -timeout 10m -run TestSoak ./server/localtwilio/sfu -v

lint: ## format and vet, and golangci-lint where it is installed
	@out=$$(gofmt -l app server static wasm | grep -v node_modules); test -z "$$out" || { echo "gofmt: $$out" >&2; exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags e2e $(BROWSER_TESTS)
	GOOS=js GOARCH=wasm $(GO) vet ./app/... ./wasm
	@if command -v golangci-lint >/dev/null; then golangci-lint run ./...; fi

bench: QUALITY := 5
bench: deps-test wasm ## how fast it is, against a plain Node server with the npm package twilio; then the Go benchmarks
	$(GO) run ./server/bench
	$(GO) test -run '^$$' -bench . -benchtime 0.5s -benchmem $(BENCHMARKS)

clean: ## remove what was built, and local Twilio's data
	rm -rf bin .data static/node_modules $(WEB)/app.wasm $(WEB)/wasm_exec.js $(WEB)/vendor $(WEB)/*.br $(WEB)/*.gz server/e2e/out
	$(GO) clean -testcache
