"""How far a collection has come, kept in the table."""

from pipeline.storage.attribute_values import item, plain_item
from pipeline.storage.checkpoint import Checkpoint, Position


def test_a_checkpoint_comes_back_from_the_table_as_it_went() -> None:
    checkpoint = Checkpoint(Position("token", 17), False, 4, 70_000, ("00001-00000", "00002-00001"), 1, 2)
    assert Checkpoint.of(plain_item(item({"Checkpoint": checkpoint.as_values()}))["Checkpoint"]) == checkpoint


def test_an_expired_token_starts_over_and_remembers_that_it_did() -> None:
    checkpoint = Checkpoint(Position("token", 17), False, 4, 70_000, ("00001-00000",), 1, 0)
    assert checkpoint.restarted() == Checkpoint(restarts=2)
