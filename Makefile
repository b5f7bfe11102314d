# The two commands: `make demo` and `make test`. Both make their own environment in .venv and are quick the second time.

PYTHON ?= python3
PORT ?= 8000
PYTEST_ARGS ?=

BIN := .venv/bin
ROOMS := terms graph ledger ingest algorithms services api cli
CHECKED := $(ROOMS) tests benchmarks

# An environment knows its folder: in a copied or moved checkout it would run the code of the old place, and after an
# upgrade of the system its Python may be gone. Either way it is made anew.
$(shell [ -x $(BIN)/python ] && [ "$$(cat .venv/.place 2>/dev/null)" = "$(CURDIR)" ] \
	|| rm -f $(BIN)/python .venv/.uv .venv/.runtime .venv/.development)

# uv where it can be had, from the same index as pip (which people configure); else pip does the same, slower.
define with_uv_or_pip
	@index=$$($(BIN)/python -m pip config get global.index-url 2>/dev/null); \
	[ -z "$$index" ] || export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$index}"; \
	if [ -x $(BIN)/uv ] && $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python $(1); then :; \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check $(1); fi
endef

.PHONY: demo test test-long test-server check lint types imports marks examples format install install-test lock generate clean help

help:  ## Show this list.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: install  ## Set up everything, build the demo and serve it on PORT (8000).
	$(BIN)/kehutu demo --port $(PORT)

test: install-test test-server check  ## Set up everything and run all checks and tests.
	$(BIN)/pytest -m "not long" $(PYTEST_ARGS)

test-long: install-test test-server  ## The tests that take hours.
	$(BIN)/pytest -m long $(PYTEST_ARGS)

test-server: install-test  ## Make ready the stores that tests use.
	@$(BIN)/python -m tests.neo4j_server.start
	@$(BIN)/python -m tests.store_archive

check: lint types imports  ## Style, types and the direction of imports.

lint: install-test
	$(BIN)/ruff check $(CHECKED)
	$(BIN)/ruff format --check $(CHECKED)

types: install-test
	$(BIN)/mypy
	$(BIN)/mypy --config-file tests/mypy.ini tests benchmarks

imports: install-test
	$(BIN)/lint-imports

marks: install-test  ## Figures that show whether the code keeps its habits.
	$(BIN)/python -m tests.marks

format: install-test  ## Format the code and fix what can be fixed.
	$(BIN)/ruff check --fix $(CHECKED)
	$(BIN)/ruff format $(CHECKED)

install: .venv/.runtime  ## Only the environment: .venv/bin/kehutu works afterwards.

install-test: .venv/.development

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Kehutu needs Python 3.11 or later as '$(PYTHON)': install it, or name it as in 'make $(or $(MAKECMDGOALS),demo) PYTHON=python3.11'." >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv || { \
		[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		&& apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install python3-venv \
		&& $(PYTHON) -m venv --clear .venv; } || { \
		rm -rf .venv; echo "'$(PYTHON) -m venv' does not work: install it (on Debian: apt-get install python3-venv)." >&2; exit 1; }
	@printf %s "$(CURDIR)" > .venv/.place

.venv/.uv: requirements/uv.txt | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt \
		|| echo "uv cannot be had; pip is used instead." >&2
	@touch $@

.venv/.runtime: requirements/runtime.txt requirements/data.txt pyproject.toml .venv/.uv
	@echo "Installing the environment in .venv ..."
	$(call with_uv_or_pip,--require-hashes -r requirements/runtime.txt)
	$(call with_uv_or_pip,--require-hashes --no-deps -r requirements/data.txt)
	$(call with_uv_or_pip,--no-deps --no-build-isolation --editable .)
	@touch $@

.venv/.development: requirements/dev.txt .venv/.runtime
	@echo "Installing what the tests need ..."
	$(call with_uv_or_pip,--require-hashes -r requirements/dev.txt)
	@touch $@

# The locks hold names, versions and hashes, never where a package comes from.
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url

lock: install  ## Resolve the dependencies anew (LOCK_ARGS=--upgrade takes new versions).
	$(COMPILE) $(LOCK_ARGS) pyproject.toml requirements/build.in -o requirements/runtime.txt
	$(COMPILE) $(LOCK_ARGS) requirements/dev.in -c requirements/runtime.txt -o requirements/dev.txt
	$(COMPILE) $(LOCK_ARGS) --no-deps requirements/data.in -o requirements/data.txt
	$(COMPILE) $(LOCK_ARGS) requirements/uv.in -o requirements/uv.txt

examples: install-test  ## Write the examples of docs/commands anew, as the commands print them now.
	KEHUTU_TEST_RENEW_EXAMPLES=1 $(BIN)/pytest -q tests/test_command_pages.py

generate: install-test  ## Write the generated files anew: query functions, API schema, pages of docs/.
	$(BIN)/python -m graph.generate_queries
	$(BIN)/python -m graph.schema.document
	$(BIN)/python -m ingest.manifests.manifest
	$(BIN)/python -m terms.document
	$(BIN)/python -c 'from pathlib import Path; from api.schema import sdl; Path("api/schema.graphql").write_text(sdl(), encoding="utf-8")'

clean:  ## Remove the environment and what tools left (the demo's data in .kehutu stays).
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
