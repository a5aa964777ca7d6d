# Everything a person or a machine does here; each target sets up what it needs first.
PYTHON ?= python3
BIN := .venv/bin
STAMPS := .venv/.stamps

.DEFAULT_GOAL := help
.PHONY: help setup demo drill workers test check docs screenshot bench lock format clean

help: ## say what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' Makefile | column -t -s '|' 2>/dev/null || grep '##' Makefile

setup: $(STAMPS)/packages $(STAMPS)/chromium $(STAMPS)/assets $(STAMPS)/epcis ## get all that is needed; quick when nothing changed

$(STAMPS)/packages: requirements.lock setup/environment.py
	@$(PYTHON) setup/environment.py
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/chromium: $(STAMPS)/packages setup/chromium.py
	@$(BIN)/python setup/chromium.py
	@touch $@

$(STAMPS)/assets: $(STAMPS)/packages dashboards/package-lock.json setup/assets.py
	@$(BIN)/python setup/assets.py
	@touch $@

$(STAMPS)/epcis: $(STAMPS)/packages setup/assets.py setup/epcis.py
	@$(BIN)/python -m setup.epcis
	@touch $@

demo: setup ## run the main job on the demonstration world; ONCE=1 stops when it is done
	@$(BIN)/shopper demo $(if $(ONCE),--once)

drill: setup ## kill the demonstration at ten moments and count what was done twice or lost
	@$(BIN)/python benchmarks/kill_demo.py $(ARGS)

test: setup ## run the tests, with branch coverage of the pure stages
	@$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report=term $(ARGS)

check: setup ## run the linters, the type checker and the import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy .
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m dashboards.catalogues check

docs: setup ## write the generated pages of the documentation anew
	@$(BIN)/python -m docs.build

screenshot: setup ## take the picture of the board for the README; run make demo ONCE=1 before
	@$(BIN)/python -m docs.screenshot

# What sets a whole world up, runs for half an hour, or is no script.
NO_BENCH := $(addprefix benchmarks/,fresh_clone.py fuzzing.py kill_demo.py workers.py figures.py)

bench: setup ## run the benchmarks; each prints a ratio measured in one run; fails at the end if one missed its figure
	@missed=0; for script in $(filter-out $(NO_BENCH),$(wildcard benchmarks/*.py)); do \
	  echo "== $$script"; $(BIN)/python $$script || missed=1; done; exit $$missed

workers: setup ## kill one of three capture workers every 20 s and count what was sealed twice or lost
	@$(BIN)/python benchmarks/workers.py

format: setup ## put the code into shape
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

lock: ## choose the versions anew: exact, with hashes, for every platform
	@uv=$$(command -v uv || echo $(BIN)/uv); $$uv pip compile --upgrade --all-extras --generate-hashes \
	  --no-emit-index-url --no-header --universal --python-version 3.11 pyproject.toml -o requirements.lock

clean: ## remove what set-up made; data in var/ stays
	rm -rf .venv dashboards/node_modules dashboards/static/vendor
