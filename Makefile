# The two commands are `make demo` and `make test`; each does all set-up by itself.
PY = .venv/bin/python
SEEDS ?= 20

.PHONY: demo test check bench worlds lock prepare gallery

prepare:
	@provisioning/prepare.sh

demo: prepare
	@$(PY) -m kiosk_app demo $(ARGS) || [ $$? -eq 130 ]  # Ctrl-C is how a demo ends

test: prepare
	@$(PY) -m pytest

check: prepare
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

worlds: prepare
	@$(PY) -m tests.worlds --seeds $(SEEDS)

bench: prepare
	@$(PY) -m bench

gallery: prepare
	@Xvfb :97 -screen 0 1920x1920x24 >/dev/null 2>&1 & server=$$!; trap "kill $$server" EXIT; \
	  DISPLAY=:97 $(PY) -m screens.gallery out/screens docs/pictures

# Needs `uv`; rewrites requirements.lock from setup.cfg, and the locks of what only set-up and the face bench need.
LOCK = uv pip compile --generate-hashes --no-emit-index-url --no-annotate --python-version 3.11 \
  --custom-compile-command "make lock"
lock:
	$(LOCK) setup.cfg --extra test -o requirements.lock
	$(LOCK) --no-deps provisioning/models/carriers.in -o provisioning/models/carriers.lock
	$(LOCK) bench/face_peers.in -o bench/face_peers.lock
