"""Batches: many articles to one output, resumed where a run was broken off."""
