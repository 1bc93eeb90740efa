"""The configuration is wrong, and the program does not start."""

from kiosk_app.errors.trunk import KioskError


class ConfigError(KioskError):
    """The configuration names something that cannot be."""

    citizen = "error.config"
    operator = "Put right what is named here, then give the command again."

    def __init__(self, file: str, key: str, allowed: str) -> None:
        super().__init__(f"{file}: {key}: {allowed}")
        self.file, self.key, self.allowed = file, key, allowed
