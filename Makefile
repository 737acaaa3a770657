# Banter on a machine that has rustup, Node.js with npm, and a C compiler; everything else is set up here, once.
# Each step runs only when it is needed, says what it does, and names the remedy when it fails.

SHELL := bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# Tools outlive a clone; BANTER_CACHE moves them.
BANTER_CACHE ?= $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/banter
# Each clone has its own build output: cargo cannot tell two clones apart that share one.
CARGO_TARGET_DIR ?= $(CURDIR)/target
export CARGO_TARGET_DIR

WASM_BINDGEN_VERSION := $(shell sed -n 's/^wasm-bindgen = "=\(.*\)"/\1/p' Cargo.toml)
CARGO_LEPTOS_VERSION := 0.3.10
KOSOKU_VERSION := 0.1.0
SCHEMATHESIS_VERSION := 4.32.5
# The last that runs on Node.js 20.
LIGHTHOUSE_VERSION := 12.8.2
TOOLS := $(BANTER_CACHE)/tools
export PATH := $(TOOLS)/bin:$(CURDIR)/end2end/node_modules/.bin:$(PATH)

SITE := $(CARGO_TARGET_DIR)/site
SCRIPTS := $(addprefix $(SITE)/,early.js news.js tools.js wants.js)
WASM := $(CARGO_TARGET_DIR)/wasm32-unknown-unknown/wasm-release/banter.wasm
BOUND := $(CARGO_TARGET_DIR)/bindgen
BINARY := $(CARGO_TARGET_DIR)/release/banter
IN_BROWSER = cd end2end && BANTER_BINARY=$(abspath $(BINARY))
TEST_LOG := $(CARGO_TARGET_DIR)/test-log
KOSOKU := $(TOOLS)/kosoku-$(KOSOKU_VERSION)/bin/kosoku
SCHEMATHESIS := $(TOOLS)/schemathesis-$(SCHEMATHESIS_VERSION)/bin/st
LIGHTHOUSE := $(TOOLS)/lighthouse-$(LIGHTHOUSE_VERSION)/node_modules/lighthouse
CONFORMANCE := BANTER_KOSOKU=$(KOSOKU) BANTER_SCHEMATHESIS=$(SCHEMATHESIS)

# Where this machine keeps its sources is nobody's business, and weighs something in the page's app.
SOURCES := $(if $(CARGO_HOME),$(CARGO_HOME),$(HOME)/.cargo)/registry/src
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS := --remap-path-prefix=$(SOURCES)=

# The tools are compiled once and used seldom: quick to compile beats quick to run.
QUICK := CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
         CARGO_TARGET_DIR=$(TOOLS)/build

.PHONY: help run build dev dev-check check test test-rust test-browser conformance torture fuzz bench load peers weigh
.PHONY: page echo lighthouse life screenshots screens
.PHONY: rust-target wasm-bindgen cargo-leptos npm chromium strace kosoku schemathesis lighthouse-package site

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-14s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build what has changed and serve on http://127.0.0.1:3000
	@exec $(BINARY) serve

build: site ## one self-contained target/release/banter
	@echo "== the server, with the page inside"
	@BANTER_SITE=$(SITE) cargo build --release --locked --bin banter

dev: rust-target wasm-bindgen cargo-leptos npm ## serve, rebuild on every change, reload the browser
	@exec cargo leptos watch

dev-check: rust-target wasm-bindgen cargo-leptos npm chromium ## show that an edit reaches an open browser
	@$(IN_BROWSER) node commands/dev.mjs

check: rust-target ## format, lints, both targets
	@cargo fmt --all --check
	@cargo clippy --locked -- -D warnings
	@cargo clippy --locked --all-targets --features proving -- -D warnings
	@cargo clippy --locked --package banter-peers -- -D warnings
	@cargo clippy --locked --lib --target wasm32-unknown-unknown --no-default-features --features hydrate -- -D warnings
	@RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --lib --quiet

# Everything runs, also behind something that failed; the last line says how much there was of both.
test: ## every test
	@rm -rf $(TEST_LOG); mkdir -p $(TEST_LOG); status=0; \
	$(MAKE) --no-print-directory test-rust || status=1; \
	$(MAKE) --no-print-directory test-browser || status=1; \
	tests/sum $(TEST_LOG) || status=1; exit $$status

# With the feature that no user has: bugs can be planted then, to see whether they are caught. What is ignored by default are
# the conformance cases.
test-rust: rust-target strace ## unit and integration tests, a short torture and conformance cases among them
	@mkdir -p $(TEST_LOG)
	@$(MAKE) --no-print-directory --silent kosoku schemathesis || echo "== without the conformance cases: see above"
	@set -o pipefail; $(CONFORMANCE) cargo test --locked --no-fail-fast --features proving \
	  -- $$([ ! -x $(KOSOKU) ] || [ ! -x $(SCHEMATHESIS) ] || echo --include-ignored) 2>&1 | tee $(TEST_LOG)/rust

