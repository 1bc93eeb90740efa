"""``python -m kiosk_app`` is ``kiosk``."""

from kiosk_app.cli import main

main()
