"""One total to thousands of viewers, this gateway beside other servers: ``make bench-fanout``."""
