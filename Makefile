# The only commands a person needs. Everything they use is installed into .venv; nothing else on the machine is touched.

PYTHON ?= python3
STACK := $(or $(DROPCAST_STACK),main)
VENV := .venv
RUN := $(VENV)/bin/python
# --no-deps: requirements.txt names every package.
PIP := $(RUN) -m pip install --quiet --no-compile --disable-pip-version-check --no-deps --requirement
# Judges the AWS calls that the tests have recorded.
PERMISSIONS := PYTHONPATH=layers/dropcast/python:. $(RUN) -m tests.permissions

# A group of tests runs in one worker. The groups run in the order of collection, because those with stacks take longest.
IN_GROUPS := --dist loadgroup --no-loadscope-reorder

# Bytecode is kept, whatever this machine's settings are: without it each process compiles what it imports.
export PYTHONDONTWRITEBYTECODE :=

# make up takes NAME=value for the names in docs/local.md; make hands them on by itself.

.DEFAULT_GOAL := help
.PHONY: help demo up down test unit e2e check collected assembly lint docs coverage clients audit sbom deep faults bench soak screenshots format setup deploy destroy clean

help: ## show this
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort

demo: $(VENV)/ready ## publish a real video end to end on this machine
	@$(RUN) -m local.demo

# In the environment, for a shell would read a name with a space or a quote as more than a name.
up down setup: export DROPCAST_STACK := $(STACK)

up: $(VENV)/ready ## start the whole stack on this machine and leave it running
	@$(RUN) -m local up

down: $(VENV)/ready ## stop it
	@$(RUN) -m local down

test: $(VENV)/ready ## check, then run all tests
	@$(MAKE) -j2 check collected assembly
	@rm -rf .cache/calls
	$(RUN) -m pytest -n 3 $(IN_GROUPS)
	@$(PERMISSIONS)

unit: $(VENV)/ready ## the tests without a stack and without a browser, without the long ones (two to four minutes)
	$(RUN) -m pytest -n 2 -m "not long" tests/unit tests/differential

e2e: $(VENV)/ready ## the tests against a whole stack on this machine
	@rm -rf .cache/calls
	$(RUN) -m pytest -n 3 $(IN_GROUPS) tests/e2e
	@$(PERMISSIONS)

# Compiles the tests and their libraries once. In a fresh clone each of the three workers would compile them all.
collected: $(VENV)/ready
	@mkdir -p .cache && $(RUN) -m pytest --collect-only -qq > .cache/collected.txt || { cat .cache/collected.txt; exit 1; }

# Synthesises the template of the local stacks. Otherwise three workers would begin by waiting for one of them to do that.
assembly: $(VENV)/ready
	@$(RUN) -m local.synth host > /dev/null

check: lint docs clients audit ## lint, and check the links of the pages, the generated clients, and the packages' vulnerabilities and licences

lint: $(VENV)/ready ## types, style, which package may import which, and that the API keeps its promises
	$(VENV)/bin/pyright
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	PYTHONPATH=layers/dropcast/python:. $(VENV)/bin/lint-imports
	$(RUN) -m tests.api_surface
	$(RUN) -m tests.client_code
	PYTHONPATH=layers/dropcast/python:. $(RUN) -m tests.event_schemas
	PYTHONPATH=layers/dropcast/python:. $(RUN) -m tests.settings_pages
	$(RUN) -m tests.plain_words

docs: $(VENV)/ready ## build the pages of docs/ as a site in .cache/site; fails for a dead link
	@PYTHONPATH=layers/dropcast/python:. $(RUN) -m docsite

coverage: $(VENV)/ready ## branch coverage of each package of the library; fails if one is below 95 % (ten minutes; make test leaves it out)
	@rm -rf .cache/coverage && mkdir -p .cache/coverage
	$(RUN) -m coverage run -m pytest -n 2 tests/unit tests/differential tests/media tests/outbound
	@$(RUN) -m coverage combine --quiet
	@$(RUN) -m coverage json --quiet
	@$(RUN) -m tests.coverage_by_package .cache/coverage/report.json

clients: $(VENV)/ready
	$(RUN) -m pytest tests/clients

deep: $(VENV)/ready ## the tests with random examples, with twenty-five times as many examples
	$(RUN) -m pytest -n 2 -m hypothesis --hypothesis-profile=deep tests/unit tests/differential tests/media

