"""What brands and creators say about themselves."""
