"""The budgets are measured on the stage of the matrix."""

from tests.api.conftest import stage

__all__ = ["stage"]
