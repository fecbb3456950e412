"""From scored articles to outlets: rates with intervals, ranks, trends, comparisons, pages."""
