# Every target sets up what it needs; nothing but Python 3.10-3.13 has to be there.

VENV ?= .venv
CONSTRAINTS ?= constraints.txt
BIN := $(VENV)/bin
CANDIDATES := python3 python3.13 python3.12 python3.11 python3.10 python
SUPPORTED := import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in $(CANDIDATES); do $$p -c '$(SUPPORTED)' 2>/dev/null && echo $$p && break; done)
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(CONSTRAINTS)
DEMO_ARGS ?=
TEST_ARGS ?=

.PHONY: demo test coverage lint docs bench clean

demo: $(VENV)/.graphkit  ## the whole way on real data: images to a proven frozen graph
	$(BIN)/graphkit demo $(DEMO_ARGS)

test: $(VENV)/.graphkit-test  ## every test, in random order
	$(BIN)/python -m pytest -n 2 $(TEST_ARGS)

coverage: $(VENV)/.graphkit-test  ## the same, telling which lines and branches no test reaches
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term $(TEST_ARGS)

lint: $(VENV)/.graphkit-lint  ## format, lint, types, layers, spelling
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

docs: $(VENV)/.graphkit-docs  ## the documentation site, into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: $(VENV)/.graphkit-test  ## compare with TensorFlow 1.15.5 and plain compat.v1
	$(BIN)/python -m benchmarks

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "graphkit needs Python 3.10, 3.11, 3.12 or 3.13; none was found on PATH (or set PYTHON=/path/to/python)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) could not make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

$(VENV)/.graphkit: $(VENV)/bin/python pyproject.toml $(CONSTRAINTS)
	@echo "Installing graphkit into $(VENV) (TensorFlow is a large download; once only) ..."
	@$(PIP_INSTALL) -e .
	@touch $@

$(VENV)/.graphkit-%: $(VENV)/.graphkit
	@$(PIP_INSTALL) -e '.[$*]'
	@touch $@

clean:  ## remove what the targets above made
	rm -rf $(VENV) site build .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
