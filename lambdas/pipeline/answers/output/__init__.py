"""What is made of a video's answers: tables, CSV files, hours, minutes, a summary."""
