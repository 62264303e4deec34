"""What staff take out of the backoffice as files."""
