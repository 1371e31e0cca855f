"""What a function works with: environment, clients, logging, clock and its deadline."""
