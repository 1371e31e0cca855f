# people-pathing: every command, from a clean checkout. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
RUN := PYTHONPATH=.:lambdas $(BIN)/python
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/.local/pycache
# Nothing that runs here reports home; see docs/reliability.md, "What leaves the account".
export ORT_DISABLE_TELEMETRY := 1
export CDK_DISABLE_CLI_TELEMETRY := 1
export CDK_DISABLE_VERSION_CHECK := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export NPM_CONFIG_UPDATE_NOTIFIER := false

# What a user gives (VIDEO=…) is data, for make and for the shell. make would expand a $ in it when it exports it, so
# it is taken as it stands; a recipe reads it from its environment, as "$$VIDEO", and never pastes it as $(VIDEO).
# Several words (ARGS, OPTIONS) are split by tools.words.
$(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(eval override $(name) := $$(value $(name)))$(eval export $(name))))

.PHONY: help setup demo up drop page down endpoint track annotate answers paths redrive forget bootstrap deploy destroy \
	lint format test audit bench-tracking bench-detection bench-speed bench-cost bench-paging bench-collect bench-flood upgrade clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

# --- set-up ------------------------------------------------------------------------------------------------------
# A command's standard output is its one document: what the set-up and other steps say goes to standard error.

.venv/.installed: requirements-dev.txt
	@"$${PYTHON:-python3}" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "people-pathing needs Python 3.11 or newer: make PYTHON=python3.12 …" >&2; exit 1; }
	@echo "Setting up the Python environment (.venv) …" >&2
	@test -x $(BIN)/python || "$${PYTHON:-python3}" -m venv .venv >&2
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt >&2
	@touch $@

.local/aws-venv/.installed: tools/embedded/requirements.txt
	@echo "Setting up the embedded AWS (.local/aws-venv) …" >&2
	@mkdir -p .local
	@test -x .local/aws-venv/bin/python || "$${PYTHON:-python3}" -m venv .local/aws-venv >&2
	@.local/aws-venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r tools/embedded/requirements.txt >&2
	@touch $@

node_modules/.installed: package-lock.json
	@echo "Setting up the CDK command line (node_modules) …" >&2
	@npm ci --silent --no-progress >&2
	@touch $@

setup: .venv/.installed .local/aws-venv/.installed ## Install what the commands need (they call it themselves)
	@$(RUN) -m infra.models >/dev/null

# --- the product on this machine -----------------------------------------------------------------------------------

demo: setup ## The whole way on a throw-away AWS in this machine [VIDEO=in.mp4]
	@$(RUN) -m tools.commands.demo $${VIDEO:+--video="$$VIDEO"}

up: setup ## Start the embedded AWS with the stack deployed, and leave it running
	@$(RUN) -m tools.commands.up

drop: setup ## Drop a video in the running stack and wait for its people: VIDEO=in.mp4 [STACK=name]
	@[[ -n "$$VIDEO" ]] || { echo "Say which video: make drop VIDEO=in.mp4" >&2; exit 1; }
	@$(RUN) -m tools.commands.drop $${STACK:+--stack="$$STACK"} -- "$$VIDEO"

page: setup ## The page for dropping videos, in the foreground [PORT=8081] [STACK=name]
	@$(RUN) -m tools.page $${PORT:+--port="$$PORT"} $${STACK:+--stack="$$STACK"}

down: .venv/.installed ## Stop the embedded AWS
	@$(RUN) -m tools.commands.down

endpoint: setup ## A Rekognition endpoint on loopback, in the foreground [PORT=8080] [STACK=name]
	@$(RUN) -m tools.commands.endpoint --port="$${PORT:-8080}" $${STACK:+--stack="$$STACK"}

track: setup ## The engine alone, no AWS: VIDEO=in.mp4 OUT=out.json [SORT=INDEX]; OUT=- prints
	@[[ -n "$$VIDEO" ]] || { echo "Say which video: make track VIDEO=in.mp4 OUT=out.json" >&2; exit 1; }
	@$(RUN) -m tools.commands.track $${SORT:+--sort="$$SORT"} -- "$$VIDEO" "$${OUT:--}"

annotate: setup ## Draw boxes, indexes and trails into a video: VIDEO=in.mp4 OUT=annotated.mp4
	@[[ -n "$$VIDEO" && -n "$$OUT" ]] || { echo "Say which video and where to: make annotate VIDEO=in.mp4 OUT=annotated.mp4" >&2; exit 1; }
	@$(RUN) -m tools.commands.annotate -- "$$VIDEO" "$$OUT"

answers: .venv/.installed ## What a scene asks of tracked people, as CSV: TRACKS=doc.json SCENE=scene.json OUT=folder
	@[[ -n "$$TRACKS" && -n "$$SCENE" && -n "$$OUT" ]] || { echo "Say whose paths, which scene and where to: make answers TRACKS=doc.json SCENE=scene.json OUT=folder" >&2; exit 1; }
	@$(RUN) -m tools.commands.answers -- "$$TRACKS" "$$SCENE" "$$OUT"

