"""The declarations: what an action, a data source and a trigger are, and what they are given."""

from connector.component.action import Action, Effect, Inputs, Output
from connector.component.context import Context
from connector.component.data_source import Choice, DataSource, Search
from connector.component.inverse import Inverse
from connector.component.picklists import Offer, PicklistCache, offer
from connector.component.result_forms import ALL_FORMS, Envelope, ResultForm
from connector.component.trigger import Event, Reply, Trigger, Webhook

__all__ = [
    "ALL_FORMS",
    "Action",
    "Choice",
    "Context",
    "DataSource",
    "Effect",
    "Envelope",
    "Event",
    "Inputs",
    "Inverse",
    "Offer",
    "Output",
    "PicklistCache",
    "Reply",
    "ResultForm",
    "Search",
    "Trigger",
    "Webhook",
    "offer",
]
