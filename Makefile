# make run    set up and serve the portal        make test   test everything that can be tested here
# make check  lint, formats, imports, catalogues make fix    repair what can be repaired by a tool
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
DEMO := WIR_MODE=demo PORT=$(PORT)

.PHONY: run test check fix messages lock sbom bench shots clean

# The environment is a stamp file, so that a second run installs nothing.
.venv/base.stamp: requirements/base.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "The portal needs Python 3.11 or newer; PYTHON=/path/to/python make ... names another."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "No virtual environment could be made. On Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/base.txt
	@touch $@

.venv/dev.stamp: .venv/base.stamp requirements/ops.txt requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/ops.txt -r requirements/dev.txt
	@touch $@

run: .venv/base.stamp
	@$(DEMO) $(BIN)/python manage.py set_up
	@exec env $(DEMO) $(BIN)/python manage.py serve

test: .venv/dev.stamp
	@$(BIN)/python tests/run.py

check: .venv/dev.stamp
	@$(BIN)/python tests/check.py

fix: .venv/dev.stamp
	$(BIN)/ruff check --quiet --fix .
	$(BIN)/ruff format --quiet .
	$(BIN)/djade --target-version 5.2 $$(git ls-files --cached --others --exclude-standard 'templates/**.html')

messages: .venv/dev.stamp
	@command -v xgettext >/dev/null || { echo "GNU gettext is missing. On Debian: apt-get install gettext"; exit 1; }
	$(DEMO) $(BIN)/python manage.py makemessages --all --no-location --no-wrap --ignore=.venv --ignore=var
	$(DEMO) $(BIN)/python manage.py complete_english
	$(DEMO) $(BIN)/python manage.py compile_catalogues

lock: .venv/base.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet --upgrade --python-version 3.11 --universal --generate-hashes --no-emit-index-url requirements/base.in -o requirements/base.txt
	$(BIN)/uv pip compile --quiet --upgrade --python-version 3.11 --universal --generate-hashes --no-emit-index-url -c requirements/base.txt requirements/ops.in -o requirements/ops.txt
	$(BIN)/uv pip compile --quiet --upgrade --python-version 3.11 --universal --generate-hashes --no-emit-index-url -c requirements/base.txt -c requirements/ops.txt requirements/dev.in -o requirements/dev.txt

sbom: .venv/dev.stamp
	@$(BIN)/python tests/bill_of_materials.py

bench: .venv/dev.stamp
	@$(BIN)/python tests/bench.py

shots: .venv/dev.stamp
	@$(BIN)/python tests/shots.py

clean:
	rm -rf .venv var shots
