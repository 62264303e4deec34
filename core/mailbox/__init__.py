"""What staff do with parcels on their way: try again, give up, send a range once more, pause a channel."""
