"""Views of lists that staff keep: filters under a name of their own."""
