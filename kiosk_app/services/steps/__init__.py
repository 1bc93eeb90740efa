"""Steps that services share."""
