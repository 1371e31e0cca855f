"""One person's path: built from boxes in bounded memory, and simplified."""
