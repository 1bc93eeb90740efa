"""What one types after ``python -m central``, a file for each subject; each adds its commands to the one line."""

from central.commands import certificates, exit_entry, feedback, kiosks, money, papers, requests, rules, serving
from central.commands.line import app

__all__ = [
    "app",
    "certificates",
    "exit_entry",
    "feedback",
    "kiosks",
    "money",
    "papers",
    "requests",
    "rules",
    "serving",
]
