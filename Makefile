# Hexawatt on one machine. `make` alone lists the commands.
.DEFAULT_GOAL := help
SHELL := /bin/bash
MODE ?= demo
export MODE CONNECTION

RUN_ENVIRONMENTS := connectors dbt airflow superset
ALL_ENVIRONMENTS := $(RUN_ENVIRONMENTS) forecasting tests
HEXAWATT := .venvs/connectors/bin/hexawatt

.PHONY: help
help: ## this list
	@echo "Hexawatt: French electricity data, from the APIs to the dashboards."
	@echo
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 18
	@echo
	@echo "  MODE=demo|live chooses the state (demo by default); HEXAWATT_HOME moves it."
	@echo "  SIMULATOR_PORT, AIRFLOW_PORT and SUPERSET_PORT move the ports (8700, 8080, 8088)."

.PHONY: install
install:
	@operations/environments.sh $(RUN_ENVIRONMENTS)

# The hexawatt command alone, for what needs no service.
.PHONY: command
command:
	@operations/environments.sh connectors

.PHONY: demo live stop clean
demo: install ## the whole platform on simulated data: no account, no service from outside
	@MODE=demo $(HEXAWATT) demo
live: install ## the whole platform on the real APIs, with your keys from .env
	@MODE=live $(HEXAWATT) live
stop: command ## stop what demo or live started, nothing else
	@$(HEXAWATT) stop
clean: command ## stop, and remove the state of MODE (not the environments)
	@$(HEXAWATT) clean

.PHONY: sync build rebuild publish rollback status
sync: command ## one sync: make sync CONNECTION=rte
	@test -n "$$CONNECTION" || { echo "Say which: make sync CONNECTION=rte"; exit 2; }
	@$(HEXAWATT) sync "$$CONNECTION"
build: install ## the dbt models, from the raw tables
	@$(HEXAWATT) build
rebuild: install ## the models of every day anew, after an upgrade that changed them; revisions are kept
	@$(HEXAWATT) build --anew
publish: install ## serve the marts of the last build to Superset
	@$(HEXAWATT) publish && $(HEXAWATT) refresh-cache
rollback: install ## serve the version published before
	@$(HEXAWATT) rollback
status: command ## last sync and freshness of each connection
	@$(HEXAWATT) status

.PHONY: test lint lock bench
test: ## the whole test suite, lint included
	@operations/environments.sh $(ALL_ENVIRONMENTS)
	@operations/test.sh
lint: ## ruff, mypy, sqlfluff, yamllint and the checks of the assets
	@operations/environments.sh $(ALL_ENVIRONMENTS)
	@operations/lint.sh
bench: ## the benchmarks behind the speed claims, both sides in one run
	@operations/environments.sh $(ALL_ENVIRONMENTS)
	@operations/bench.sh
lock: ## the locks in requirements/, made anew from their .in files
	@operations/environments.sh
	@for name in tools $(ALL_ENVIRONMENTS); do \
	  .venvs/tools/bin/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    --no-annotate requirements/$$name.in -o requirements/$$name.txt; \
	done
