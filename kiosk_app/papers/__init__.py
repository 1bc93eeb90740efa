"""Slips and documents as values and PDF bytes; printing them is the printers' work."""
