"""The mailbox as its keepers see it: events, parcels, consumers, webhooks, chats, and how it all runs."""
