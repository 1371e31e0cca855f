"""The clients a function works with."""

import pytest

from pipeline.runtime.environment import CollectTracksEnvironment
from pipeline.services import Services


def test_a_client_is_made_at_its_first_use_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "DEFAULT_REGION"):
        monkeypatch.setenv(f"AWS_{name}", "us-east-1")
    variables = {
        "TRACKS_TABLE": "tracks",
        "RESULTS_BUCKET": "results",
        "RETENTION_DAYS": "30",
        "TRACKING_ENDPOINT": "aws",
        "COLLECT_QUEUE_URL": "https://sqs/collects",
        "ANSWERS_QUEUE_URL": "https://sqs/answers",
    }
    services = Services(CollectTracksEnvironment.read(variables))
    assert vars(services).keys() == {"environment"}

    assert services.sqs is services.sqs

    assert vars(services).keys() == {"environment", "sqs"}
