"""What an hour of video costs on AWS and how long it takes: documented prices times measured seconds."""
