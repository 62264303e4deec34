"""The door of Telegram: what people write to the bot becomes verbs, and notices become messages."""
