"""Refusals about parcels."""

from django.utils.translation import gettext_lazy as _

from core.base.errors import Conflict


class DeliveryWrongState(Conflict):
    """The parcel is not where this could be done."""

    reason = "DELIVERY_WRONG_STATE"
    message = _("This delivery is already on its way or settled.")


class DeliveryTwiceOut(Conflict):
    """Two copies may have arrived already."""

    reason = "DELIVERY_TWICE_OUT"
    message = _("Two copies of this message may have arrived already: a third is never sent.")
