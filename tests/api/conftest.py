"""Alice and Bob have an application each and see a collection each; Charlie administers."""

import pytest

from tests.api.callers import EVERYTHING, Caller, new_caller


@pytest.fixture
def alice(db: None) -> Caller:  # noqa: ARG001
    return new_caller("claims-assistant", collections=("claims", "default"))


@pytest.fixture
def bob(db: None) -> Caller:  # noqa: ARG001
    return new_caller("customer-portal", collections=("public",))


@pytest.fixture
def charlie(db: None) -> Caller:  # noqa: ARG001
    return new_caller("administration", scopes=(*EVERYTHING, "admin"))
