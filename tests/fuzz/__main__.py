"""The command. Ends with 1 when an answer was a 5xx or not what the document describes; prints the seed that repeats it."""

import argparse
import os
import random
import sys
import time

import httpx

from tests.fuzz.callers import sign_in_all
from tests.fuzz.calls import Fuzz


def main() -> int:
    """Ask for the time given, and tell what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Strange calls at a running server, by every role.")
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    asked = parser.parse_args()

    print(f"seed {asked.seed}, {asked.seconds} s", flush=True)
    with httpx.Client(base_url=asked.base_url, timeout=30, trust_env=False) as http:
        password = os.environ.get("SMOKE_PASSWORD") or os.environ["DEMO_PASSWORD"]
        fuzz = Fuzz(asked.base_url, sign_in_all(http, password), asked.seed)
        fuzz.run(until=time.monotonic() + asked.seconds)
    return fuzz.report()


if __name__ == "__main__":
    sys.exit(main())
