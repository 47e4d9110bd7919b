"""What the command line does beside a gateway, or without one."""
