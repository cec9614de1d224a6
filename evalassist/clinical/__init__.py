"""The reasoning: pure functions from answers and content to an assessment and a plan of care."""
