# Escalate. `make run` starts the product on local Twilio, `make test` runs every test.

GO      ?= go
NPM     ?= npm
WEB     := static/web
# The go-app that the browser half is built with.
SLIM    := bin/slim
# Brotli quality of the packed files: 11 for releases, less while developing.
QUALITY ?= 11
CHROMIUM ?= /usr/bin/chromium
# A product of one's own: docs/single-language.md.
EXAMPLE := docs/examples/room
# How long each fuzz test looks for input of its own.
FUZZTIME ?= 30s
# Packages with tests that drive a browser beside others; their names end in InChromium.
CHROMIUM_TESTS := ./app/video/twiliojs ./server/localtwilio/sfu ./server/localtwilio/rsp ./server/demo ./server/standalone ./docs/examples/room
# Where the linters are built.
LINT    := bin/lint
# What the server calls its version; empty is what Go makes of the commit.
VERSION ?=
# The LiveKit server that media are measured against.
LIVEKIT := v1.13.5
# The same with the real Flex UI, which is 770 MB of development dependencies.
FLEX_TESTS := ./server/flexdev
FLEX    := static/flex
# Packages with Go benchmarks.
BENCHMARKS := ./server/token ./server/localtwilio/store ./server/localtwilio/sfu

.DEFAULT_GOAL := help
.PHONY: balancers help run example flex webchat flex-deps flex-page test-flex check-plugin build wasm deps deps-test test test-unit test-wasm e2e play shots pictures load soak fuzz lint audit sbom reproduce bench plots bench-start bench-media clean chromium ffmpeg speech FORCE

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: QUALITY := 5
run: build ## build everything, start on local Twilio, print the two links to open
	@./bin/server

example: QUALITY := 5
example: wasm ## a video call of one's own in 200 lines of Go: docs/single-language.md
	cd $(EXAMPLE) && GOOS=js GOARCH=wasm $(GO) build -modfile=$(CURDIR)/$(SLIM)/slim.mod -ldflags='-s -w' -o web/app.wasm . && $(GO) run .

flex: QUALITY := 5
flex: build flex-page ## the real Flex UI on local Twilio, for development: installs 770 MB from npm
	@./bin/server serve -flex $(FLEX)/out

webchat: QUALITY := 5
webchat: build flex-page ## a customer's web chat on Twilio's own client library, beside the real Flex UI
	@./bin/server serve -flex $(FLEX)/out

flex-deps: $(FLEX)/node_modules/.installed

$(FLEX)/node_modules/.installed: $(FLEX)/package.json $(FLEX)/package-lock.json
	cd $(FLEX) && $(NPM) ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

# Nothing of this folder is embedded, committed or part of a release.
flex-page: $(FLEX)/out/flex.js $(FLEX)/out/webchat.js
	@cp server/flexdev/web/webchat.html server/flexdev/web/webchat.css server/flexdev/web/index.html server/flexdev/web/flex-page.css server/flexdev/web/shim.js server/flexdev/web/start.js $(FLEX)/out

$(FLEX)/out/flex.js: $(FLEX)/node_modules/.installed server/flexdev/web/entry.js server/flexdev/web/path.js
	cd $(FLEX) && NODE_PATH=node_modules node_modules/.bin/esbuild ../../server/flexdev/web/entry.js --bundle --minify --outfile=out/flex.js \
		--alias:path=../../server/flexdev/web/path.js --loader:.png=dataurl --loader:.svg=dataurl \
		--define:process.env.NODE_ENV='"production"' --define:global=window --log-level=error

$(FLEX)/out/webchat.js: $(FLEX)/node_modules/.installed server/flexdev/web/webchat-entry.js server/flexdev/web/thread.js server/flexdev/web/path.js
	cd $(FLEX) && NODE_PATH=node_modules node_modules/.bin/esbuild ../../server/flexdev/web/webchat-entry.js --bundle --minify --outfile=out/webchat.js \
		--alias:path=../../server/flexdev/web/path.js --define:process.env.NODE_ENV='"production"' --define:global=window --log-level=error

check-plugin: flex-deps ## the plugin's JSDoc types, against those of the real Flex UI
	cd $(FLEX) && node_modules/.bin/tsc -p .

test-flex: QUALITY := 5
test-flex: check-plugin flex-page wasm chromium ## the real Flex UI in a browser, and the npm packages of Conversations and Sync, against local Twilio
	FLEX=1 $(GO) test -count=1 -run TestClient ./server/localtwilio
	CHROMIUM=$(CHROMIUM) $(GO) test -tags e2e -count=1 -timeout 15m $(FLEX_TESTS)

build: wasm ## the server, one binary with everything in it: bin/server
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w $(if $(VERSION),-X escalate/server/version.given=$(VERSION))' -o bin/server ./server

# -modfile: with a go-app that leaves net/http out; static/slim says how. -l, no
# inlining, makes a file that packs smaller.
wasm: deps ## the browser half: static/web/app.wasm and what goes beside it
	$(GO) run ./static/slim -out $(SLIM)
	GOOS=js GOARCH=wasm $(GO) build -modfile=$(SLIM)/slim.mod -trimpath -gcflags=all=-l -ldflags='-s -w' -o $(WEB)/app.wasm ./wasm
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

