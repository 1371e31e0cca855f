"""A scene over days: its figures, two periods compared, and where people stood, on a page of its own."""
