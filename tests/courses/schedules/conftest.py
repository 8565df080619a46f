import pytest

from tests.cast import Cast
from tests.courses.catalogue import Catalogue, assemble


@pytest.fixture
def catalogue(cast: Cast) -> Catalogue:
    return assemble(cast)
