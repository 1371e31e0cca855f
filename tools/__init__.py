"""The product on this machine: the embedded AWS, the demo and the loopback endpoint."""
