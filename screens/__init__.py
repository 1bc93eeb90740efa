"""The window: Kivy only, replaceable; implements `kiosk_app.ports.Screen`."""
