"""Messages and events that the pipeline receives and sends."""
