"""The calls: cases that schemathesis makes from the document, with ids of real things, held to the document."""

import json
import random
import time
from collections import Counter
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.fuzz.callers import Caller
from tests.fuzz.ids import Ids

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# These would lock the callers out for the rest of the run, or answer late on purpose.
LEFT_OUT = {"POST /api/auth/password/change", "POST /api/me/delete", "POST /api/sandbox/clock/advance"}
FAULTS_SHOWN = 20
EXAMPLES = 3
# Two valid cases for one that is not: those go deeper.
MODES = (GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
CLOSED_DOOR = {401, 403}
KNOCK_AGAIN = 0.1


def name(caller: Caller, operation: Any) -> str:
    """How one caller's calls of one operation are counted."""
    return f"{caller.name} {operation.label}"


class Fuzz:
    """A run: who calls, what was seen, what was wrong."""

    def __init__(self, base_url: str, callers: list[Caller], number: int) -> None:
        self.base_url = base_url
        self.callers = callers
        self.chance = random.Random(number)
        self.ids = Ids(self.chance)
        self.seen: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.faults: list[str] = []
        self.let_in: dict[str, bool] = {}  # by caller and operation: whether any call got past the door
        schema = schemathesis.openapi.from_dict(json.loads(json.dumps(callers[0].get("/api/schema").json())))
        found = [operation.ok() for operation in schema.get_all_operations()]
        self.operations = [operation for operation in found if operation.label not in LEFT_OUT]

    def run(self, *, until: float) -> None:
        """Every role asks every operation, in an order of its own, again and again until the time is up."""
        self.look_around()
        while time.monotonic() < until and len(self.faults) < FAULTS_SHOWN:
            pairs = [(caller, operation) for caller in self.callers for operation in self.operations]
            self.chance.shuffle(pairs)
            for caller, operation in pairs:
                if time.monotonic() > until or len(self.faults) >= FAULTS_SHOWN:
                    return
                if self.let_in.get(name(caller, operation), True) or self.chance.random() < KNOCK_AGAIN:
                    self.ask(caller, operation)

    def look_around(self) -> None:
        """Everybody reads every list, so that there are ids to ask about."""
        for caller in self.callers:
            for operation in self.operations:
                if operation.method == "get" and "{" not in operation.path:
                    self.learn(operation.path, caller.get(operation.path))

    def ask(self, caller: Caller, operation: Any) -> None:
        """A few cases of one operation by one caller; the first fault ends them and is kept."""
        cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in MODES))

        @seed(self.chance.getrandbits(32))
        @settings(max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(case=cases)
        def answers(case: Any) -> None:
            case.path_parameters |= {name: self.ids.pick(operation.path, name) for name in case.path_parameters}
            response = case.call(base_url=self.base_url, headers=self.headers_for(caller))
            self.statuses[response.status_code] += 1
            asked = name(caller, operation)
            self.seen[asked] += 1
            self.let_in[asked] = self.let_in.get(asked, False) or response.status_code not in CLOSED_DOOR
            self.learn(operation.path, response)
            case.validate_response(response, checks=CHECKS)
            if response.status_code == 401 and response.json()["error"]["code"] == "SESSION_INVALID":
                caller.sign_in()

        try:
            answers()
        except (Exception, BaseExceptionGroup) as fault:  # noqa: BLE001 - whatever it is, it is a fault to be reported
            self.faults.append(f"{name(caller, operation)}\n{fault}")

    def headers_for(self, caller: Caller) -> dict[str, str]:
        """The token, and now and then a language or a key for repetitions."""
        headers = caller.headers()
        if self.chance.random() < 0.2:
            headers["Accept-Language"] = "en"
        if self.chance.random() < 0.2:
            headers["Idempotency-Key"] = f"fuzz-{self.chance.randrange(50):04}"
        return headers

    def learn(self, path: str, response: Any) -> None:
        """The ids in a successful answer are known from now on; a stream has none."""
        if response.status_code < 300 and "json" in str(response.headers.get("content-type")):
            self.ids.learn(path, response.json())

    def report(self) -> int:
        """What was asked and what was wrong, printed; the exit code."""
        roles = Counter(name.split(" ", 1)[0] for name in self.seen.elements())
        print(f"{self.seen.total()} calls of {len(self.operations)} operations: {dict(sorted(self.statuses.items()))}")
        print(f"by role: {dict(roles)}")
        for fault in self.faults:
            print(f"\nFAULT {fault}")
        unasked = {operation.label for operation in self.operations} - {name.split(" ", 1)[1] for name in self.seen}
        if unasked:
            print(f"\nnever asked: {sorted(unasked)}")
        return 1 if self.faults or unasked else 0
