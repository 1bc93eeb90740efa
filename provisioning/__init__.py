"""From bare Linux to kiosk: set-up and enrolment."""
