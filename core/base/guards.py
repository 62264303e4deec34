"""How a trigger of ours is written down in the database.

django-pgtrigger keeps triggers in the models and in migrations. Its own template lets any session switch a trigger off
(`SET pgtrigger.ignore = …`) and opens a subtransaction on every call; a guard may have neither, so ours is written without.
The function belongs to the owner of the tables and runs with that owner's rights and with a fixed search path: the
application's role needs no right to change a balance, and cannot put a table or an operator of its own in the way: the path holds
no schema that anybody writes to, so a guard names its tables as `public.…`. Nor may it hang the
function on a table of its own: that takes EXECUTE, which firing a trigger does not.
"""

import pgtrigger
from django.db import models
from pgtrigger import compiler


class GuardSql(compiler.UpsertTriggerSql):
    """The statements that install a guard. Migrations name this class: its template only ever grows a successor."""

    def get_template(self) -> str:
        """The function, which nobody can skip, and its trigger."""
        return """
            CREATE OR REPLACE FUNCTION {pgid}() RETURNS TRIGGER AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
            REVOKE ALL ON FUNCTION {pgid}() FROM PUBLIC;

            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE {constraint} TRIGGER {pgid}
                {when} {operation} ON {table}
                {timing}
                {referencing}
                FOR EACH {level} {condition}
                EXECUTE FUNCTION {execute};

            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """


class Guard(pgtrigger.Trigger):
    """A trigger that no session can switch off."""

    def compile(self, model: type[models.Model]) -> compiler.Trigger:
        """The trigger as migrations keep it."""
        return compiler.Trigger(
            name=self.name,
            sql=GuardSql(
                pgid=self.get_pgid(model),
                declare=self.render_declare(model),
                func=self.render_func(model),
                table=model._meta.db_table,
                constraint="CONSTRAINT" if self.timing else "",
                when=self.when,
                operation=self.operation,
                timing=f"DEFERRABLE INITIALLY {self.timing}" if self.timing else "",
                level=self.level,
                condition=self.render_condition(model),
            ),
        )
