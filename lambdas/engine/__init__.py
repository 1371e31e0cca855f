"""The engine: people tracking behind the StartPersonTracking and GetPersonTracking contract."""
