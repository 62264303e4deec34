"""Reads of a fixed shape, compiled once per process: what the ORM does before a short statement costs more than the statement.

    PAGE = Prepared(lambda job_id: Job.objects.filter(is_live=True, id=job_id).values_list("title"))
    PAGE.rows(job_id=…)

Each parameter of the function becomes a slot of the statement, which is filled at every call with a value as the column holds it.
All else is fixed by the first call, literal conditions of partial indexes too. So the function looks at nothing that changes:
no clock, no language, no user but through a slot.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Expression, Field, QuerySet
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError
from psycopg.sql import Literal


class Slot(Expression):
    """A value that is not known yet. It is compared with columns, from which the database learns its type."""

    output_field: Any = Field()

    def __init__(self, name: Any) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """A parameter that stands for itself."""
        return "%s", [self]


@dataclass(frozen=True, slots=True)
class Statement:
    """A compiled read: SQL, and parameters of which some are slots."""

    sql: str
    parameters: tuple[Any, ...]

    def run(self, values: Mapping[Any, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows that the database gives for these values."""
        filled = [values[one.name] if isinstance(one, Slot) else one for one in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, filled)
            return cursor.fetchall()


def with_literals(sql: str, parameters: Sequence[Any]) -> Statement:
    """The statement with all values but the slots written into its text, quoted by the driver.

    A prepared statement is planned once for all values of its parameters. For a search that is fatal: the plan that suits a common
    word reads the whole feed to find a rare one. What stands in the text is known to the planner.
    """
    connection.ensure_connection()
    pieces = sql.split("%s")
    written, slots = [pieces[0]], []
    for value, piece in zip(parameters, pieces[1:], strict=True):
        if isinstance(value, Slot):
            slots.append(value)
            written.append("%s")
        else:
            written.append(Literal(value).as_string(connection.connection).replace("%", "%%"))
        written.append(piece)
    return Statement("".join(written), tuple(slots))


class Prepared:
    """A read whose shape never changes. Made once, where its module is read, and shared by all threads."""

    def __init__(self, build: Callable[..., QuerySet], names: Sequence[str] = ()) -> None:
        self.build = build
        self.names = names or tuple(inspect.signature(build).parameters)

    @cached_property
    def compiled(self) -> "Compiled":
        """What the first call finds out. Two threads that come at once find out the same."""
        return Compiled(self.build(**{name: Slot(name) for name in self.names}))

    def rows(self, **values: Any) -> list[Sequence[Any]]:
        """The rows as `values_list` would give them."""
        return self.compiled.rows(values)

    def instances(self, **values: Any) -> list[Any]:
        """The rows as the queryset would give them: models, with what it selects beside them.

        Raises TransactionManagementError when it locks them and there is no transaction to hold the locks.
        """
        return self.compiled.instances(values)


class Compiled:
    """A compiled queryset."""

    def __init__(self, queryset: QuerySet) -> None:
        self.locks = queryset.query.select_for_update
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, parameters = compiler.as_sql()
        self.statement = Statement(sql, tuple(parameters))
        self.converters = list(compiler.get_converters(column for column, *_ in compiler.select).items())
        self.beside = compiler.annotation_col_map or {}
        if queryset.query.default_cols:  # models, not values
            self.model = compiler.klass_info["model"]
            columns = compiler.klass_info["select_fields"]
            self.own = slice(columns[0], columns[-1] + 1)
            self.names = [column.target.attname for column, *_ in compiler.select[self.own]]
            self.related = get_related_populators(compiler.klass_info, compiler.select, queryset.db)  # type: ignore[call-arg]  # types of Django 6

    def rows(self, values: Mapping[str, Any]) -> list[Sequence[Any]]:
        """The rows that the database gives for these values, read as their fields read them."""
        found = self.statement.run(values)
        return [self.read(row) for row in found] if self.converters else list(found)

    def read(self, row: Sequence[Any]) -> Sequence[Any]:
        """The row with the values that Python works with."""
        converted = list(row)
        for place, (converters, column) in self.converters:
            for converter in converters:
                converted[place] = converter(converted[place], column, connection)
        return converted

    def instances(self, values: Mapping[str, Any]) -> list[Any]:
        """The models that the database gives for these values."""
        if self.locks and connection.get_autocommit():
            raise TransactionManagementError("A row is locked inside the transaction of a verb.")
        return [self.instance(row) for row in self.rows(values)]

    def instance(self, row: Sequence[Any]) -> Any:
        """The model that this row describes."""
        instance = self.model.from_db(connection.alias, self.names, row[self.own])
        for related in self.related:
            related.populate(row, instance)
        for name, place in self.beside.items():
            setattr(instance, name, row[place])
        return instance
