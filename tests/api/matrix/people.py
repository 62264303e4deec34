"""Who may come in, who may change an account, and who may block people."""

from core.people import services as people
from core.people.letters.links import token_of
from core.people.models import EmailToken, Session
from core.reports.services import block_person
from tests.api.matrix import Stage, line, thing
from tests.world import PASSWORD, unique


@thing
def owner_session(stage: Stage) -> object:
    """Another device on which the owner is signed in."""
    session, _token = people.log_in(email=stage.owner.email, password=PASSWORD, kind=Session.Kind.TOKEN)
    return session.id


@thing
def stranger(stage: Stage) -> object:
    """A person whom support may block."""
    return stage.world.bare_creator().id


@thing
def blocked_stranger(stage: Stage) -> object:
    """A person whom support may unblock."""
    person = stage.world.bare_creator()
    return block_person(person.id, by=stage.support, reason="Takes brands away.").id


def registration(stage: Stage) -> dict[str, str]:
    return {"email": f"{unique('anna')}@example.com", "password": PASSWORD, "role": "CREATOR"}


def credentials(stage: Stage) -> dict[str, str]:
    return {"email": stage.owner.email, "password": PASSWORD}


def confirmation(stage: Stage) -> dict[str, str]:
    return {"token": token_of(EmailToken.objects.get(user=stage.world.bare_creator()))}


def new_password(stage: Stage) -> dict[str, str]:
    person = stage.world.bare_creator()
    people.request_password_reset(email=person.email)
    return {"token": token_of(EmailToken.objects.get(user=person, purpose="RESET_PASSWORD")), "password": "new-horse-battery-10"}


OWN_PASSWORD = {"currentPassword": PASSWORD, "newPassword": "new-horse-battery-10"}
REASON = {"reason": "Takes brands away from the marketplace."}

LINES = [
    # These look at no token, so that an old one never stands in the way.
    line("POST /api/auth/register", body=registration, everyone=201, blocked=201),
    line("POST /api/auth/login", body=credentials, everyone=200, blocked=200),
    line("POST /api/auth/password/reset", body={"email": "nobody@example.com"}, everyone=200, blocked=200),
    line("POST /api/auth/password/reset/confirm", body=new_password, everyone=200, blocked=200),
    line("POST /api/auth/email/verify", body=confirmation, everyone=200, blocked=200),
    line("POST /api/auth/logout", people=200),
    line("GET /api/auth/sessions", people=200),
    line("DELETE /api/auth/sessions/{owner_session}", people=404, owner=200),
    line("POST /api/auth/password/change", body=OWN_PASSWORD, people=200),
    line("POST /api/auth/email/resend", people=200),
    line("GET /api/me", people=200),
    line("PATCH /api/me", body={"language": "en"}, people=200),
    line("POST /api/admin/people/{stranger}/block", body=REASON, people=403, support=200, moderator=200),
    line("POST /api/admin/people/{blocked_stranger}/unblock", people=403, support=200, moderator=200),
]
