"""The desk of moderators: what queues of jobs and of creators have in common."""
