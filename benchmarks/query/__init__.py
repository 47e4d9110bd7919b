"""Lists of campaigns with their totals, this gateway beside other servers: ``make bench-query``."""
