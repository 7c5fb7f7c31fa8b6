"""Bringing a plan to AWS and holding what happened against what was predicted."""
