"""Amounts, the table of payment states, the till that obeys it and what settles a payment after a crash."""
