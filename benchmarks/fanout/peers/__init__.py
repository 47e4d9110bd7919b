"""Programs beside which the gateway is measured."""
