"""Simulated persons before the camera: portraits that turn, close their eyes, open their mouth, by known amounts.

Drawn once at set-up (``python -m hardware.simulators.people``), played by the camera simulator. The portraits are of
public persons and come with the models (``provisioning/models``); every frame says SAMPLE. It is no likeness of how
people attack or defend a camera.
"""
