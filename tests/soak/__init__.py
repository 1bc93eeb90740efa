"""Long runs (``make soak``): hosts killed, plugs pulled, again and again. A few rounds of each are in the suite."""
