"""Each function's environment variables are checked at its first use."""

import pytest

from pipeline.errors import ConfigurationError
from pipeline.runtime.environment import (
    AnswerScenesEnvironment,
    CollectTracksEnvironment,
    PipelineEnvironment,
    ReconcileJobsEnvironment,
    StartTrackingEnvironment,
)

_SHARED = {
    "TRACKS_TABLE": "tracks",
    "RESULTS_BUCKET": "results",
    "RETENTION_DAYS": "30",
    "TRACKING_ENDPOINT": "engine",
    "ENGINE_FUNCTION": "engine-api",
}
_UPLOADS = {"VIDEOS_BUCKET": "videos", "UPLOAD_QUEUE_URL": "https://sqs/uploads"}
_COLLECTS = {"COLLECT_QUEUE_URL": "https://sqs/collects"}
_ANSWERS = {"ANSWERS_QUEUE_URL": "https://sqs/answers"}
_PUBLISHING = {
    "COMPLETION_TOPIC_ARN": "arn:aws:sns:eu-central-1:123456789012:done",
    "PUBLISH_ROLE_ARN": "arn:aws:iam::123456789012:role/publish",
}
_NEEDED: dict[type[PipelineEnvironment], dict[str, str]] = {
    StartTrackingEnvironment: {**_SHARED, **_UPLOADS, **_PUBLISHING},
    CollectTracksEnvironment: {**_SHARED, **_COLLECTS, **_ANSWERS},
    AnswerScenesEnvironment: {**_SHARED, **_ANSWERS},
    ReconcileJobsEnvironment: {**_SHARED, **_UPLOADS, **_COLLECTS},
}


@pytest.mark.parametrize(
    ("model", "name"), [(model, name) for model, needed in _NEEDED.items() for name in sorted(needed)]
)
def test_a_missing_variable_is_named_with_what_it_must_be(
    model: type[PipelineEnvironment], name: str
) -> None:
    rest = {key: value for key, value in _NEEDED[model].items() if key != name}
    with pytest.raises(ConfigurationError, match=f"^The environment variable {name} is missing; it must be "):
        model.read(rest)


@pytest.mark.parametrize("model", _NEEDED)
def test_a_function_needs_no_variable_of_another(model: type[PipelineEnvironment]) -> None:
    assert model.read({**_NEEDED[model], "OF_ANOTHER": "x"}).retention_days == 30


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("RETENTION_DAYS", "0", "a number of days from 1 to 3650"),
        ("RETENTION_DAYS", "a week", "a number of days from 1 to 3650"),
        ("COLLECT_QUEUE_URL", "collects", "the URL of the collect queue"),
        ("CHECKPOINT_SECONDS", "-1", "the least number of seconds between two checkpoints"),
        *(
            ("TRACKING_ENDPOINT", value, "'engine', 'aws' or the http(s) URL of an endpoint")
            for value in ("Engine", "ftp://x", "", "https://")
        ),
    ],
)
def test_a_wrong_value_is_named_with_what_it_must_be(name: str, value: str, what: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        CollectTracksEnvironment.read({**_NEEDED[CollectTracksEnvironment], name: value})
    assert str(caught.value) == f"The environment variable {name} must be {what}; it is {value!r}."


def test_all_wrong_variables_are_named_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        StartTrackingEnvironment.read({"TRACKING_ENDPOINT": "aws"})
    missing = _NEEDED[StartTrackingEnvironment].keys() - {"TRACKING_ENDPOINT", "ENGINE_FUNCTION"}
    assert all(name in str(caught.value) for name in missing)


def test_other_endpoints_need_no_engine_function() -> None:
    rest = {
        key: value for key, value in _NEEDED[CollectTracksEnvironment].items() if key != "ENGINE_FUNCTION"
    }
    assert CollectTracksEnvironment.read({**rest, "TRACKING_ENDPOINT": "aws"}).tracking_endpoint == "aws"
