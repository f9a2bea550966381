"""Which columns tell that a record is new, changed, or in another state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.component import Context
from connector.component.polling import Seen
from connector.errors import InputError, Refused
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import AllOf, AnyOf, Condition, Filter
from connector.intacct.paging import Listing
from triggers.change_times import XML, Clock

# On transactions WHENCREATED is the date of the business (xml-api 8.9), so it comes second;
# objects of a company's own have names of their own.
_PAIRS = (
    ("WHENMODIFIED", "AUWHENCREATED"),
    ("WHENMODIFIED", "WHENCREATED"),
    ("WHENMODIFIED", ""),
    ("UPDATED_AT", "CREATED_AT"),
)


@dataclass(frozen=True)
class Columns:
    """What is read of each record.

    Args:
        object: Our name of the object, or Intacct's.
        modified: The column of the change time.
        created: The column of the creation time; empty where there is none.
        state: The column of the state; empty where nobody asks.
        shown: The columns a workflow sees.
    """

    object: str
    modified: str
    created: str
    state: str
    shown: tuple[str, ...]

    @classmethod
    def of(cls, state: Mapping[str, Any], config: Mapping[str, Any]) -> Columns:
        """Return the columns that an earlier step found and kept."""
        schema = ObjectSchema.find(str(config["object"]))
        watched = config.get("stateField") or "STATE"
        return cls(
            schema.name,
            state["modified"],
            state["created"],
            watched if "stateChanged" in config["changes"] else "",
            tuple(config.get("fields") or usual(schema, state["api"])),
        )

    @property
    def schema(self) -> ObjectSchema:
        """The object."""
        return ObjectSchema.find(self.object)

    @property
    def asked(self) -> list[str]:
        """The columns that tell what happened."""
        return [name for name in (self.modified, self.created, self.state) if name]

    def value(self, record: Mapping[str, Any], column: str) -> str:
        """Return what a record holds in a column, under whichever name it is shown."""
        found = self.schema.fields.find(column)
        value = record.get(found.name if found else column.upper())
        return "" if value is None else str(value)

    def seen(self, record: Mapping[str, Any], clock: Clock, mark: int = 0) -> Seen:
        """Return a record as it is remembered; without a change time the creation time counts."""
        created = self.value(record, self.created) if self.created else ""
        return Seen(
            key=str(record["key"]),
            id=str(record["id"]),
            version=clock.moment(self.value(record, self.modified) or created),
            state=self.value(record, self.state) if self.state else "",
            mark=mark,
        )

    def created_at(self, record: Mapping[str, Any], clock: Clock) -> str:
        """Return when a record was made, as sortable text; empty where nothing tells."""
        return clock.moment(self.value(record, self.created)) if self.created else ""

    def since(self, moment: str, clock: Clock) -> Filter | None:
        """Return the filter for what changed from a moment on; None for everything.

        Records without a change time count by the time they were made.
        """
        if not moment:
            return None
        text = clock.literal(moment)
        changed = Condition(self.modified, "greaterThanOrEqualTo", (text,))
        if not self.created:
            return changed
        made = Condition(self.created, "greaterThanOrEqualTo", (text,))
        return AnyOf((changed, AllOf((Condition(self.modified, "isNull"), made))))

    def page(
        self,
        ctx: Context,
        clock: Clock,
        *,
        where: Filter | None,
        size: int,
        after: str = "",
        is_brief: bool = False,
    ) -> Listing:
        """Return one page of records in the order of their numbers: one API transaction."""
        shown = () if is_brief else self.shown
        names = list(dict.fromkeys([*self.asked, *shown]))
        client = ctx.asking_for(clock.api).intacct
        return client.list_page(self.object, select=names, where=where, size=size, after=after)


def usual(schema: ObjectSchema, api: str) -> list[str]:
    """Return the columns that a record is shown with where the settings name none."""
    if not schema.is_known:
        return []
    names = [schema.id, *schema.compare]
    names += ["state", "status", "customerId", "vendorId", "totalDue", "totalEntered"]
    known = {name: schema.fields.by_name.get(name) for name in names}
    return [name for name, field in known.items() if field and (api == XML or field.rest)]


def find(ctx: Context, clock: Clock, object_name: str) -> tuple[str, str, str, str]:
    """Return the columns of change and of creation, and the newest value of each.

    Objects differ in what they have, so the first pair that Intacct does not refuse counts.

    Raises:
        ConnectorError: Intacct cannot be asked, or knows none of them.
    """
    refused: InputError | Refused | None = None
    for modified, created in _PAIRS:
        try:
            newest = _newest(ctx, clock, object_name, modified, [modified])
            made = _newest(ctx, clock, object_name, created, [created]) if created else ""
        except (InputError, Refused) as error:
            refused = refused or error
        else:
            return modified, created, newest, made
    raise _unpollable(object_name, clock, refused)


def _newest(
    ctx: Context, clock: Clock, object_name: str, column: str, select: Sequence[str]
) -> str:
    schema = ObjectSchema.find(object_name)
    rows = ctx.asking_for(clock.api).intacct.query(
        object_name,
        select=select,
        where=Condition(column, "isNotNull"),
        order_by=[f"-{column}"],
        limit=1,
    )
    known = schema.fields.find(column)
    return clock.moment(rows[0].get(known.name if known else column)) if rows else ""


def _unpollable(object_name: str, clock: Clock, error: Exception | None) -> InputError:
    why = f" {getattr(error, 'title', '')}" if error else ""
    other = "" if clock.api == XML else " Add Web Services credentials to the connection."
    return InputError(
        f"{object_name} has no time of change that can be asked for.{why}",
        advice=f"Choose another object, or let Intacct tell of its changes.{other}".strip(),
        field="object",
    )
