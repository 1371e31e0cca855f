"""What a function is given: environment, clients, logging, its deadline."""
