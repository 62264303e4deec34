"""What people report to moderators, and what moderators decide about it. The one who is reported learns nothing of it."""
