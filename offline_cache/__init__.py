"""What survives: the encrypted store with journal and outbox, and the way to central."""
