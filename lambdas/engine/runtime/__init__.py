"""The process a function runs in: environment, clients, logging, cores."""