conformance: rust-target kosoku schemathesis ## RFC 6455 case by case, and the REST API against its own document
	@$(CONFORMANCE) BANTER_EXAMPLES=$${BANTER_EXAMPLES:-100} cargo test --locked --features proving --test integration -- \
	  conformance:: openapi:: --include-ignored --nocapture

torture: build strace ## kill, starve and unplug the real server for minutes, and check every promise
	@BANTER_BINARY=$(abspath $(BINARY)) BANTER_KILLS=$${BANTER_KILLS:-200} BANTER_CUTS=$${BANTER_CUTS:-1000} \
	  BANTER_RACES=$${BANTER_RACES:-10000} BANTER_OTHERS=$${BANTER_OTHERS:-2000} BANTER_LAG_MS=$${BANTER_LAG_MS:-1000} \
	  BANTER_ROUNDS=$${BANTER_ROUNDS:-5} BANTER_SAID=$${BANTER_SAID:-200} BANTER_BESIDE_PERCENT=$${BANTER_BESIDE_PERCENT:-120} \
	  BANTER_VISITS_PERCENT=$${BANTER_VISITS_PERCENT:-400} \
	  cargo test --locked --features proving --test integration -- proof:: --nocapture --test-threads 1

test-browser: build npm chromium ## the page in Chromium, and its weight
	@mkdir -p $(TEST_LOG)
	@set -o pipefail; $(IN_BROWSER) NO_COLOR=1 FORCE_COLOR=0 npx playwright test 2>&1 | tee $(TEST_LOG)/browser
	@$(IN_BROWSER) node commands/weigh.mjs

fuzz: ## the parsers of what strangers send, for some minutes
	@PROPTEST_CASES=$${PROPTEST_CASES:-1000000} cargo test --release --locked --lib -- decode markup names search timeline wire

# Writes bench/RESULTS.md; an idle machine of two cores, and about twenty minutes. BENCH=--quick only shows that it runs.
bench: build npm strace peers ## Banter beside its peers and the limit: what a message, a connection, a start and a return cost
	@$(IN_BROWSER) node commands/bench.mjs $(BENCH)

load: build peers ## how many posts a second get on the disk, and whether a long room reads as fast as a short one
	@$(IN_BROWSER) node commands/load.mjs

# What Banter is measured beside. Bun comes to its place by a script of its package, which not every npm runs.
peers: npm
	@cargo build --release --locked --package banter-peers
	@cmp -s bench/peers/package-lock.json bench/peers/node_modules/.installed-lock || { \
	  echo "== npm packages to measure beside"; \
	  (cd bench/peers && npm ci --no-audit --no-fund) || { echo "npm could not install them: is this machine online?" >&2; exit 1; }; \
	  cp bench/peers/package-lock.json bench/peers/node_modules/.installed-lock; }
	@cd bench/peers/node_modules/bun && { bin/bun.exe --version >/dev/null 2>&1 || node install.js; }

weigh: build npm ## what a first visit costs on the wire, file by file
	@$(IN_BROWSER) node commands/weigh.mjs

# Each of these opens the page in Chromium, and measures: an idle machine, and some minutes. `echo` and `life` need nothing
# besides; `lighthouse` also needs Lighthouse, which comes into the cache once.
page: build npm chromium lighthouse-package ## what the page costs, lives and scores
	@status=0; for what in echo lighthouse life; do $(MAKE) --no-print-directory $$what || status=1; done; exit $$status

echo: build npm chromium ## how soon what is typed is seen, beside pages written by hand
	@$(IN_BROWSER) node commands/echo.mjs

lighthouse: build npm chromium lighthouse-package ## what Lighthouse says of the page on a phone
	@$(IN_BROWSER) BANTER_LIGHTHOUSE=$(LIGHTHOUSE) node commands/lighthouse.mjs

life: build npm chromium ## a tab that lives long: its memory, and whether it keeps up
	@$(IN_BROWSER) node commands/life.mjs

screenshots: build npm chromium ## take the README's pictures anew
	@$(IN_BROWSER) node commands/screenshots.mjs

screens: build npm chromium ## picture every screen and state into target/screenshots, to be looked at
	@$(IN_BROWSER) node commands/screenshots.mjs --all

# --- the page's app -------------------------------------------------------------------------------------------------

# The same as `cargo leptos build --release` does, from the same Cargo.toml, without the minutes that it takes to install.
site: rust-target wasm-bindgen npm
	@echo "== the page's app"
	@cargo build --lib --locked --target wasm32-unknown-unknown --profile wasm-release --no-default-features --features hydrate
	@$(MAKE) --no-print-directory $(SITE)/banter.wasm $(SITE)/code.js $(SCRIPTS)

$(SITE)/banter.wasm: $(WASM) end2end/commands/shrink.mjs
	@echo "== its wasm, made small"
	@mkdir -p $(SITE)
	@wasm-bindgen --target web --no-typescript --out-dir $(BOUND) --out-name banter $(WASM)
	@node end2end/commands/shrink.mjs $(BOUND) $(SITE)

$(SITE)/code.js: src/ui/render/code.js end2end/commands/colours.mjs end2end/package-lock.json
	@mkdir -p $(SITE)
	@node end2end/commands/colours.mjs $@

