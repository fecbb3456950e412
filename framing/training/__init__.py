"""Training of the cues' heads: the labelled corpus to a bundle with its card."""
