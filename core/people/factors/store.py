"""Where Django keeps the sessions of the backoffice: the row holds a digest, so that a copy of the table opens nothing."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from core.base import clock
from core.base.crypto import digest

FROM = "from"  # what a sign-in notes in the session: where the browser is, and what it calls itself
BEGAN = "began_at"


class SessionStore(DatabaseStore):
    """Sessions by the digest of their key, with the person in a column of its own."""

    @classmethod
    def get_model_class(cls) -> Any:
        """The rows."""
        from core.people.factors.models import BackofficeSession  # noqa: PLC0415 - this module is read before there are models

        return BackofficeSession

    def _get_session_from_db(self) -> Any:
        living = self.model.objects.filter(session_key=digest(self.session_key or ""), expire_date__gt=clock.now())
        found = living.first()
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        """Whether a session has this key."""
        return self.model.objects.filter(session_key=digest(session_key)).exists()

    def delete(self, session_key: str | None = None) -> None:
        """The session is gone: this one, or the one of that key."""
        key = session_key or self.session_key
        if key is not None:
            self.model.objects.filter(session_key=digest(key)).delete()

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row of this session as it is now."""
        place = data.get(FROM) or {}
        began = data.get(BEGAN)
        row: Any = self.get_model_class()
        return row(
            session_key=digest(self._get_or_create_session_key()),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=data.get("_auth_user_id"),
            user_agent=place.get("user_agent", ""),
            ip=place.get("ip"),
            seen_at=clock.now(),
            **({"began_at": datetime.fromtimestamp(began, UTC)} if began else {}),
        )
