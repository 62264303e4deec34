from django.apps import AppConfig


class PerfConfig(AppConfig):
    """Evidence: a world of any size, and benchmarks over it. Nothing here is imported by the product."""

    name = "perf"
