"""Inputs: whatever a desk holds, at any size, to articles and skips."""
