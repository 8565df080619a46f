# Everything starts here. `make help` lists the commands; each does its own set-up.
PYTHON ?= python3
PORT ?= 8000
PROCESSES ?= 2
ARGS ?=

BIN := .venv/bin
STAMP := .venv/installed
# The one server of a test run is started by the suite itself; these commands need none.
OFFLINE := env -u DATABASE_URL -u CELERY_BROKER_URL ACADEMY_ENV=test
export PORT
export PIP_ROOT_USER_ACTION := ignore
# A process finds what an earlier one compiled: a run starts seven, the suite some fifty.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run stop install test check test-long bench

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1@\2/p' $(MAKEFILE_LIST) | awk -F@ '{ printf "%-16s %s\n", $$1, $$2 }'

run: $(STAMP) ## set everything up, demo data too, and serve on http://127.0.0.1:8000 (PORT= to change); Ctrl-C stops
	@exec $(BIN)/python manage.py embedded run

stop: $(STAMP) ## stop what `make run` left running in another terminal
	@exec $(BIN)/python manage.py embedded stop

install: $(STAMP) ## set the environment up and nothing else

test: $(STAMP) ## the whole test suite (ARGS= for pytest; DATABASE_URL= for another PostgreSQL)
	$(BIN)/python -m pytest -n $(PROCESSES) $(ARGS)

check: $(STAMP) ## formatting, types, imports between apps, migrations, the committed API schema
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports --no-cache
	$(OFFLINE) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	@mkdir -p var
	$(OFFLINE) $(BIN)/python manage.py spectacular --validate --fail-on-warn --file var/openapi.yaml
	diff -u docs/openapi.yaml var/openapi.yaml

test-long: $(STAMP) ## the figures at full size: hours
	$(BIN)/python -m pytest -m long -o faulthandler_timeout=0 $(ARGS)

bench: $(STAMP) ## the speed figures, against hand-written SQL on the same server
	$(BIN)/python -m tests.bench $(ARGS)

# Done again only when the lock changes. What an interrupted installation left is thrown away first: `installing` stays
# until all is there. uv is fast; where it cannot be had or cannot find the packages, pip does the same work.
$(STAMP): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 以降が必要です（make PYTHON=python3.12 …）。/ Python 3.11 or newer is needed (make PYTHON=python3.12 ...)."; exit 1; }
	@if [ -e .venv/installing ] || ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		rm -rf .venv && $(PYTHON) -m venv .venv || { \
		echo "venv を作れません（Debian では python3-venv を入れてください）。/ No venv could be made (on Debian install python3-venv)."; exit 1; }; fi
	@touch .venv/installing
	@echo "ライブラリーを入れています… / Installing the libraries…"
	@{ $(BIN)/python -m pip install --quiet --disable-pip-version-check uv \
		&& $(BIN)/python -m uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock; } \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock || { \
		echo "ライブラリーを入れられません。ネットワークとディスクの空きを確かめてください。/ The libraries could not be installed. Check the network and the disk."; exit 1; }
	@mv .venv/installing $(STAMP)
	@touch $(STAMP)
