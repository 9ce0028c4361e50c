# Everything a person or a CI runs.  `make` alone lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
CHECKOV := .venv-checkov
READY := $(VENV)/.ready
HOST_ARCHITECTURE := $(subst aarch64,arm64,$(shell uname -m))
SOURCES := template.yaml $(shell find functions layers -type f -not -name '*.pyc' 2>/dev/null)
BUILT := .aws-sam/build/template.yaml
BUILD_ARCHITECTURE := $(or $(ARCHITECTURE),$(HOST_ARCHITECTURE))
BUILT_FOR := .aws-sam/built-for-$(BUILD_ARCHITECTURE)

# The interpreter of the template's runtime; pyenv's counts, through .python-version.
PYTHON := $(shell for python in python3.13 python3 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null && { command -v "$$python"; break; }; done; true)

export PATH := $(CURDIR)/$(BIN):$(PATH)
export LINKSYNC_PYTHON := $(CURDIR)/$(BIN)/python
export SAM_CLI_TELEMETRY := 0
# Nothing on this machine cares which, but SAM CLI asks for one.  `make deploy` takes yours.
demo up test lint build bench pictures: export AWS_DEFAULT_REGION ?= us-east-1

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: build ## Deploy to a local AWS, play the demonstration, print what happened
	@$(BIN)/python -m local demo

.PHONY: up
up: build ## The same stack with a page to play on, left running until Ctrl-C
	@$(BIN)/python -m local up

.PHONY: test
test: build browser ## Every test, end-to-end and browser ones included
	$(BIN)/pytest -n 2 --dist loadgroup

# Only root of a Debian installs it: CI and containers.  Without a browser its tests are skipped, and say so.
BROWSERS := chromium chromium-browser google-chrome google-chrome-stable
.PHONY: browser
browser: ## Install Chromium for the browser tests, where none is there and apt-get may
	@for browser in $(BROWSERS); do command -v $$browser > /dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then echo "Installing Chromium for the browser tests ..."; \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends chromium > /dev/null; \
	fi || echo "Chromium could not be installed: the browser tests will be skipped"

.PHONY: lint
lint: $(READY) $(CHECKOV)/.ready ## Formatting, types, import rules, template lint, known vulnerabilities
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PYTHONPATH=layers/linksync:cli $(BIN)/lint-imports
	$(BIN)/cfn-lint template.yaml
	$(BIN)/sam validate --lint --template template.yaml
	$(CHECKOV)/bin/checkov --config-file tests/security/checkov.yaml
	$(BIN)/python -m tests.security.audit

.PHONY: build
build: $(BUILT) $(BIN)/linksync ## Set up .venv, install `linksync` there, build the template into .aws-sam/build

.PHONY: bench
bench: build ## Run the benchmarks and print their tables
	$(BIN)/python -m tests.bench

.PHONY: pictures
pictures: build browser ## Take the README's pictures of the playground and the demonstration anew (docs/pictures)
	PYTHONPATH=cli:layers/linksync $(BIN)/python -m tests.pictures

.PHONY: screens
screens: $(READY) ## Write the command line's screens into docs/ (FOLDER=x: every one as a picture, in there)
	PYTHONPATH=cli:layers/linksync $(BIN)/python -m tests.screens $(FOLDER)

.PHONY: soak
soak: $(READY) ## 10,000 random histories with faults, crashes, outages, slips (HISTORIES=n, SEED=n)
	PYTHONPATH=layers/linksync $(BIN)/python -m tests.soak --histories $(or $(HISTORIES),10000) $(if $(SEED),--seed $(SEED))

.PHONY: fuzz
fuzz: $(READY) ## 100,000 hostile requests through the receivers (REQUESTS=n, SEED=n)
	PYTHONPATH=layers/linksync $(BIN)/python tests/fuzz/receivers.py --requests $(or $(REQUESTS),100000) $(if $(SEED),--seed $(SEED))

SAMCONFIG ?= samconfig.local.toml
DEPLOYMENT := PYTHONPATH=cli:layers/linksync $(BIN)/python -m linksync_cli.deployment

.PHONY: mutants
mutants: $(READY) ## Plant bugs one at a time, and list those that the fast tests miss (SAMPLE=n, SEED=n, ONLY=worker/, TESTS=unit/worker)
	$(BIN)/python -m tests.mutants $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY)) \
		$(if $(TESTS),--tests $(TESTS)) $(if $(JOBS),--jobs $(JOBS))

.PHONY: deploy
deploy: $(READY) ## Build and deploy to AWS with the parameters in samconfig.local.toml, which keeps them
	@$(DEPLOYMENT) prepare $(SAMCONFIG)
	@$(MAKE) --no-print-directory build ARCHITECTURE=$$($(DEPLOYMENT) architecture $(SAMCONFIG))
	$(BIN)/sam deploy --config-file $(abspath $(SAMCONFIG)) --template-file $(BUILT)

.PHONY: import-ledger
import-ledger: $(READY) ## Begin a new stack with a kept ledger (TABLE=name); then make deploy
	@PYTHONPATH=cli $(BIN)/python -m linksync_cli.ledger_import "$(TABLE)" $(SAMCONFIG)

.PHONY: format
format: $(READY) ## Format the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

LOCK := uv pip compile pyproject.toml --universal --python-version 3.13 --generate-hashes --no-annotate --quiet \
	--custom-compile-command "make lock"

.PHONY: lock
lock: $(READY) ## Pin and hash the requirements anew
	$(BIN)/$(LOCK) --extra cli --group dev --output-file requirements-dev.txt
	$(BIN)/$(LOCK) --constraint requirements-dev.txt --output-file layers/dependencies/requirements.txt
	echo checkov==3.3.30 | $(BIN)/$(subst pyproject.toml,-,$(LOCK)) --output-file tests/security/requirements-checkov.txt

.PHONY: clean
clean: ## Remove what was built
	rm -rf $(VENV) $(CHECKOV) .aws-sam .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(READY): requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "linksync needs Python 3.13: install it from your system's packages or python.org," \
		"or run 'pyenv install 3.13' (.python-version selects it)" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps --requirement requirements-dev.txt
	@touch $@

# In place: the command is always what this folder holds.  Nothing is fetched for it.
$(BIN)/linksync: pyproject.toml $(READY)
	@$(BIN)/python -m pip install --quiet --no-index --no-deps --no-build-isolation --editable .
	@touch $@

# checkov's pins contradict the others': an environment of its own, which only `make lint` needs.
$(CHECKOV)/.ready: tests/security/requirements-checkov.txt $(READY)
	@test -x $(CHECKOV)/bin/python || $(PYTHON) -m venv $(CHECKOV)
	$(CHECKOV)/bin/python -m pip install --quiet --require-hashes --no-deps --requirement $<
	@touch $@

# Layers are built for the machine that they will run on: this one, or ARCHITECTURE.  What was built for another is stale.
$(BUILT_FOR):
	@mkdir -p $(@D); rm -f $(@D)/built-for-*; touch $@

$(BUILT): $(READY) $(SOURCES) $(BUILT_FOR)
	@echo "Building the template (what sam says goes to .aws-sam/build.log) ..."; mkdir -p .aws-sam
	@LINKSYNC_ARCHITECTURE=$(BUILD_ARCHITECTURE) LINKSYNC_NATIVE=$(if $(ARCHITECTURE),,yes) $(BIN)/sam build --parallel \
		--parameter-overrides Architecture=$(BUILD_ARCHITECTURE) > .aws-sam/build.log 2>&1 \
		|| { cat .aws-sam/build.log >&2; exit 1; }
	@touch $@
