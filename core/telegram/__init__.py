"""A person's Telegram: the binding of an account to a chat, and what may be done from there."""
