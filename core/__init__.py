"""The business: what may exist, who may do what, and what happens then. Knows no HTTP, no admin and no Telegram."""
