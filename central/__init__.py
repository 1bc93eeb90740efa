"""The reference central platform: receives what kiosks report, keeps the departments' adapters and its own CA."""