$(SITE)/%.js: public/%.js end2end/commands/minify.mjs
	@mkdir -p $(SITE)
	@node end2end/commands/minify.mjs $< $@

$(SITE)/early.js: src/ui/render/early.js end2end/commands/minify.mjs
	@mkdir -p $(SITE)
	@node end2end/commands/minify.mjs $< $@

# --- tools ----------------------------------------------------------------------------------------------------------

rust-target:
	@command -v rustup >/dev/null || { echo "Rust is missing: install rustup from https://rustup.rs, then try again." >&2; exit 1; }
	@command -v cc >/dev/null || { echo "A C compiler is missing: install one (Debian: apt install build-essential)." >&2; exit 1; }
	@rustup target list --installed | grep -x wasm32-unknown-unknown >/dev/null || { \
	  echo "== the Rust target wasm32-unknown-unknown"; \
	  rustup target add wasm32-unknown-unknown || { echo "It could not be installed: is this machine online?" >&2; exit 1; }; }

# $(call cargo_tool,crate,version,options): prebuilt where cargo-binstall is there, else compiled.
define cargo_tool
	echo "== $(1) $(2), once"; \
	{ command -v cargo-binstall >/dev/null && cargo binstall --no-confirm --root $(TOOLS) $(1)@$(2); } \
	  || $(QUICK) cargo install $(1) --version $(2) --root $(TOOLS) $(3) \
	  || { echo "$(1) $(2) could not be installed: see above; 'make' again goes on where it stopped." >&2; exit 1; }; \
	rm -rf $(TOOLS)/build
endef

# Without --locked: its lock file asks for versions that not every mirror of the registry has.
wasm-bindgen:
	@[ "$$(wasm-bindgen --version 2>/dev/null)" = "wasm-bindgen $(WASM_BINDGEN_VERSION)" ] || { \
	  $(call cargo_tool,wasm-bindgen-cli,$(WASM_BINDGEN_VERSION),); }

cargo-leptos:
	@[ "$$(cargo-leptos --version 2>/dev/null)" = "cargo-leptos $(CARGO_LEPTOS_VERSION)" ] || { \
	  $(call cargo_tool,cargo-leptos,$(CARGO_LEPTOS_VERSION),--locked --features no_downloads); }

npm:
	@command -v npm >/dev/null && node -e 'process.exit(+(process.versions.node.split(".")[0] < 20))' \
	  || { echo "Node.js 20 or newer with npm is missing: install it, then try again." >&2; exit 1; }
	@cmp -s end2end/package-lock.json end2end/node_modules/.installed-lock || { \
	  echo "== npm packages for building and testing"; \
	  (cd end2end && npm ci --no-audit --no-fund) || { echo "npm could not install them: is this machine online?" >&2; exit 1; }; \
	  cp end2end/package-lock.json end2end/node_modules/.installed-lock; }

# What is installed, else the distribution's, else Playwright's own.
chromium:
	@end2end/chromium >/dev/null || { \
	  echo "== Chromium"; \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -qq --yes chromium; } \
	  || (cd end2end && npx playwright install chromium) \
	  || { echo "Chromium could not be installed: install it and name it in BANTER_CHROMIUM." >&2; exit 1; }; }

# With it the tests inject faults of the disk and record what is written to it. Only Linux has it.
strace:
	@[ "$$(uname)" != Linux ] || command -v strace >/dev/null || { \
	  echo "== strace"; \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -qq --yes strace; } \
	  || { echo "strace is missing: install it (Debian: apt install strace), then try again." >&2; exit 1; }; }

# $(call python_tool,package,version,program,what it is for). Nothing else asks for Python, and nothing needs it but the
# conformance cases.
define python_tool
	[ -x $(3) ] || { \
	  echo "== $(1), once: $(4)"; \
	  python3 -m venv $(TOOLS)/$(1)-$(2) && $(TOOLS)/$(1)-$(2)/bin/pip install --quiet $(1)==$(2); } \
	  || { rm -rf $(TOOLS)/$(1)-$(2); \
	  echo "It could not be installed: it needs Python 3.10 with venv, and to be online." >&2; exit 1; }
endef

kosoku:
	@$(call python_tool,kosoku,$(KOSOKU_VERSION),$(KOSOKU),the WebSocket conformance cases)

schemathesis:
	@$(call python_tool,schemathesis,$(SCHEMATHESIS_VERSION),$(SCHEMATHESIS),the REST API against its own document)

# As much as all other packages together, for one command that few give: so it is none of them.
lighthouse-package:
	@[ -d $(LIGHTHOUSE) ] || { \
	  echo "== Lighthouse $(LIGHTHOUSE_VERSION), once"; \
	  npm install --silent --no-audit --no-fund --ignore-scripts --prefix $(TOOLS)/lighthouse-$(LIGHTHOUSE_VERSION) \
	    lighthouse@$(LIGHTHOUSE_VERSION); } \
	  || { rm -rf $(TOOLS)/lighthouse-$(LIGHTHOUSE_VERSION); \
	  echo "It could not be installed: is this machine online?" >&2; exit 1; }
