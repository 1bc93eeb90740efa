"""The parts that views are made of. Each is dressed in a look, asked for its height, and put in its place."""
