"""What a function is given: environment, clients, logging, cores."""
