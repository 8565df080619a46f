from pathlib import Path

import pytest

from skills.models import AssessmentCycle, SkillFramework
from tests.cast import Cast
from tests.skills import small_map


@pytest.fixture
def framework(cast: Cast, tmp_path: Path) -> SkillFramework:
    return small_map.published(tmp_path)


@pytest.fixture
def cycle(framework: SkillFramework) -> AssessmentCycle:
    return small_map.cycle(framework)
