"""What authors of connectors use of the gateway: its ledger on the suite's bench, a plug-in for pytest, and two commands."""
