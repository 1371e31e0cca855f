"""Items in the tracks table and objects in the results bucket."""
