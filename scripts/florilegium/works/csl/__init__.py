"""CSL items as works of literature, and back: https://docs.citationstyles.org/en/stable/specification.html."""
