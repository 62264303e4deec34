"""Who calls: one person of every role, from the demonstration, a guest, and a system that pulls events."""

import os
from dataclasses import dataclass

import httpx

from core.people.factors.demo import demo_code

DOMAIN = "example.com"
PEOPLE = ("brand", "brand-b", "creator", "creator-b", "moderator", "finance", "finance-2", "admin")


@dataclass
class Caller:
    """Somebody with a token, or a guest without."""

    name: str
    http: httpx.Client
    password: str = ""
    token: str = ""

    def headers(self) -> dict[str, str]:
        """What proves who it is."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def sign_in(self) -> None:
        """A fresh token: an earlier call may have ended the session. Raises httpx.HTTPStatusError.

        A member of staff whose codes are both used comes in again with the next, half a minute later.
        """
        if self.password:
            email = f"{self.name}@{DOMAIN}"
            for later in (0, 1):  # a code is good once, and the next one already
                body = {"email": email, "password": self.password, "code": demo_code(email, self.password, later=later)}
                answer = self.http.post("/api/auth/login", json=body)
                if answer.status_code != 401:
                    break
            if self.token and answer.status_code == 401 and answer.json()["error"]["details"].get("code") == "SECOND_FACTOR_NOT_VALID":
                return
            answer.raise_for_status()
            self.token = answer.json()["data"]["token"]

    def get(self, path: str) -> httpx.Response:
        """The answer to a plain read."""
        return self.http.get(path, headers=self.headers())


def sign_in_all(http: httpx.Client, password: str) -> list[Caller]:
    """Everybody of the demonstration, signed in, a guest, and the first consumer of events where its secret is known."""
    callers = [Caller(name, http, password) for name in PEOPLE]
    for caller in callers:
        caller.sign_in()
    secret = os.environ.get("OUTBOX_CONSUMER_SECRET", "")
    consumers = [Caller("consumer", http, token=secret)] if secret else []
    return [*callers, Caller("guest", http), *consumers]
