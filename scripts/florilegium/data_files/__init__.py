"""The library as data files, for the tools that scholars use; every one of them carries the notices."""

from .files import DataFile

__all__ = ["DataFile"]
