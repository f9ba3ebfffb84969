# Two commands: `make demo` sets up and runs the main job, `make test` sets up and runs all tests.
# Needed: Python 3.11+, make, a package index. uv is taken from the PATH, or fetched into .uv/.

PYTHON ?= python3
UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
BIN := .venv/bin
INSTALL = $(UV) pip install --quiet --python $(BIN)/python --build-constraints requirements/build.txt
JOBS ?= 2

.PHONY: demo test lint types contract check bench docs lock clean
.DEFAULT_GOAL := demo

demo: .venv/core
	$(BIN)/python examples/demo.py

test: .venv/dev
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup $(PYTEST)

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev
	$(BIN)/mypy

contract: .venv/dev
	$(BIN)/lint-imports --verbose

check: lint types contract test

bench: .venv/dev
	$(BIN)/python -m benchmarks.run

docs: .venv/core
	$(BIN)/upriver tables > docs/tables.md

.uv/bin/uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit("Upriver needs Python 3.11 or newer; set PYTHON=...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .uv
	.uv/bin/python -m pip install --quiet --require-hashes -r requirements/uv.txt

.venv/bin/python: | $(UV)
	@$(PYTHON) -c 'import sys; sys.exit("Upriver needs Python 3.11 or newer; set PYTHON=...") if sys.version_info < (3, 11) else None'
	$(UV) venv --quiet --python $(PYTHON) .venv

.venv/core: requirements/core.txt requirements/build.txt pyproject.toml | .venv/bin/python
	$(INSTALL) --require-hashes -r requirements/core.txt
	$(INSTALL) --no-deps --editable .
	@touch $@

.venv/dev: requirements/dev.txt .venv/core
	$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

# FollowTheMoney's own package, to test the export with: its PyICU is compiled here (libicu-dev, pkg-config, g++, Python.h).
.venv/ftm: requirements/ftm.txt requirements/build.txt .venv/dev
	$(INSTALL) --require-hashes -r requirements/ftm.txt
	@touch $@

# New pins: versions and hashes only, no address of an index.
lock: | $(UV)
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url pyproject.toml -o requirements/core.txt
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --extra dev --extra spark -c requirements/core.txt pyproject.toml -o requirements/dev.txt
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --extra ftm -c requirements/dev.txt pyproject.toml -o requirements/ftm.txt
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url requirements/build.in -o requirements/build.txt
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url requirements/uv.in -o requirements/uv.txt

clean:
	rm -rf .venv .uv demo simulated .pytest_cache .mypy_cache .ruff_cache .hypothesis
