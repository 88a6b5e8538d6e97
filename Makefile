# From a machine with Python 3.11 or later and nothing else. `make help` lists what there is.
.DEFAULT_GOAL := help
.PHONY: help run test check bench migration lock browsers clean

PYTHON ?= python3
BIN := .venv/bin
# The virtual environment comes first: without Node on the machine it holds one.
export PATH := $(CURDIR)/$(BIN):$(PATH)

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

run: .venv/run.stamp node_modules/run.stamp ## Offing with a demo company; PORT and OFFING_HOME may be set
	@exec $(BIN)/offing serve --demo

test: .venv/dev.stamp node_modules/dev.stamp browsers ## every test; ARGS='tests/pools -q' for some
	$(BIN)/python -m pytest $(or $(ARGS),--numprocesses=3)

check: .venv/dev.stamp ## style, types, layers, lock
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pip check
	sh .ci/lock-check.sh

bench: .venv/dev.stamp node_modules/run.stamp ## measure through HTTP with 100,000 customers; SCALE=1m for a million
	$(BIN)/python -m tests.bench --scale $(or $(SCALE),100k)

migration: .venv/run.stamp ## write the first migration anew from the models
	$(BIN)/offing migrate --write-first

lock: .venv/dev.stamp ## take the newest allowed versions into constraints.txt and package-lock.json
	sh .ci/lock.sh

browsers: .venv/dev.stamp
	@sh .ci/browsers.sh

clean: ## remove what was installed here; the data folder stays
	rm -rf .venv node_modules build *.egg-info .mypy_cache .ruff_cache .pytest_cache

.venv/run.stamp: pyproject.toml constraints.txt .ci/venv.sh
	@sh .ci/venv.sh "$(PYTHON)"
	@echo "Installing the Python libraries …"
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

.venv/dev.stamp: .venv/run.stamp
	@echo "Installing what tests and checks need …"
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

NPM_FILES := package.json package-lock.json .npmrc .ci/npm.sh

node_modules/run.stamp: $(NPM_FILES) | .venv/run.stamp
	@sh .ci/npm.sh run

node_modules/dev.stamp: $(NPM_FILES) | .venv/run.stamp
	@sh .ci/npm.sh dev
