"""A worker of its own: `python -m tests.core.jobs.alerts.worker <chunk> <place>`.

It finds alerts in chunks of this size, and stands still for ever where it is told to: after the first statement that begins with these
words, or, with `COMMIT`, after its first chunk. Whoever started it then kills it.
"""

import os
import sys
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "core.settings"

import django

django.setup()

from django.db import connection  # noqa: E402 - Django has to be set up first

from core.jobs.alerts import fan_out  # noqa: E402


def stand_still() -> None:
    print("here", flush=True)
    time.sleep(600)


def stop_after(execute, sql, params, many, context):
    done = execute(sql, params, many, context)
    if sql.replace('"', "").strip().startswith(PLACE):
        stand_still()
    return done


if __name__ == "__main__":
    CHUNK, PLACE = int(sys.argv[1]), sys.argv[2]
    fan_out.CHUNK = CHUNK
    with connection.execute_wrapper(stop_after):
        while fan_out.find_chunk():
            if PLACE == "COMMIT":
                stand_still()
    print("done", flush=True)
