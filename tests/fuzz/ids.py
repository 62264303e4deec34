"""Ids of real things, learned from the answers: a call about a thing that exists gets further than one about none."""

import random
import re
import uuid
from collections import defaultdict
from typing import Any

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What stands before an id in a path, where it is not the name of the thing itself.
SAME = {"escrow": "jobs"}
KEPT_MAX = 200


class Ids:
    """The ids seen so far, by the kind of thing."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.by_kind: dict[str, list[str]] = defaultdict(list)

    def learn(self, path: str, body: Any) -> None:
        """Remember the ids in an answer: `jobId` is one of jobs, `id` one of what the path names last."""
        named = [part for part in path.split("?", maxsplit=1)[0].split("/") if part and not UUID.fullmatch(part)]
        self._walk(named[-1] if named else "things", body)

    def _walk(self, kind: str, value: Any) -> None:
        if isinstance(value, list):
            for each in value[:20]:
                self._walk(kind, each)
        elif isinstance(value, dict):
            for key, each in value.items():
                if isinstance(each, str) and UUID.fullmatch(each):
                    self._keep(kind if key == "id" else key.removesuffix("Id") + "s", each)
                else:
                    self._walk(kind if key in ("items", "data") else f"{key.removesuffix('s')}s", each)

    def _keep(self, kind: str, value: str) -> None:
        kept = self.by_kind[kind]
        if value not in kept:
            kept.append(value)
            del kept[:-KEPT_MAX]

    def pick(self, path: str, name: str) -> str:
        """An id for this place of a path: mostly of the right kind, sometimes of another, sometimes of nothing."""
        before = path.partition("{" + name + "}")[0].rstrip("/").rsplit("/", 1)[-1]
        fitting = self.by_kind.get(SAME.get(before, before)) or []
        die = self.chance.random()
        if fitting and die < 0.85:
            return self.chance.choice(fitting)
        others = [value for kept in self.by_kind.values() for value in kept]
        if others and die < 0.95:
            return self.chance.choice(others)
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
