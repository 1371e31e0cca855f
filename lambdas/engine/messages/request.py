"""Calls that are not as the contract has them."""

from __future__ import annotations

BODY_NOT_JSON = "The request body is not a JSON object."
UNKNOWN_OPERATION = "The requested operation is not known."

REQUIRED = "{member} is required."
NOT_AN_INTEGER = "{member} must be an integer."
NOT_A_STRING = "{member} must be a string."
NOT_A_STRUCTURE = "{member} must be a structure."
NOT_UNICODE = "{member} must be valid Unicode."
TOO_SMALL = "{member} must be at least {limit}."
TOO_LARGE = "{member} must be at most {limit}."
TOO_SHORT = "{member} must have at least {limit} characters."
TOO_LONG = "{member} must have at most {limit} characters."
NO_MATCH = "{member} must match {pattern}"
NOT_AMONG = "{member} must be one of {choices}."
