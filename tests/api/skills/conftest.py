from tests.skills.conftest import cycle, framework

__all__ = ["cycle", "framework"]
