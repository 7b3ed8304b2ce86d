# make run    the main job on the sample data          make test    all tests
# make check  lint, types, import rules                make setup   .venv/ (the others call it)
# make soak   the long forms of the tests: kills, full disks, many at once, bad input (40 minutes); then make fuzz
# make fuzz   fuzzing of the readers and the formats, in .venv-soak/: ten minutes for each of eight targets
# make clients  trainers and other programs that take a release in .venv-clients/, for tests that are skipped without
# make audit  installed packages against the lock, their files and licences; known faults: ADVISORIES=all.zip (OSV)
# make docs   the docs as pages, in .venv-docs/; prints where the start page is
# make benchmark  ours, the usual script and peers on the same 50,000 records, in .venv-bench/; some ten minutes with the set-up
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test soak fuzz clients audit catalogue reference docs check setup lock clean benchmark

run: .venv/.ready
	@$(BIN)/sftrm run

# A file goes to one process, in its order: tests of a service or a cluster share one that runs. Not by the number of
# tests, but as tests/conftest.py has it: the longest files first. Three processes also on two cores, since those wait for
# servers much of the time.
test: .venv/.ready
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

# What each test prints at its end says how many tries it made. Then one core fuzzes, one target after the other.
soak: .venv/.ready .venv-soak/.ready
	SFTRM_SOAK=1 $(BIN)/python -m pytest -m soak -s
	@$(MAKE) --no-print-directory fuzz

# Each target has so long: SOAK_SECONDS=… for another time, FUZZED=mapping for one of them.
SOAK_SECONDS ?= 600
FUZZED ?= json delimited columnar workbook archive-bytes compressed archive mapping
fuzz: .venv-soak/.ready
	@mkdir -p build/fuzz
	@set -e; for target in $(FUZZED); do echo "fuzzing: $$target"; .venv-soak/bin/python -m tests.fuzz $$target \
	  -max_total_time=$(SOAK_SECONDS) -artifact_prefix=build/fuzz/$$target- -print_final_stats=1; done

audit: .venv/.ready
	@$(BIN)/python -m tools.audit $(ADVISORIES)

# The pages of docs/reference that are generated from the code.
reference: .venv/.ready
	@$(BIN)/python -m tools.reference

# Every text for people, as translators read it.
catalogue: .venv/.ready
	@$(BIN)/python -m tools.catalogue

# A page that no page leads to, a link to nothing, a language that cannot be coloured: any warning is an error. So is
# whatever a browser would ask another machine for.
docs: .venv-docs/.ready
	@rm -rf build/docs
	@.venv-docs/bin/python -m sphinx -q -W --keep-going -E -b html -d build/docs-read -c docs/site . build/docs
	@! grep -rnoE '<(script|link|img|iframe)[^>]+(src|href)="(https?:)?//[^"]*|url\((https?:)?//[^)]*|@import[^;]*' \
	  build/docs --include='*.html' --include='*.css'
	@echo "build/docs/index.html"

# Only what makes the pages: nothing of ours is imported, the reference is in the repository.
.venv-docs/.ready: docs/site/requirements.lock
	@$(PYTHON) -m venv --clear .venv-docs
	@.venv-docs/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

check: .venv/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

setup: .venv/.ready

# Bytecode is compiled and the kernels are built here, once, and not in front of the first user.
.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11) and "sftrm-quality needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	@echo "setting up .venv, once; it takes two or three minutes:"
	@echo "  installing the locked packages …"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@echo "  compiling …"
	@$(BIN)/python -m compileall -qq -j 0 .venv/lib sftrm_quality flows || true
	@$(BIN)/python -m benchmarks.warm_up
	@touch $@

# The locked packages, and the fuzzer, which is only for this.
.venv-soak/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -m venv --clear .venv-soak
	@.venv-soak/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.lock 'atheris>=3,<4'
	@.venv-soak/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

clients: .venv-clients/.ready

# PyTorch first and by itself, in the build for CPUs where pip finds one: it is the only thing here that could bring
# gigabytes for GPUs. The lock has all that the others need and nothing else is asked for. A trainer that cannot be
# installed costs its tests. Compiled once, by all cores.
CLIENTS_PIP := .venv-clients/bin/python -m pip install --quiet --disable-pip-version-check --no-compile
.venv-clients/.ready: tests/clients/requirements.lock tests/clients/trainers.txt
	@$(PYTHON) -m venv --clear .venv-clients
	@$(CLIENTS_PIP) --constraint $< torch==2.13.0
	@$(CLIENTS_PIP) --no-deps -r $<
	@xargs -n 1 $(CLIENTS_PIP) --no-deps < tests/clients/trainers.txt || echo "a trainer cannot be installed" >&2
	@.venv-clients/bin/python -W ignore -m compileall -qq -j 0 .venv-clients/lib || true
	@touch $@

benchmark: .venv-bench/.ready
	@.venv-bench/bin/python -m benchmarks peers

.venv-bench/.ready: benchmarks/requirements.lock pyproject.toml
	@echo "setting up .venv-bench (ours and the peers), once; it takes two or three minutes"
	@$(PYTHON) -m venv --clear .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.lock
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@.venv-bench/bin/python -m compileall -qq -j 0 .venv-bench/lib || true
	@touch $@

# Names no index: whoever installs uses their own.
COMPILE := uv pip compile --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header
PRODUCT := pyproject.toml --extra cluster --extra preflight --group dev
lock:
	$(COMPILE) $(PRODUCT) --output-file requirements.lock
	$(COMPILE) $(PRODUCT) --group bench --constraint requirements.lock --output-file benchmarks/requirements.lock
	$(COMPILE) --group clients --constraint requirements.lock --output-file tests/clients/requirements.lock
	$(COMPILE) --group docs --constraint requirements.lock --output-file docs/site/requirements.lock

clean:
	rm -rf .venv .venv-bench .venv-docs .venv-clients .venv-soak build data/out
