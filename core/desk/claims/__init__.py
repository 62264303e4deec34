"""Who works on which case now, and which cases wait for somebody with more experience."""
