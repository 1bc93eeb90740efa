"""Whose permit it is, by identity number: somebody's cases are asked for with the identity card too."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the number; nobody's is known yet."""
    op.add_column("exit_holder", sa.Column("id_number", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_exit_holder_id_number", "exit_holder", ["id_number"])
