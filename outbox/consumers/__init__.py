"""Those who come for events themselves: each with tokens of its own, and with a place of its own in what happened."""
