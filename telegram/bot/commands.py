"""What people write to the bot, and the verbs that it becomes. A refusal of core is a reply in words.

`handle` is pure but for the verbs that it calls: it sends nothing, and gives back what is to be sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bot.replies import INTRODUCTION, answer_press, drop_buttons, help_text, say
from bot.updates import Command, Membership, Person, Press, read
from core.base import clock
from core.base.errors import Refusal
from core.hiring.invitations import services as invitations
from core.people.models import User
from core.telegram import selectors, services
from core.telegram.buttons import Button, button_in, callback_of
from core.telegram.errors import ButtonUnknown
from core.telegram.inbox import Reply
from core.telegram.models import ButtonToken, TelegramAccount

MUTE_HOURS_MAX = 30 * 24
UNLINK_WITHIN = timedelta(minutes=10)
PROFILE = "/dashboard/profile"
Action = ButtonToken.Action


@dataclass(frozen=True)
class Talk:
    """A person who writes, and the account behind the chat, if there is one."""

    update_id: int
    person: Person
    account: TelegramAccount | None

    @property
    def user(self) -> User | None:
        """The person of ours."""
        return self.account.user if self.account else None

    @property
    def language(self) -> str:
        """The language that the person chose here, or else has in Telegram, or else that of the marketplace."""
        if self.account is not None:
            return str(self.account.user.language)
        spoken = self.person.language[:2].lower()
        return spoken if spoken in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE

    def say(self, text: str, **more: Any) -> list[Reply]:
        """A message to this person."""
        return [say(self.person.chat_id, text, **more)]


def handle(update: Mapping[str, Any]) -> list[Reply]:
    """What this update asked for is done, or refused in words; returns what is to be sent, in this order."""
    found = read(update)
    if found is None:
        return []
    if isinstance(found, Membership):
        change = services.mark_reachable if found.is_open else services.mark_unreachable
        change(found.person.chat_id)
        return []
    talk = Talk(update["update_id"], found.person, selectors.account_of_chat(found.person.id))
    with translation.override(talk.language):
        if isinstance(found, Press):
            return on_press(talk, found)
        services.mark_reachable(found.person.chat_id)
        try:
            return COMMANDS.get(found.name, on_other)(talk, found)
        except Refusal as refusal:
            return talk.say(refusal.text())


def refuse(update: Mapping[str, Any]) -> list[Reply]:
    """What whoever sends too many updates is told, instead of what this one asked for."""
    found = read(update)
    if found is None or isinstance(found, Membership):
        return []
    talk = Talk(update["update_id"], found.person, selectors.account_of_chat(found.person.id))
    with translation.override(talk.language):
        text = _("Too often. Wait a minute and try again.")
        return [answer_press(found.id, text)] if isinstance(found, Press) else talk.say(text)


# ── Commands ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def on_start(talk: Talk, command: Command) -> list[Reply]:
    """The beginning of a chat; by a link from the profile, with the code in it."""
    if command.argument:
        return on_bind(talk, command)
    if talk.user is not None:
        return talk.say(_("Linked to {email}. Notices come to this chat.").format(email=selectors.masked_email(talk.user)))
    ask = _("Ask for a code in your profile and send it here like this: /bind ABCD2345")
    return talk.say(f"{INTRODUCTION}\n\n{ask}\n{settings.APP_BASE_URL}{PROFILE}")


def on_bind(talk: Talk, command: Command) -> list[Reply]:
    """The chat belongs to whoever made the code."""
    if not command.argument:
        return talk.say(_("Send the code from your profile like this: /bind ABCD2345"))
    person = talk.person
    account = services.confirm_binding(code=command.argument, telegram_user_id=person.id, chat_id=person.chat_id, username=person.username)
    with translation.override(account.user.language):
        email = selectors.masked_email(account.user)
        return talk.say(_("Done: this chat is linked to {email}. Notices come here from now on.").format(email=email))


def on_unlink(talk: Talk, command: Command) -> list[Reply]:
    """Asks once more, by a button."""
    if talk.account is None:
        return not_linked(talk)
    account = talk.account
    wanted = Button(account.user_id, Action.UNLINK, account.id, clock.now() + UNLINK_WITHIN)
    ((button_id),) = services.offer_buttons([wanted]).values()
    buttons = [[{"text": _("Yes, unlink"), "callback_data": callback_of(button_id)}]]
    return talk.say(_("Unlink this chat? Notices will come to the app alone."), buttons=buttons)


def on_mute(talk: Talk, command: Command) -> list[Reply]:
    """Only what is critical comes, for so many hours or until /unmute."""
    if talk.user is None:
        return not_linked(talk)
    hours = command.argument
    if hours and not (hours.isascii() and hours.isdigit() and 1 <= int(hours[:9]) <= MUTE_HOURS_MAX):
        return talk.say(_("Give the hours as a number from 1 to {limit}, for example: /mute 8").format(limit=MUTE_HOURS_MAX))
    account = services.mute(by=talk.user, hours=int(hours) if hours else None)
    if account.muted_until is None:
        return talk.say(_("Quiet now. Only money and security come here until you send /unmute."))
    until = date_format(account.muted_until, "j E, H:i") + " UTC"
    return talk.say(_("Quiet until {until}. Only money and security come here.").format(until=until))


def on_unmute(talk: Talk, command: Command) -> list[Reply]:
    """Everything comes again."""
    if talk.user is None:
        return not_linked(talk)
    services.unmute(by=talk.user)
    return talk.say(_("Everything comes here again."))


def on_help(talk: Talk, command: Command) -> list[Reply]:
    """All that the bot understands."""
    return talk.say(help_text())


def on_other(talk: Talk, command: Command) -> list[Reply]:
    """A short help, at most once a minute: whoever talks to a bot at length needs no answer to each line."""
    if not services.may_help(talk.update_id, talk.person.chat_id):
        return []
    return talk.say(_("I understand commands only. Here they are: /help"))


def not_linked(talk: Talk) -> list[Reply]:
    """There is nothing to do it with."""
    return talk.say(_("This chat is not linked to any account. Send /start to see how to link it."))


COMMANDS: dict[str, Callable[[Talk, Command], list[Reply]]] = {
    "start": on_start,
    "bind": on_bind,
    "unlink": on_unlink,
    "mute": on_mute,
    "unmute": on_unmute,
    "help": on_help,
}


# ── Buttons ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def on_press(talk: Talk, press: Press) -> list[Reply]:
    """What the button stands for is done in the name of the person it was made for; whoever else presses it learns nothing."""
    button_id, user = button_in(press.callback), talk.user
    if button_id is None or user is None:
        return [answer_press(press.id, ButtonUnknown().text())]
    try:
        button = services.press_button(button_id, by=user, act=lambda pressed: act(pressed, by=user))
    except Refusal as refusal:
        return [answer_press(press.id, refusal.text())]
    cleared = [drop_buttons(talk.person.chat_id, press.message_id)] if press.message_id else []
    return [answer_press(press.id), *cleared, *talk.say(outcome(button))]


def act(button: ButtonToken, *, by: User) -> None:
    """The verb of this button. Raises what it refuses with."""
    if button.action == Action.ACCEPT_INVITATION:
        invitations.accept_invitation(button.subject_id, by=by)
    elif button.action == Action.DECLINE_INVITATION:
        invitations.decline_invitation(button.subject_id, by=by)
    else:
        services.unlink(by=by)


def outcome(button: ButtonToken) -> str:
    """What is true now."""
    if button.action == Action.ACCEPT_INVITATION:
        return _("You have accepted the invitation. The brand sees your application and can write to you.")
    if button.action == Action.DECLINE_INVITATION:
        return _("You have declined the invitation.")
    return _("This chat is unlinked. To link it again, ask for a code in your profile.")
