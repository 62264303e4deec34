"""What moderators decide about the texts of jobs."""
