"""The chat in which a person hears from us."""

from core.telegram import services as telegram
from tests.core.notifications.scenarios import Scene, scenario


@scenario("TELEGRAM_BOUND")
def somebody_binds_a_chat(world):
    person = world.creator()
    code = world.telegram_code(person=person)
    return Scene(lambda: telegram.confirm_binding(code=code, telegram_user_id=world.telegram_id()), people={"OWNER": [person.id]})


@scenario("TELEGRAM_UNBOUND")
def somebody_unlinks_the_chat(world):
    person = world.chat().user
    return Scene(lambda: telegram.unlink(by=person), people={"OWNER": [person.id]})


@scenario("TELEGRAM_UNREACHABLE")
def somebody_blocks_the_bot(world):
    account = world.chat()
    return Scene(lambda: telegram.mark_unreachable(account.chat_id), people={"OWNER": [account.user_id]})
