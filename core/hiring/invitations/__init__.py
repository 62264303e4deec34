"""Invitations: a brand asks a creator to do a job."""
