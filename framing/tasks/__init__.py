"""Heads for labels of any task: read, fit, measure, compare, keep versions."""