audit: $(VENV)/ready clients
	@$(RUN) -m tests.dependencies audit
	@$(RUN) -m tests.dependencies licences > .cache/licences.txt || { cat .cache/licences.txt; exit 1; }

sbom: $(VENV)/ready ## write sbom.json: every pinned package, as a CycloneDX document
	@$(RUN) -m tests.dependencies sbom sbom.json

faults: $(VENV)/ready ## test every step and every source of trends with every fault, and write the table of docs/reliability.md (forty minutes)
	@PYTHONPATH=layers/dropcast/python:. $(RUN) -m tests.faults $(FAULTS_ARGS)
	@PYTHONPATH=layers/dropcast/python:. $(RUN) -m tests.trend_faults $(TREND_FAULTS)
	@ODD_ANSWERS=5000 $(RUN) -m pytest tests/unit/odd_answers
	@DROPS=20000 $(RUN) -m pytest -q tests/unit/publishing/intake/drops/test_drop_fuzz.py
	@FUZZ_REQUESTS=20000 $(RUN) -m pytest tests/unit/functions/test_api_nonsense.py
	@PYTHONPATH=layers/dropcast/python:. $(RUN) -m tests.long_queue $(LONG_QUEUE)

bench: $(VENV)/ready ## all benchmarks (half an hour), or BENCH=transfer|cold|cost|refresh|webhooks|help
	@PYTHONPATH=layers/dropcast/python:. BENCH=$(BENCH) $(RUN) -m bench $(BENCH_ARGS)

screenshots: $(VENV)/ready ## pictures of every page of the console, and of every row of TikTok's checklist, in .cache/screenshots (needs Chromium and ffmpeg)
	@PYTHONPATH=layers/dropcast/python:. $(RUN) -m tests.screenshots

soak: $(VENV)/ready ## 300 publishes over 10 accounts, with a short minute and day (a quarter of an hour)
	@PYTHONPATH=layers/dropcast/python:. $(RUN) -m bench.budgets $(SOAK_ARGS)

format: $(VENV)/ready ## format the code; write the generated pages, the tables of settings and the modules of the Python client
	$(VENV)/bin/ruff check --fix-only .
	$(VENV)/bin/ruff format .
	PYTHONPATH=layers/dropcast/python:. $(RUN) -m cli errors --markdown > docs/errors.md
	$(RUN) -m tests.api_surface --write
	$(RUN) -m tests.client_code --write
	PYTHONPATH=layers/dropcast/python:. $(RUN) -m tests.event_schemas --write
	PYTHONPATH=layers/dropcast/python:. $(RUN) -m tests.settings_pages --write

setup: $(VENV)/ready ## set Dropcast up in AWS, step by step; SETUP_ARGS="--stack local" on this machine (docs/deploy.md)
	@$(RUN) -m cli setup $(SETUP_ARGS)

deploy: $(VENV)/ready ## check the AWS account your credentials name, deploy to it and test (docs/deploy.md); YES=1 asks nothing
	@$(RUN) -m cli deploy $(if $(YES),--yes) $(CDK_ARGS)
	@$(RUN) -m infra.bytecode

destroy: $(VENV)/ready ## delete a stage's stack: make destroy CDK_ARGS="-c stage=dev"; DATA=delete deletes its data too
	@$(RUN) -m cli destroy $(if $(YES),--yes) $(if $(DATA),--data $(DATA)) $(CDK_ARGS)

clean: ## remove everything that was set up or cached here
	rm -rf $(VENV) .cache .local cdk.out

# Half of the packages by each of two processes, because pip itself uses one core.
$(VENV)/ready: requirements.txt layers/dependencies/requirements.txt layers/media/requirements.txt layers/console/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Dropcast needs Python 3.11 or newer; name one with make PYTHON=python3.12'; exit 1; }
	@echo 'Setting up .venv (once; a minute or two) …' >&2
	@$(PYTHON) -m venv $(VENV)
	@install() { awk '/==/ && n++ % 2 == half' half=$$1 requirements.txt > $(VENV)/half-$$1.txt && $(PIP) $(VENV)/half-$$1.txt; }; \
		install 0 & first=$$!; install 1 && wait $$first
	@touch $@
