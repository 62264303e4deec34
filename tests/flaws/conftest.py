"""The calls are those of the matrix, on its stage."""

from tests.api.conftest import stage

__all__ = ["stage"]