# The browser's tests leave most of a core idle, in which lint, which builds its
# tools the first time, comes to its end without making them later.
test: QUALITY := 5
test: deps-test wasm chromium ffmpeg speech test-unit test-wasm ## every test, browser tests too
	@$(MAKE) --no-print-directory --output-sync=target -j2 NICE='nice -n 19' lint play

# Fifty Rooms at once are too many for the race detector, which opens ten.
test-unit: deps-test wasm ffmpeg speech ## Go tests on this machine, with the race detector
	$(GO) test -race ./...
	$(GO) test -run TestFiftyRooms ./server/localtwilio/sfu
	$(GO) test -C server/bench/media .
	$(GO) test -C docs/operate/check .

test-wasm: ## the JavaScript boundary, compiled to WASM and run under node
	PATH="$$PATH:$$($(GO) env GOROOT)/lib/wasm" GOOS=js GOARCH=wasm $(GO) test ./app/browser/... ./app/video/twiliojs/...

e2e: QUALITY := 5
e2e: deps-test wasm chromium ffmpeg speech play ## the whole in a browser: Chromium with fake media; screenshots in server/e2e/out

# -p 1: one Chromium at a time. On two cores, two take longer than one after the other.
play:
	CHROMIUM=$(CHROMIUM) $(GO) test -tags e2e -count=1 -p 1 -run InChromium $(CHROMIUM_TESTS)
	CHROMIUM=$(CHROMIUM) $(GO) test -tags e2e -count=1 -timeout 45m ./server/e2e

shots: QUALITY := 5
shots: deps-test wasm chromium ## pictures of every state on four screens, light and dark: server/e2e/out/shots
	CHROMIUM=$(CHROMIUM) $(GO) test -tags 'e2e shots' -count=1 -timeout 15m -run TestShots ./server/e2e

pictures: QUALITY := 5
pictures: deps-test wasm chromium ## the README's pictures, taken from the running product: docs/pictures
	CHROMIUM=$(CHROMIUM) $(GO) test -tags 'e2e pictures' -count=1 -timeout 10m -run TestPictures ./server/e2e

chromium:
	@test -x $(CHROMIUM) || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
		else \
			echo "The browser tests need Chromium: install your system's package (sudo apt-get install chromium), or set CHROMIUM=/path/to/it." >&2; exit 1; \
		fi; }

# What is in recordings is only checked where ffprobe is; without it those tests say so and skip.
ffmpeg:
	@command -v ffprobe >/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && apt-get install -y -qq --no-install-recommends ffmpeg >/dev/null; \
		else \
			echo "Recordings are not looked into, nor composed, without ffmpeg (sudo apt-get install ffmpeg)." >&2; \
		fi; }

# Whether speech becomes words is only tested where there is a machine's voice and an ear for it; without
# them those tests say so and skip. Debian 13's pocketsphinx (5) has no pocketsphinx_continuous.
speech:
	@command -v espeak-ng >/dev/null && command -v pocketsphinx_continuous >/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && apt-get install -y -qq --no-install-recommends espeak-ng pocketsphinx pocketsphinx-en-us >/dev/null; \
		fi; \
		command -v espeak-ng >/dev/null && command -v pocketsphinx_continuous >/dev/null || \
			echo "That speech becomes words is not tested without espeak-ng and pocketsphinx (sudo apt-get install espeak-ng pocketsphinx pocketsphinx-en-us)." >&2; }

# What docs/operate has files for, on a machine that is thrown away: the packages start their
# services. Tests of what is not there say so and skip.
balancers:
	@command -v nginx >/dev/null && command -v haproxy >/dev/null && command -v caddy >/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && apt-get install -y -qq --no-install-recommends nginx-light haproxy caddy >/dev/null; \
		fi; \
		command -v nginx >/dev/null && command -v haproxy >/dev/null && command -v caddy >/dev/null || \
			echo "Not every balancer's file is tried (sudo apt-get install nginx-light haproxy caddy)." >&2; }

# Both take LOADFLAGS: bin/load load -h, bin/load soak -h.
load: QUALITY := 5
load: build ## 10,000 waiting codes at two replicas behind a balancer: figures, and whether anything was lost
	$(GO) build -o bin/load ./server/bench/load
	bin/load load $(LOADFLAGS)

soak: QUALITY := 5
soak: build ## calls while Twilio, network, replicas and clocks fail; then 10,000 random schedules of each property test, and 5 minutes of joining and leaving, with the race detector
	$(GO) build -o bin/load ./server/bench/load
	bin/load soak $(LOADFLAGS)
	$(GO) test -race -count=1 -timeout 30m -run TestRandom ./server/escalation -schedules 10000 -v
	SFU_SOAK=5m $(GO) test -race -count=1 -timeout 10m -run TestSoak ./server/localtwilio/sfu -v

