"""What is kept on this machine's own disk, and the in-memory twins that tests use."""
