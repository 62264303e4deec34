"""What a fact looks like. Rooms declare theirs as frozen dataclasses in their own `events.py`."""

import dataclasses
import re
from typing import Any, ClassVar
from uuid import UUID

REGISTRY: dict[str, type["Event"]] = {}
_HUMP = re.compile(r"(?<!^)(?=[A-Z])")


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Event:
    """A fact: `EscrowFunded` is stored as ESCROW_FUNDED. Fields become camelCase keys of the payload.

    Payloads are thin: ids, amounts, states. No e-mail, no text that people wrote, no payout details.
    """

    schema_version: ClassVar[int] = 1
    aggregate_field: ClassVar[str] = "job_id"
    # Fields for machines of ours alone: not everybody whom the event concerns may know them.
    private: ClassVar[frozenset[str]] = frozenset()

    by_id: UUID
    recipient_ids: tuple[UUID, ...] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        REGISTRY[cls.type_name()] = cls

    @classmethod
    def type_name(cls) -> str:
        """The stored type: the class name in capitals."""
        return _HUMP.sub("_", cls.__name__).upper()

    def aggregate(self) -> str:
        """The thing whose events are told in order, such as `job:<id>`."""
        return f"{self.aggregate_field.removesuffix('_id')}:{getattr(self, self.aggregate_field)}"

    def facts(self) -> dict[str, Any]:
        """The type's own keys of the payload."""
        return {
            _camel(field.name): getattr(self, field.name)
            for field in dataclasses.fields(self)
            if field.name not in ("by_id", "recipient_ids")
        }

    @classmethod
    def told(cls) -> frozenset[str]:
        """The keys of the payload that whoever the event concerns may read. Who did it, and who else hears of it, is not among them."""
        hidden = cls.private | {"by_id", "recipient_ids"}
        return frozenset(_camel(field.name) for field in dataclasses.fields(cls) if field.name not in hidden)
