"""What the parties of a completed deal say of each other: blind until both wrote, or until the time for it is over."""
