"""Processes are killed while people work; afterwards every fact has been told to everybody whom it concerns."""
