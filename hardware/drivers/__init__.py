"""One driver per role: a codec joined to a link, keeping the promises of `kiosk_app.devices`."""
