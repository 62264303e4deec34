"""Rows that the database writes as JSON, for the lists that must be fast."""

from typing import Any

from django.db.models import DateTimeField, Field, Func, TextField

# ISO 8601 as Python writes it: in UTC, all six digits of a fraction or none. The database's own JSON drops trailing zeros.
MOMENT = """to_char({0} AT TIME ZONE 'UTC', CASE WHEN {0} = date_trunc('second', {0})
    THEN 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"' ELSE 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"' END)"""


class ObjectJSON(Func):
    """`json_build_object(…)` over the given columns, as a part of a row: `RowJSON(id="id", brand=ObjectJSON(id="brand_id"))`.

    Times come out as ISO 8601 in UTC, the same as everywhere else.
    """

    output_field: Any = Field()  # not a JSONField: the driver reads `json` into Python by itself

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
            if isinstance(getattr(column, "output_field", None), DateTimeField):
                sql, values = MOMENT.format(sql), [*values] * MOMENT.count("{0}")
            parts.append(f"'{key}', {sql}")
            parameters += values
        return f"json_build_object({', '.join(parts)})", parameters


class RowJSON(ObjectJSON):
    """The object as text. Annotate it as `row`, and `Viewset.page` passes it through."""

    output_field = TextField()

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        """The text of the object, made by the database."""
        sql, parameters = super().as_sql(compiler, connection, **extra)
        return f"{sql}::text", parameters
