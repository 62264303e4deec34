"""One's own data: all of it to take along, and the account closed for good."""