# -fuzzminimizetime: what goes on beside a test makes its coverage differ from run to run, over
# which the tool would spend a minute for each input that it finds of interest.
fuzz: ## every fuzz test, for FUZZTIME (30s) each; what they find becomes a file in testdata/fuzz
	@grep -roE --include='*_test.go' '^func Fuzz[A-Za-z0-9]+' app server | sed 's/:func / /' | sort | while read -r file name; do \
		echo "$$name in $$(dirname $$file)"; \
		$(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./$$(dirname $$file) </dev/null || exit 1; \
	done

# golangci-lint does what go vet does. gofmt: also what belongs to no package.
lint: $(LINT)/.installed ## format, golangci-lint and code that nothing reaches, with the tools that .lint/go.mod pins
	@out=$$(gofmt -l app docs server static wasm | grep -v node_modules); test -z "$$out" || { echo "gofmt: $$out" >&2; exit 1; }
	$(NICE) $(LINT)/golangci-lint run --timeout 30m --build-tags e2e,pictures,shots ./...
	GOOS=js GOARCH=wasm $(NICE) $(LINT)/golangci-lint run --timeout 30m ./app/... ./wasm ./docs/examples/...
	$(NICE) .lint/dead $(LINT)/deadcode

# The tools have a module of their own, so that go.mod is the product's. Their
# first build takes some minutes; after that they come from Go's build cache.
$(LINT)/.installed: .lint/go.mod .lint/go.sum
	cd .lint && GOBIN=$(CURDIR)/$(LINT) $(NICE) $(GO) install -trimpath -ldflags='-s -w' tool
	@touch $@

audit: $(LINT)/.installed ## known vulnerabilities of Go modules and npm packages; fails where the databases cannot be asked
	@.lint/audit $(LINT)/govulncheck $(NPM)

sbom: ## what the server is made of, as CycloneDX: bin/sbom.cdx.json
	@mkdir -p bin
	$(GO) run ./server/sbom -version "$$(git describe --always --dirty)" > bin/sbom.cdx.json

# Two clones, because what was built before, or another folder, must not matter. Only what npm installs is
# taken over. GOFLAGS and settings of git that stamp the binary are the same for both.
reproduce: QUALITY := 5
reproduce: deps ## build the last commit twice, in two folders, and compare
	@rm -rf bin/reproduce && git clone -q . bin/reproduce/one && git clone -q bin/reproduce/one bin/reproduce/another/folder
	@for name in one another/folder; do \
		cp -a static/node_modules bin/reproduce/$$name/static/ && \
		touch bin/reproduce/$$name/static/node_modules/.installed && \
		$(MAKE) --no-print-directory -s -C bin/reproduce/$$name build QUALITY=$(QUALITY) || exit 1; \
	done
	@cd bin/reproduce && sha256sum one/bin/server another/folder/bin/server one/$(WEB)/app.wasm another/folder/$(WEB)/app.wasm && \
		cmp one/bin/server another/folder/bin/server && cmp one/$(WEB)/app.wasm another/folder/$(WEB)/app.wasm
	@rm -rf bin/reproduce

bench: QUALITY := 5
bench: deps-test wasm ## how fast it is, against a plain Node server with the npm package twilio; then the Go benchmarks (media: bench-media)
	$(GO) run ./server/bench
	$(GO) test -run '^$$' -bench . -benchtime 0.5s -benchmem $(BENCHMARKS)
	@echo 'Media have a benchmark of their own, against LiveKit: make bench-media'

plots: ## the plots of docs/performance.md, from its tables
	$(GO) test -count=1 -run TestPlots ./docs -update

bench-media: QUALITY := 5
bench-media: deps-test build chromium bin/bench/livekit-$(LIVEKIT) ## how fast local Twilio's media are, against LiveKit's server, which it builds; some 20 minutes
	$(GO) build -C server/bench/media -o $(CURDIR)/bin/bench/media .
	bin/bench/media -chromium $(CHROMIUM) -livekit bin/bench/livekit-$(LIVEKIT)

# Built for the benchmark alone: go.mod knows nothing of it.
bin/bench/livekit-$(LIVEKIT):
	GOBIN=$(CURDIR)/bin/bench $(GO) install github.com/livekit/livekit-server/cmd/server@$(LIVEKIT)
	mv bin/bench/server $@

# ARGS='-other before=folder' compares with another build's static/web.
bench-start: wasm chromium ## how soon the customer's page is live in a cold browser, beside go-app's least page
	$(GO) run ./server/bench -start -rounds 5 -chromium $(CHROMIUM) -quality $(QUALITY) $(ARGS)

clean: ## remove what was built, and local Twilio's data
	rm -rf bin .data $(EXAMPLE)/web static/node_modules $(WEB)/app.wasm $(WEB)/wasm_exec.js $(WEB)/vendor $(WEB)/*.br $(WEB)/*.gz server/e2e/out $(FLEX)/node_modules $(FLEX)/out server/flexdev/out
	$(GO) clean -testcache
