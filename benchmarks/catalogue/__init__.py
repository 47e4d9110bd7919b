"""The catalogue of campaigns at scale."""
