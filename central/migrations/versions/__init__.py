"""One module per revision, in the order of `down_revision`."""