paths: .venv/.installed ## Ask the table: ARGS="--help" says what [STACK=name]
	@ARGS="$${ARGS:---help}" $(RUN) -m tools.words ARGS $(BIN)/python -m tools.commands.paths $${STACK:+--stack="$$STACK"}

redrive: .venv/.installed ## List the dead-letter messages with their reasons and send them again; VIDEO=key runs a failed video again [STACK=name] [ARGS=--list]
	@$(RUN) -m tools.words ARGS $(BIN)/python -m tools.commands.redrive $${STACK:+--stack="$$STACK"} $${VIDEO:+--video="$$VIDEO"}

forget: .venv/.installed ## Remove every trace of one video: VIDEO=key [STACK=name]
	@[[ -n "$$VIDEO" ]] || { echo "Say which video, by its key in the bucket: make forget VIDEO=clip.mp4" >&2; exit 1; }
	@$(RUN) -m tools.commands.forget $${STACK:+--stack="$$STACK"} -- "$$VIDEO"

# --- your AWS account ----------------------------------------------------------------------------------------------

CDK := >&2 $(RUN) -m tools.words OPTIONS node_modules/.bin/cdk
bootstrap: setup node_modules/.installed ## Prepare an AWS account and region for the CDK, once [OPTIONS="-c key=value"]
	@$(CDK) bootstrap

deploy: setup node_modules/.installed ## Deploy to your AWS account (shows the changes first) [OPTIONS="-c prefix=…"]
	@mkdir -p .local && $(CDK) diff \
		&& $(CDK) deploy --require-approval any-change --outputs-file .local/outputs.json \
		&& $(BIN)/python -c 'import json; [print("Drop videos in s3://" + o["VideosBucket"] + "/") for o in json.load(open(".local/outputs.json")).values()]'

destroy: setup node_modules/.installed ## Remove the stack; buckets, tables and keys with data are kept
	@$(CDK) destroy

# --- quality -------------------------------------------------------------------------------------------------------

lint: .venv/.installed ## ruff and mypy
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

format: .venv/.installed ## Let ruff rewrite what it can
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

test: setup node_modules/.installed ## The whole test suite [ARGS="-k …"]
	@$(RUN) -m infra.packaging.bundling host x86_64 >&2
	@$(RUN) -m tools.words ARGS $(BIN)/python -m pytest

audit: .venv/.installed ## Known vulnerabilities of what the Lambdas carry (asks an advisory service)
	@$(BIN)/pip install --quiet --disable-pip-version-check pip-audit >&2
	@for package in pipeline engine; do $(BIN)/pip-audit -r lambdas/$$package/requirements.txt --disable-pip --require-hashes || exit 1; done

bench-tracking: setup ## Quality of paths against the best libraries: MOT=folder of MOTChallenge 2015 sequences
	@[[ -n "$$MOT" ]] || { echo "Say where the ground truth is: make bench-tracking MOT=folder" >&2; exit 1; }
	@$(RUN) -m tools.words ARGS $(BIN)/python -m bench.tracking --mot="$$MOT"

bench-detection: setup ## Quality and speed of the detectors: MOT=folder of MOTChallenge 2015 sequences
	@[[ -n "$$MOT" ]] || { echo "Say where the ground truth is: make bench-detection MOT=folder" >&2; exit 1; }
	@$(RUN) -m tools.words ARGS $(BIN)/python -m bench.detection --mot="$$MOT"

bench-speed: setup ## The engine against decoding and inference alone [VIDEO=in.mp4]
	@$(RUN) -m tools.words ARGS $(BIN)/python -m bench.speed $${VIDEO:+-- "$$VIDEO"}

bench-cost: setup ## What an hour of video costs and how long it takes
	@$(RUN) -m tools.words ARGS $(BIN)/python -m bench.cost

bench-paging: setup ## Page 3,000 of GetPersonTracking against page 1
	@$(RUN) -m tools.words ARGS $(BIN)/python -m bench.paging

bench-collect: setup ## Six hours of ten people collected, with deaths on the way
	@$(RUN) -m tools.words ARGS $(BIN)/python -m bench.collect

bench-flood: setup ## 200 videos at once against 20 open jobs
	@$(RUN) -m tools.words ARGS $(BIN)/python -m bench.flood

LOCKS := lambdas/pipeline/requirements lambdas/engine/requirements tools/embedded/requirements requirements requirements-dev bench/tracking/requirements bench/tracking/requirements-norfair
upgrade: .venv/.installed ## Move every pin to the newest release the .in files allow
	@for lock in $(LOCKS); do echo "$$lock.txt"; $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header $$lock.in -o $$lock.txt || exit 1; done
	@npm update --silent --package-lock-only

clean: down ## Remove what the commands made in this checkout
	@rm -rf .venv .local node_modules cdk.out .mypy_cache .pytest_cache .ruff_cache .hypothesis
