"""Rows that the database writes as JSON, for the lists that must be fast."""

from typing import Any

from django.db.models import Func, TextField


class RowJSON(Func):
    """`json_build_object(…)::text` over the given columns: `RowJSON(id="id", createdAt="created_at")`.

    Times come out as ISO 8601 in UTC, the same as everywhere else. Annotate it as `row`, and `Viewset.page` passes it through.
    """

    output_field = TextField()

    def __init__(self, **columns: Any) -> None:
        if not all(name.isidentifier() for name in columns):
            raise ValueError("a key of a JSON row is an identifier")
        self.keys = tuple(columns)
        super().__init__(*columns.values())

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        """The keys stand in the SQL as literals, so that the statement stays one and the same prepared statement."""
        parts, parameters = [], []
        for key, column in zip(self.keys, self.source_expressions, strict=True):
            sql, values = compiler.compile(column)
            parts.append(f"'{key}', {sql}")
            parameters += values
        return f"json_build_object({', '.join(parts)})::text", parameters
