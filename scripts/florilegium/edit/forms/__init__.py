"""Forms that people fill in without Git: the text of a filed issue becomes a note, or an edit of one."""

from .answers import FormAnswers, IssueForm, parse_form
from .proposals import Proposal, plan_proposal

__all__ = ["FormAnswers", "IssueForm", "Proposal", "parse_form", "plan_proposal"]
