"""The cost model adds up."""

import pytest

from bench.cost import prices
from bench.cost.model import Measured, Setting, estimate

HOUR = Setting(Measured(detect=0.5, link=0.01, start=1.0), fan_out=120)


def test_detection_is_paid_by_processor_seconds_whatever_the_fan_out() -> None:
    vcpu_second = prices.LAMBDA_GB_SECOND * prices.LAMBDA_MB_PER_VCPU / 1024
    alone = estimate(HOUR.but(fan_out=1))
    assert alone.detecting == pytest.approx(3600 * 0.5 * vcpu_second, rel=0.01)


def test_more_workers_are_faster_and_pay_for_their_start_only() -> None:
    few, many = estimate(HOUR.but(fan_out=10)), estimate(HOUR)
    assert many.wall < few.wall / 2
    starts = 110 * 1.0 * HOUR.detect_mb / 1024 * prices.LAMBDA_GB_SECOND
    assert many.lambdas - few.lambdas == pytest.approx(starts)


def test_more_workers_than_segments_change_nothing() -> None:
    assert estimate(HOUR.but(fan_out=500)) == estimate(HOUR)


def test_less_memory_is_slower_but_no_dearer() -> None:
    half = estimate(HOUR.but(detect_mb=1504, fan_out=1))
    assert half.detecting == pytest.approx(estimate(HOUR.but(fan_out=1)).detecting, rel=0.01)
    assert half.wall > 1.5 * estimate(HOUR.but(fan_out=1)).wall


def test_two_hours_cost_about_twice_as_much() -> None:
    assert estimate(HOUR.but(seconds=7200)).total == pytest.approx(2 * estimate(HOUR).total, rel=0.15)
