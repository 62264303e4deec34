"""Benchmarks that anyone can repeat: ours beside a bare handler with the same SQL, on the same server, in one run.

Times on a shared machine are noise; ratios of neighbours in one interleaved run, and processor time per request, are not.
"""
