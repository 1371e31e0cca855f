"""A video's time: its clock, its first and last frames, seeking, and the instants that are analysed."""
