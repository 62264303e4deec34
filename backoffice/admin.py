"""The rooms of the backoffice, each on the site under its model. Whatever is not named here has no page."""

from backoffice.accounts import AccountAdmin
from backoffice.adjustments import AdjustmentAdmin
from backoffice.audit import AuditAdmin
from backoffice.disputes import DisputeAdmin
from backoffice.escrows import EscrowAdmin
from backoffice.jobs import JobAdmin
from backoffice.ledger import LedgerAdmin
from backoffice.mailbox.chats import ChatAdmin
from backoffice.mailbox.consumers import ConsumerAdmin
from backoffice.mailbox.deliveries import DeliveryAdmin
from backoffice.mailbox.endpoints import EndpointAdmin
from backoffice.mailbox.events import EventAdmin
from backoffice.mailbox.state import ChannelAdmin
from backoffice.payouts import PayoutAdmin
from backoffice.people import PeopleAdmin
from backoffice.reports import ReportAdmin
from backoffice.rules import CommissionRuleAdmin, LimitAdmin
from backoffice.site import site
from backoffice.topups import TopUpAdmin
from backoffice.verifications import VerificationAdmin
from core.audit.models import AuditEntry
from core.disputes.models import Dispute
from core.jobs.models import Job
from core.money.adjustments.models import Adjustment
from core.money.models import Account, Escrow, LedgerEntry, Payout, TopUp
from core.people.models import User, Verification
from core.reports.models import Report
from core.rules.models import CommissionRule, Limit
from core.telegram.models import TelegramAccount
from core.webhooks.models import Endpoint
from outbox.consumers.models import Consumer
from outbox.models import Channel, Delivery, Event

site.register(Job, JobAdmin)
site.register(Verification, VerificationAdmin)
site.register(Report, ReportAdmin)
site.register(Dispute, DisputeAdmin)
site.register(User, PeopleAdmin)
site.register(Payout, PayoutAdmin)
site.register(TopUp, TopUpAdmin)
site.register(Adjustment, AdjustmentAdmin)
site.register(Escrow, EscrowAdmin)
site.register(Account, AccountAdmin)
site.register(LedgerEntry, LedgerAdmin)
site.register(CommissionRule, CommissionRuleAdmin)
site.register(Limit, LimitAdmin)
site.register(TelegramAccount, ChatAdmin)
site.register(Channel, ChannelAdmin)
site.register(Delivery, DeliveryAdmin)
site.register(Event, EventAdmin)
site.register(Consumer, ConsumerAdmin)
site.register(Endpoint, EndpointAdmin)
site.register(AuditEntry, AuditAdmin)
