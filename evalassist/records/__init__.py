"""The records on this computer's disk: the only SQL in EvalAssist."""
