from __future__ import annotations

import pytest

from cranioplasty_training.data.splits import CT_TEST, SUTURED, TEST, TRAIN, VALIDATION, subjects_of


def test_splits_do_not_leak() -> None:
    assert not set(TRAIN) & set(TEST)
    assert not set(TRAIN) & set(VALIDATION)
    assert not set(VALIDATION) & set(TEST)
    assert set(SUTURED) <= set(TRAIN + VALIDATION + TEST)


def test_subjects_of_tests_are_not_trained_on() -> None:
    assert subjects_of("train,000,01") == [*TRAIN, "000"]
    assert subjects_of("") == []
    with pytest.raises(ValueError, match=CT_TEST[0]):
        subjects_of(f"ct-train,{CT_TEST[0]}")
