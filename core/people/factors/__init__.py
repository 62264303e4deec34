"""The second factor of staff, and where they are signed in to the backoffice."""
