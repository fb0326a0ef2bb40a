"""A library of one's own: the files that it begins with, and the frame of its site, which a later version renews."""

from .starter_files import Update, is_outdated, plan_library, plan_update, program_address
from .vendored_program import WHEEL, pack_wheel

__all__ = ["WHEEL", "Update", "is_outdated", "pack_wheel", "plan_library", "plan_update", "program_address"]
