"""The register of certificates. A row is never changed but to be revoked."""

import sqlalchemy as sa

from central.db import Utc, metadata

certificate = sa.Table(
    "certificate",
    metadata,
    sa.Column("code", sa.String, primary_key=True),  # without its check symbol
    sa.Column("kiosk", sa.String, nullable=False),
    sa.Column("request", sa.String, nullable=False),  # the kiosk's own id: asked again, answered again
    sa.Column("facts", sa.LargeBinary, nullable=False),  # JSON
    sa.Column("digest", sa.String, nullable=False, unique=True),  # hex SHA-256 of the document
    sa.Column("document", sa.LargeBinary, nullable=False),  # as it was sealed
    sa.Column("issued_at", Utc, nullable=False),
    sa.Column("valid_until", sa.Date, nullable=False),
    sa.Column("revoked_at", Utc),
    sa.Column("revoked_by", sa.String, nullable=False),
    sa.UniqueConstraint("kiosk", "request", name="one_certificate_per_request"),
)
