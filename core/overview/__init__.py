"""What a person sees of several rooms at once: search, deals tab by tab, and the numbers of the first page. Reads only."""
