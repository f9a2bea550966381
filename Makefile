PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo run test check lint types contracts unit contract clients faults end-to-end acceptance format lock clean

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

test: check unit contract clients faults end-to-end
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

faults: $(VENV)/.installed-dev
	@$(BIN)/pytest -q tests/faults

end-to-end: $(VENV)/.installed-dev
	@$(BIN)/pytest -q tests/end_to_end

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
