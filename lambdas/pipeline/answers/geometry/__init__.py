"""Geometry: where a person's path crosses an edge, and which crossings count."""
