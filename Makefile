# Every command, from a clean checkout. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
RUN := PYTHONPATH=.:lambdas $(BIN)/python
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/.local/pycache
# Without bytecode, every command would compile its libraries again.
unexport PYTHONDONTWRITEBYTECODE
# Telemetry and version checks are off; see docs/reliability.md, "What leaves the account".
export ORT_DISABLE_TELEMETRY := 1
export CDK_DISABLE_CLI_TELEMETRY := 1
export CDK_DISABLE_VERSION_CHECK := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export NPM_CONFIG_UPDATE_NOTIFIER := false

# Values of the user (VIDEO=…) are data, for make and for the shell. make would expand a $ in them on export, so they
# are taken literally; a recipe reads them from its environment, as "$$VIDEO", and never pastes $(VIDEO).
# Several words (ARGS, OPTIONS) are split by tools.words.
$(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(eval override $(name) := $$(value $(name)))$(eval export $(name))))

.PHONY: help setup node developer demo up drop page down endpoint track annotate answers scene scenes paths redrive forget bootstrap deploy destroy \
	lint format test audit bench-tracking bench-answers bench-detection bench-speed bench-cost bench-paging bench-collect bench-flood bench-outage upgrade clean

help:
	@cat tools/help.txt

# --- set-up --------------------------------------------------------------------------------------------------------
# Each command installs what it needs. Standard output belongs to a command's result; set-up writes to standard error.
# Commands need requirements.txt alone; lint, test and bench also requirements-dev.txt, in the same .venv.

INSTALL = "$${PYTHON:-python3}" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	|| { echo "error: people-pathing needs Python 3.11 or newer, found by: make PYTHON=python3.12 …" >&2; exit 1; } \
	&& PYTHONPATH=. "$${PYTHON:-python3}" -m tools.install >&2

.venv/.installed: requirements.txt
	@$(INSTALL) .venv requirements.txt
	@touch $@

.venv/.developer: requirements-dev.txt .venv/.installed
	@$(INSTALL) .venv requirements-dev.txt
	@touch $@

.local/aws-venv/.installed: tools/embedded/requirements.txt
	@mkdir -p .local
	@$(INSTALL) .local/aws-venv tools/embedded/requirements.txt
	@touch $@

node_modules/.installed: package-lock.json
	@echo "Installing the CDK command line (node_modules) …" >&2
	@npm ci --omit=dev --silent --no-progress >&2
	@touch $@

node_modules/.developer: package-lock.json
	@echo "Installing the CDK command line, the SDKs for the examples and biome (node_modules) …" >&2
	@npm ci --silent --no-progress >&2
	@touch node_modules/.installed $@

node:
	@node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null && command -v npm >/dev/null \
		|| { echo "error: Node.js 20 or newer with npm is needed: https://nodejs.org, or your system's package manager" >&2; exit 1; }

setup: node .venv/.installed .local/aws-venv/.installed
	@$(RUN) -m tools.commands.setup >&2

developer: setup .venv/.developer

# --- try it, and work with a stack -----------------------------------------------------------------------------------

demo: setup
	@$(RUN) -m tools.commands.demo $${VIDEO:+--video="$$VIDEO"}

up: setup
	@$(RUN) -m tools.commands.up

drop: setup
	@[[ -n "$$VIDEO" ]] || { echo "error: no video given: make drop VIDEO=in.mp4" >&2; exit 1; }
	@$(RUN) -m tools.commands.drop $${STACK:+--stack="$$STACK"} -- "$$VIDEO"

page: setup
	@$(RUN) -m tools.page $${PORT:+--port="$$PORT"} $${STACK:+--stack="$$STACK"}

down: .venv/.installed
	@$(RUN) -m tools.commands.down

endpoint: setup
	@$(RUN) -m tools.commands.endpoint --port="$${PORT:-8080}" $${STACK:+--stack="$$STACK"}

track: setup
	@[[ -n "$$VIDEO" ]] || { echo "error: no video given: make track VIDEO=in.mp4 OUT=out.json" >&2; exit 1; }
	@$(RUN) -m tools.commands.track $${SORT:+--sort="$$SORT"} -- "$$VIDEO" "$${OUT:--}"

annotate: setup
	@[[ -n "$$VIDEO" && -n "$$OUT" ]] || { echo "error: video or output missing: make annotate VIDEO=in.mp4 OUT=annotated.mp4" >&2; exit 1; }
	@$(RUN) -m tools.commands.annotate -- "$$VIDEO" "$$OUT"

scene: .venv/.installed
	@[[ -n "$$FILE" ]] || { echo "error: no scene given: make scene FILE=scene.json" >&2; exit 1; }
	@$(RUN) -m tools.commands.scene $${STACK:+--stack="$$STACK"} put -- "$$FILE"

scenes: .venv/.installed
	@$(RUN) -m tools.commands.scene $${STACK:+--stack="$$STACK"} list

answers: .venv/.installed
	@$(RUN) -m tools.words ARGS $(BIN)/python -m tools.commands.ask $${STACK:+--stack="$$STACK"} $${TRACKS:+--tracks="$$TRACKS"} $${SCENE:+--questions="$$SCENE"} $${OUT:+--out="$$OUT"}

paths: .venv/.installed
	@$(RUN) -m tools.words ARGS $(BIN)/python -m tools.commands.paths $${STACK:+--stack="$$STACK"}

redrive: .venv/.installed
	@$(RUN) -m tools.words ARGS $(BIN)/python -m tools.commands.redrive $${STACK:+--stack="$$STACK"} $${VIDEO:+--video="$$VIDEO"}

