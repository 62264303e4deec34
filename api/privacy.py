"""One's own data: all of it to take along, and the account closed for good."""

from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from api import idempotency, renderers
from api.auth import sign_out_browser
from api.base import Shape, Viewset, describe, route
from api.people import password_field
from api.permissions import SignedIn
from core.base import trace
from core.people.models import Session
from core.privacy import services
from core.privacy.belongings import ALL
from core.privacy.errors import AccountHasObligations
from core.privacy.export import write_personal_data

IN_MEMORY_BYTES_MAX = 1_048_576  # a larger export waits on disk, and leaves in pieces
FILE_NAME = 'attachment; filename="my-data.json"'

# One key for each table; the rows hold what the routes show, and more of one's own.
ExportOut = type(
    "ExportOut",
    (Shape,),
    {
        kept.name: serializers.DictField(allow_null=True) if kept.is_single else serializers.ListField(child=serializers.DictField())
        for kept in ALL
    },
)


class DeleteIn(Shape):
    password = password_field()
    confirm = serializers.BooleanField(help_text="Has to be true: nothing brings the account back.")

    def validate_confirm(self, confirm: bool) -> bool:
        """Nobody leaves by mistake."""
        if not confirm:
            raise serializers.ValidationError(_("Confirm that the account is to be deleted for good."))
        return confirm


class DeletedOut(Shape):
    deleted = serializers.BooleanField()


class PrivacyViewset(Viewset):
    permission_classes = [SignedIn]
    throttle_scope = {"export": "export", "delete_account": "password"}
    replayable = False  # the stored answers of a person go with the account

    @describe(
        "Everything that is kept about me",
        detail="One object with a list for each kind of thing, as it was at one moment. A long one is streamed; the envelope is the same.",
        response=ExportOut,
    )
    def export(self, request: Request) -> HttpResponseBase:
        file: Any = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES_MAX)  # noqa: SIM115 - whoever sends it closes it
        file.write(b'{"ok":true,"data":')
        write_personal_data(file, by=request.user)
        file.write(b',"requestId":"' + trace.request_id().encode() + b'"}')
        return sent(file)

    @describe(
        "Delete my account",
        detail="Names, address, profile and payout details are gone for good; deals of the past, reviews, messages and the books stay, "
        "under the name of a deleted account. Refused while deals, disputes or money are not finished: `blockers` says what to do.",
        request=DeleteIn,
        response=DeletedOut,
        errors=[AccountHasObligations],
        example={"password": "correct-horse-battery-9", "confirm": True},
    )
    def delete_account(self, request: Any) -> HttpResponse:
        services.erase_account(by=request.user, password=self.body()["password"])
        idempotency.forget_person(request.user)
        response = self.show({"deleted": True})
        if request.auth.kind == Session.Kind.COOKIE:
            sign_out_browser(response)
        return response


def sent(file: IO[bytes]) -> HttpResponseBase:
    """The file as an answer: whole when it is short, else in pieces."""
    size = file.tell()
    file.seek(0)
    if size > IN_MEMORY_BYTES_MAX:
        response: HttpResponseBase = FileResponse(file, content_type=renderers.JSON)
        response.headers["Content-Length"] = str(size)
    else:
        response = HttpResponse(file.read(), content_type=renderers.JSON)
        file.close()
    response.headers["Content-Disposition"] = FILE_NAME
    return response


urls = [
    route("me/export", PrivacyViewset, get="export"),
    route("me/delete", PrivacyViewset, post="delete_account"),
]
