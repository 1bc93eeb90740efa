"""Sealed certificates: central makes them from a department's facts, seals them, keeps them, and tells what is genuine.

Three things make a paper trustworthy, each against another forger. Its code cannot be guessed, and what stands beside
it in the register cannot be changed: against new facts on paper. The file carries central's signature: against a
changed file. The register has the digest of every file that was ever sealed: against a file that central's stolen key
signed elsewhere. Nobody is asked to trust the picture of a seal.
"""

from central.certificates.facts import CertifiedFacts as CertifiedFacts
from central.certificates.facts import InsuredBooks as InsuredBooks
