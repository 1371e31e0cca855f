"""How close the engine comes to the machine's floor, and what would make it faster."""
