"""Codecs: bytes in, frames out. No port, clock or thread; standard library only."""
