"""Code that both Lambda packages carry."""
