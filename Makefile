PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo run test check lint types contracts unit contract clients faults-fast faults nemesis \
	end-to-end browser browser-test acceptance format lock clean

demo: $(VENV)/.installed
	@$(BIN)/intacct demo

run: $(VENV)/.installed
	@$(BIN)/intacct run

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one with PYTHON=python3.12."; exit 2; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing the connector into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing the tools for checks and tests ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

test: check unit contract clients faults-fast end-to-end browser
	@echo "All checks and tests passed."

check: lint types contracts

lint: $(VENV)/.installed-dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(VENV)/.installed-dev
	@$(BIN)/mypy

contracts: $(VENV)/.installed-dev
	@$(BIN)/lint-imports

unit contract clients: $(VENV)/.installed-dev
	@$(BIN)/pytest -q tests/$@

faults-fast: $(VENV)/.installed-dev
	@$(BIN)/pytest -q tests/faults -m "not slow"

# Every fault, the 400 writes under 60 kills included: about half an hour on two cores.
faults: $(VENV)/.installed-dev
	@$(BIN)/pytest -q tests/faults

# Random kills, pauses, restarts and gateway faults: make nemesis MINUTES=5 SEED=7 [SABOTAGE=blind-retry]
nemesis: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.nemesis --minutes $(or $(MINUTES),5) $(if $(SEED),--seed $(SEED)) \
		$(if $(SABOTAGE),--sabotage $(SABOTAGE))

end-to-end: $(VENV)/.installed-dev
	@$(BIN)/pytest -q tests/end_to_end

# Skipped with a reason where Chromium is missing.
browser: $(VENV)/.installed-dev
	@$(BIN)/pytest -q tests/browser

browser-test:
	@apt-get update -qq && apt-get install -y -qq chromium fonts-liberation
	@$(MAKE) browser

# Which of the promised points a test proves.
acceptance: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.support.acceptance

format: $(VENV)/.installed-dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# Resolves the locked dependency files anew; needs the command uv.
lock:
	@uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
		pyproject.toml --group build -o requirements.lock
	@uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
		--all-extras pyproject.toml --group build -c requirements.lock -o requirements-dev.lock

clean:
	@rm -rf $(VENV) .intacct
