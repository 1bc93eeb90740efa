"""The procedures and the money. Knows no Kivy, no driver and no SQL (docs/architecture.md)."""
