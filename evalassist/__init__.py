"""EvalAssist's core: the evaluation, what it means, the plan of care and the papers. It knows no window."""

__version__ = "0.1.0"
