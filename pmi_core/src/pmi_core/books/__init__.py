"""Live order books: integer ticks, snapshots and changes, and whether what they show is true.

A provider's stream writes into a :class:`LiveBook`; everybody else reads it, or gets
:class:`pmi_core.models.BookUpdate` from a subscription, whose whole book is built only when asked for.
"""

from __future__ import annotations

from pmi_core.books.grid import NO_ASK, NO_BID
from pmi_core.books.live import LiveBook
from pmi_core.books.scale import Scale
from pmi_core.books.sequence import Place, Sequence
from pmi_core.books.view import BookView

__all__ = ["NO_ASK", "NO_BID", "BookView", "LiveBook", "Place", "Scale", "Sequence"]
