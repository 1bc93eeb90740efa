# The two commands are `make demo` and `make test`; each does all set-up by itself.
PY = .venv/bin/python
SEEDS ?= 20
RUNS ?= 1000000

.PHONY: demo test check bench worlds fuzz soak lock prepare gallery

prepare:
	@provisioning/prepare.sh

demo: prepare
	@$(PY) -m kiosk_app demo $(ARGS) || [ $$? -eq 130 ]  # Ctrl-C is how a demo ends

# Four workers on two cores: most of the time a test waits for a real device, process or window. Files in their order:
# the demos, few and long, come early.
test: prepare
	@$(PY) -m pytest -n 4 --dist loadscope --no-loadscope-reorder

check: prepare
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

worlds: prepare
	@$(PY) -m tests.worlds --seeds $(SEEDS)

# Coverage-guided; `make fuzz CODECS="zvt_tcp nut" RUNS=100000` for some. Installs atheris, which nothing else needs.
fuzz: prepare
	@$(PY) -c "import atheris" 2>/dev/null || $(PY) -m pip install --quiet --disable-pip-version-check \
	  --require-hashes -r requirements-fuzz.lock
	@nice $(PY) -m tests.fuzz --runs $(RUNS) $(CODECS)

# A host killed a hundred times, every plug pulled a thousand times; about half an hour.
soak: prepare
	@$(PY) -m tests.soak

bench: prepare
	@$(PY) -m bench

gallery: prepare
	@Xvfb :97 -screen 0 1920x1920x24 >/dev/null 2>&1 & server=$$!; trap "kill $$server" EXIT; \
	  DISPLAY=:97 $(PY) -m screens.gallery out/screens docs/pictures
	@$(PY) -m tests.stationery.paper_pictures docs/pictures
	@$(PY) -m tests.central.verification_pictures docs/pictures

# Needs `uv`; rewrites requirements.lock from setup.cfg, and the locks of what only set-up and the face bench need.
LOCK = uv pip compile --generate-hashes --no-emit-index-url --no-annotate --python-version 3.11 \
  --custom-compile-command "make lock"
lock:
	$(LOCK) setup.cfg --extra test -o requirements.lock
	$(LOCK) --no-deps provisioning/models/carriers.in -o provisioning/models/carriers.lock
	$(LOCK) bench/face_peers.in -o bench/face_peers.lock
	grep -o 'atheris==.*' setup.cfg | $(LOCK) - -o requirements-fuzz.lock
