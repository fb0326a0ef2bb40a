"""A library of one's own: the files that it begins with, and the frame of its site, which a later version renews."""

from .starter_files import Update, is_outdated, plan_library, plan_update

__all__ = ["Update", "is_outdated", "plan_library", "plan_update"]
