"""What partners inherit: the conformance suite, the base of emulators, and fakes of the ports."""
