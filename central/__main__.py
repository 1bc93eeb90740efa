"""``python -m central``: serve, and what is typed beside it (``central/commands/``)."""

from central.commands import app

if __name__ == "__main__":
    app()
