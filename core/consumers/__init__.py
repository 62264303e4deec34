"""Who may pull events: making consumers, their tokens and their places. The pulling itself is the mailbox's, `outbox.consumers`."""
