"""A function's environment that does not fit, in its logs."""

VARIABLE_MISSING = "The environment variable {name} is missing."
VARIABLE_WRONG = "The environment variable {name} is {value!r}; {wanted}."
