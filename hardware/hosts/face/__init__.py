"""The face host: everything that sees a face, in a process of its own (speaks ``hostlink``).

Pictures come in, numbers and finished photos go out; pictures, landmarks and embeddings live in this process only and
are overwritten when the visit ends. It measures and never judges: limits, sentences and thresholds are data of the
kiosk (``kiosk_app/portrait``), so that a rule can change without touching a network.
"""
