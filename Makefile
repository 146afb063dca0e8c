# Two commands matter: `make run` starts RAGLedger, `make test` checks it.
VENV := .venv
BIN := $(VENV)/bin
ENOUGH := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(name) -c '$(ENOUGH)' 2>/dev/null && echo $(name))))
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
TEMPLATES = $(shell find templates -name '*.html')

.PHONY: run test lint bench lock

run: $(VENV)/.installed
	@exec $(BIN)/python manage.py up

test: lint
	@.ci/chromium $(BIN)/python
	@$(BIN)/python -m pytest --numprocesses=auto --no-loadscope-reorder

lint: $(VENV)/.installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/djade --target-version 5.2 --check $(TEMPLATES)

bench: $(VENV)/.installed-dev
	@$(BIN)/python -m benchmarks

# The locks name versions and hashes, never the index that they came from; and extras, since pip
# refuses a package whose extra only another package asks for.
LOCK := $(BIN)/uv pip compile pyproject.toml --extra embedded --universal --python-version 3.11 \
	--generate-hashes --no-strip-extras --no-emit-index-url --no-annotate --no-header --quiet
lock: $(VENV)/.installed-dev
	@$(LOCK) --group dev --output-file requirements-dev.lock
	@sed -n 's/^\([a-z0-9._-]*\)\(\[[^]]*\]\)\{0,1\}\(==[^ ;]*\).*/\1\3/p' requirements-dev.lock >$(VENV)/pins
	@$(LOCK) --constraint $(VENV)/pins --output-file requirements.lock

$(VENV)/.installed: requirements.lock | $(VENV)
	@echo "Installing the locked dependencies ..."
	@$(INSTALL) --requirement requirements.lock
	@touch $@

$(VENV)/.installed-dev: requirements.lock requirements-dev.lock | $(VENV)
	@echo "Installing the locked dependencies and the tools for tests ..."
	@$(INSTALL) --requirement requirements-dev.lock
	@touch $@ $(VENV)/.installed

$(VENV):
	@test -n "$(PYTHON)" || { echo "RAGLedger needs Python 3.11 or newer with its venv module (on Debian: apt-get install python3-venv)."; exit 1; }
	@$(PYTHON) -m venv $(VENV)
