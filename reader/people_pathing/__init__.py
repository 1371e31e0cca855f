"""Person tracking as Amazon Rekognition had it: a boto3 client whose calls go to a stack's engine."""

from .errors import StackError
from .rekognition import rekognition_client

__all__ = ["StackError", "rekognition_client"]
