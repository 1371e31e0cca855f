"""Messages and events the pipeline receives and sends."""
