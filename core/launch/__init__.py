"""What `./run` and `./test` do before and around Django. Only the standard library, and nothing of the business."""
