"""What staff need to work, and nobody else ever sees."""
