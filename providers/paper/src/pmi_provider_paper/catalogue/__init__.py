"""The scenario: what the practice exchange asks, forever, without a file of dates.

Every series repeats with the calendar, so that there are open markets whenever the program runs,
and an event can be made again from its code alone, however long ago it was settled.
"""

from pmi_provider_paper.catalogue.plans import EventPlan, Leg, Listing, MarketPlan, SeriesPlan
from pmi_provider_paper.catalogue.scenario import SERIES, Scenario

__all__ = ["SERIES", "EventPlan", "Leg", "Listing", "MarketPlan", "Scenario", "SeriesPlan"]
