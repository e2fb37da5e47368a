"""The tables of the journal's database; money is counted in whole millionths."""

from __future__ import annotations

from pmi_core.errors import PluginError

try:
    import sqlalchemy
    import sqlalchemy.event
    import sqlalchemy.exc
except ModuleNotFoundError:
    raise PluginError(
        "the desk keeps its journal with SQLAlchemy, which is not installed",
        hint="install the extra: pip install 'pmi-core[desk]'",
    ) from None

sa = sqlalchemy

__all__ = ["SCHEMA", "caps", "head", "intents", "journal", "metadata", "sa", "tickets"]

SCHEMA = 2
"""The version that this code reads and writes."""

metadata = sa.MetaData()

head = sa.Table(
    "head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("schema", sa.Integer, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
"""One row: the end of the journal.  Whoever writes holds it, so writers pass one by one."""

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("time", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(24), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False, index=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
"""What happened, in order; rows are added and never changed."""

tickets = sa.Table(
    "tickets",
    metadata,
    sa.Column("code", sa.String(16), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("venue", sa.String(40), nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Column("expires", sa.BigInteger, nullable=False),
    sa.Column("channel", sa.String(16)),
    sa.Column("decided_by", sa.String(200)),
    sa.Column("owner", sa.String(80), nullable=False),
)
"""What waits for a person's yes, or had it; times in milliseconds.  ``owner`` is the desk that previewed
it and, while it lives, the only one that sends what is approved elsewhere."""

intents = sa.Table(
    "intents",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("code", sa.String(16), nullable=False, index=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("venue", sa.String(40), nullable=False),
    sa.Column("market", sa.String(400), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("owner", sa.String(80), nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Column("units", sa.BigInteger, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("order_ref", sa.String(400)),
    sa.Column("answer", sa.Text),
    sa.Column("mandate", sa.String(64)),
    sa.Index("intents_by_venue", "venue", "state"),
    sa.Index("intents_by_market", "venue", "market", "created"),
    sa.Index("intents_by_time", "created"),
)
"""What was sent, one row an order, written before it is sent.  ``mandate`` names the standing approval
that stands in the place of a ticket, where there is one."""

caps = sa.Table(
    "caps",
    metadata,
    sa.Column("scope", sa.String(480), primary_key=True),
    sa.Column("hour", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("used", sa.BigInteger, nullable=False),
)
"""Money at risk by scope and hour; a cache of the intents, made again from them at each start."""
