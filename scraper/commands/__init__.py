"""What ``scrape`` does, one module a command."""
