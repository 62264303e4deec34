"""Whatever two people and their deal do, in any order: the counters say what the messages say, and every change has its version."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.base.errors import Refusal
from core.chat.models import Conversation, Inbox, Message, Participant
from core.chat.selectors import unread
from core.chat.services import (
    archive_conversation,
    archive_ended_conversation,
    archive_ended_conversations,
    read_messages,
    send_message,
    unarchive_conversation,
)
from core.deals.services import approve_work, cancel_job, request_changes, submit_work
from core.jobs.models import Job
from core.money.services import fund_escrow
from tests.api.lines import undone
from tests.core.chat.traces import miscounted
from tests.world import FILES

HISTORIES, STEPS = 60, 30
SIDES = st.sampled_from(["brand", "creator"])
STEP = st.one_of(
    st.tuples(st.just("send"), SIDES, st.sampled_from([None, "a", "b"])),
    st.tuples(st.just("read"), SIDES, st.integers(0, 40)),
    st.tuples(st.sampled_from(["archive", "unarchive", "delete", "clear"]), SIDES, st.none()),
    st.tuples(st.sampled_from(["fund", "submit", "changes", "approve", "cancel"]), SIDES, st.none()),
)


class Life:
    """A deal and its conversation, and what may be done with them."""

    def __init__(self, job: Job) -> None:
        self.job, self.talk = job, Conversation.objects.get(job=job)
        self.people = {"brand": job.brand, "creator": job.active_creator}

    def step(self, act: str, side: str, detail: str | int | None) -> None:
        """One act of one of the two, whatever comes of it."""
        by, job_id, talk_id = self.people[side], self.job.id, self.talk.id
        said = Message.objects.filter(conversation=self.talk)
        verbs = {
            "send": lambda: send_message(talk_id, by=by, body="Hello!", client_id=detail),
            "read": lambda: read_messages(talk_id, by=by, up_to_id=said.get(number=1 + detail % said.count()).id),
            "archive": lambda: archive_conversation(talk_id, by=by),
            "unarchive": lambda: unarchive_conversation(talk_id, by=by),
            "delete": lambda: archive_ended_conversation(talk_id, by=by),
            "clear": lambda: archive_ended_conversations(by=by),
            "fund": lambda: fund_escrow(job_id, by=by),
            "submit": lambda: submit_work(job_id, by=by, items=FILES),
            "changes": lambda: request_changes(job_id, by=by, comment="Brighter."),
            "approve": lambda: approve_work(job_id, by=by),
            "cancel": lambda: cancel_job(job_id, by=by),
        }
        before = self.versions()
        try:
            verbs[act]()
        except Refusal:
            assert self.versions() == before

    def versions(self) -> dict[str, tuple[int, int]]:
        """How far the inbox and the view of each side have come."""
        return {
            side: (Inbox.objects.get(user=person).version, Participant.objects.get(conversation=self.talk, user=person).version)
            for side, person in self.people.items()
        }

    def judge(self) -> None:
        """Everything that is counted is right."""
        assert miscounted(self.talk) == []
        for person in self.people.values():
            view = Participant.objects.get(conversation=self.talk, user=person)
            assert view.version == Inbox.objects.get(user=person).version
            waits = view.unread_count if view.archived_at is None else 0
            total = unread(person)
            assert (total.messages, total.conversations, total.version) == (waits, int(waits > 0), view.version)
        numbers = list(Message.objects.filter(conversation=self.talk).order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.slow
def test_the_counters_are_right_after_any_history(world):
    life = Life(world.accepted_job())

    @settings(max_examples=HISTORIES, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(steps=st.lists(STEP, min_size=1, max_size=STEPS))
    def lives(steps):
        with undone():
            for act, side, detail in steps:
                life.step(act, side, detail)
            life.judge()

    lives()
