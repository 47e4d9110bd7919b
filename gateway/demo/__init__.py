"""The demo: both emulators, a private Redis, the gateway, and donations flowing."""