forget: .venv/.installed
	@[[ -n "$$VIDEO" ]] || { echo "error: no video given; name it by its key in the bucket: make forget VIDEO=clip.mp4" >&2; exit 1; }
	@$(RUN) -m tools.commands.forget $${STACK:+--stack="$$STACK"} -- "$$VIDEO"

# --- your AWS account ----------------------------------------------------------------------------------------------

ACCOUNT := $(RUN) -m tools.words OPTIONS $(BIN)/python -m tools.commands.account
CDK := >&2 $(RUN) -m tools.words OPTIONS node_modules/.bin/cdk
bootstrap: setup node_modules/.installed
	@$(ACCOUNT)
	@$(CDK) bootstrap

deploy: setup node_modules/.installed
	@$(ACCOUNT) --bootstrapped
	@mkdir -p .local && $(CDK) diff \
		&& $(CDK) deploy --require-approval any-change --outputs-file .local/outputs.json \
		&& $(BIN)/python -c 'import json; [print("Drop videos in s3://" + o["VideosBucket"] + "/") for o in json.load(open(".local/outputs.json")).values()]'

destroy: setup node_modules/.installed
	@$(ACCOUNT)
	@$(CDK) destroy

# --- develop and measure -------------------------------------------------------------------------------------------------------

# The template with every option that adds to it. W3005: CDK writes dependencies that references imply already.
lint: export CDK_CONTEXT_JSON := {"packaging": "host", "alarm_email": "a@example.org", "tags": "a=b", "caller_buckets": "a-bucket", \
	"notification_role_arns": "arn:aws:iam::111122223333:role/a"}
lint: developer node_modules/.developer
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy
	@PYTHONPATH=.:lambdas $(BIN)/lint-imports --no-logo --cache-dir .local/lint/imports
	@$(BIN)/vulture
	@mkdir -p .local/lint && $(RUN) -c 'from pipeline.report.script import script; print(script())' > .local/lint/report.js \
		&& $(RUN) -c 'from tools.page.files import script; print(script())' > .local/lint/page.js \
		&& $(RUN) -c 'from tools.page.days.files import script; print(script())' > .local/lint/days.js \
		&& $(RUN) -c 'from tools.page.editor.files import script; print(script())' > .local/lint/editor.js
	@node_modules/.bin/biome check --error-on-warnings .
	@CDK_OUTDIR=.local/lint/assembly $(RUN) app.py \
		&& $(BIN)/cfn-lint --ignore-checks W3005 -- .local/lint/assembly/*.template.json

format: node .venv/.developer node_modules/.developer
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format . ; node_modules/.bin/biome check --write .

test: developer node_modules/.developer
	@$(RUN) -m infra.packaging.bundling host x86_64 >&2
	@$(RUN) -m tools.words ARGS $(BIN)/python -m pytest $$([[ -n "$$ARGS" ]] || echo --numprocesses=3 --dist=loadfile --no-loadscope-reorder)

audit: .venv/.developer
	@$(BIN)/pip install --quiet --disable-pip-version-check pip-audit >&2
	@for package in pipeline engine; do $(BIN)/pip-audit -r lambdas/$$package/requirements.txt --disable-pip --require-hashes || exit 1; done

bench-tracking: developer
	@[[ -n "$$MOT" ]] || { echo "error: no ground truth given, a folder of MOTChallenge 2015 sequences: make bench-tracking MOT=folder" >&2; exit 1; }
	@$(RUN) -m tools.words ARGS $(BIN)/python -m bench.tracking --mot="$$MOT"

bench-answers: developer
	@[[ -n "$$MOT" ]] || { echo "error: no ground truth given, a folder of MOTChallenge 2015 sequences: make bench-answers MOT=folder" >&2; exit 1; }
	@$(RUN) -m tools.words ARGS $(BIN)/python -m bench.answers --mot="$$MOT"
	@$(RUN) -m bench.answers.scale

bench-detection: developer
	@[[ -n "$$MOT" ]] || { echo "error: no ground truth given, a folder of MOTChallenge 2015 sequences: make bench-detection MOT=folder" >&2; exit 1; }
	@$(RUN) -m tools.words ARGS $(BIN)/python -m bench.detection --mot="$$MOT"

bench-speed: developer
	@$(RUN) -m tools.words ARGS $(BIN)/python -m bench.speed $${VIDEO:+-- "$$VIDEO"}

bench-cost: developer
	@$(RUN) -m tools.words ARGS $(BIN)/python -m bench.cost

bench-paging: developer
	@$(RUN) -m tools.words ARGS $(BIN)/python -m bench.paging

bench-collect: developer
	@$(RUN) -m tools.words ARGS $(BIN)/python -m bench.collect
	@$(RUN) -m bench.collect_projection

bench-flood: developer
	@$(RUN) -m tools.words ARGS $(BIN)/python -m bench.flood
	@$(RUN) -m bench.flood_model

bench-outage: developer
	@$(RUN) -m tools.words ARGS $(BIN)/python -m bench.outage

LOCKS := lambdas/pipeline/requirements lambdas/engine/requirements tools/embedded/requirements requirements requirements-dev bench/tracking/requirements bench/tracking/requirements-norfair tests/infrastructure/runtime_client/requirements
upgrade: .venv/.developer
	@for lock in $(LOCKS); do echo "$$lock.txt"; $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header $$lock.in -o $$lock.txt || exit 1; done
	@npm update --silent --package-lock-only

clean:
	@if [[ -x $(BIN)/python && -e .local/aws/running.json ]]; then $(RUN) -m tools.commands.down; fi
	@rm -rf .venv .local node_modules cdk.out .mypy_cache .pytest_cache .ruff_cache .hypothesis
