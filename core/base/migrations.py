"""What keeps migrations quick."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.db.migrations import AddConstraint, AddField, AddIndex, RemoveConstraint, RemoveIndex
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

ADDITIONS = (AddConstraint, AddField, AddIndex, AddTrigger, RemoveConstraint, RemoveIndex, RemoveTrigger)


def together(operations: Sequence[Operation]) -> list[Operation]:
    """The same operations in the same order, with neighbours that only add to tables made one."""
    runs = groupby(operations, lambda operation: isinstance(operation, ADDITIONS))
    return [operation for is_addition, run in runs for operation in ([Together(list(run))] if is_addition else run)]


class Together(Operation):
    """Columns, constraints, indexes and triggers over one rendering of the models.

    Django renders every related model anew after each operation, and here nearly all are related: it made up most of the time of a
    first start. Each of these does the same whether the models already have what comes after it or not.
    """

    reversible = True

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """All have changed the state, which is not rendered."""
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState) -> None:
        """All are in the database, in their order."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState) -> None:
        """None is in the database, the last gone first."""
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Every operation, by its own words."""
        return "; ".join(operation.describe() for operation in self.operations)
