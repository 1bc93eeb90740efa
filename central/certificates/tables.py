"""The register of certificates. A row is changed to be revoked, to count guesses, and when its time is over.

Then its facts and its file are gone, and what stays is that there was a certificate with this code, this digest, and
until when: nobody is named by it, and a paper of it is not called a forgery.
"""

import sqlalchemy as sa

from central.db import Utc, metadata

certificate = sa.Table(
    "certificate",
    metadata,
    sa.Column("code", sa.String, primary_key=True),  # without its check symbol
    sa.Column("kiosk", sa.String, nullable=False),
    sa.Column("request", sa.String, nullable=False),  # the kiosk's own id: asked again, answered again
    sa.Column("number", sa.String, nullable=False, index=True),  # whose; "" when its time is over
    sa.Column("facts", sa.LargeBinary, nullable=False),  # JSON; empty when its time is over
    sa.Column("digest", sa.String, nullable=False, unique=True),  # hex SHA-256 of the document
    sa.Column("document", sa.LargeBinary, nullable=False),  # as it was sealed; empty when it is not valid any more
    sa.Column("issued_at", Utc, nullable=False),
    sa.Column("valid_until", sa.Date, nullable=False),
    sa.Column("kept_until", sa.Date, nullable=False),  # as the paper says: till then the facts stay
    sa.Column("wrong", sa.Integer, nullable=False),  # comparisons that did not agree, in its whole life
    sa.Column("revoked_at", Utc),
    sa.Column("revoked_by", sa.String, nullable=False),
    sa.UniqueConstraint("kiosk", "request", name="one_certificate_per_request"),
)
