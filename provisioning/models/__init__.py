"""Model files of the face pipeline: taken at set-up from locked packages, checked, never fetched while it runs."""
