"""One file per public service; each reads like the counter's procedure."""
