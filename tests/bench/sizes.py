"""How large a set is measured, and which works there are."""

from dataclasses import dataclass

YEARS = 5  # fiscal years over which the sessions lie
FIRST_YEAR = 2018
WORKS = ("lists", "applications", "assignment", "decision", "roster", "audiences", "reports", "flatness")
TODAY = "2022-12-01"  # the business day of every run: most sessions are over, some are to come


@dataclass(frozen=True)
class Size:
    staff: int
    enrollments: int
    sessions: int

    def __post_init__(self) -> None:
        if self.sessions % (2 * YEARS) or self.enrollments % self.sessions:
            raise ValueError(f"sessions are a multiple of {2 * YEARS}, enrolments a multiple of the sessions")
        # Two sessions of a course in a year take different people; more sessions would meet at the same hour.
        if self.staff < 2 * self.per_session or self.sessions > 5_000:
            raise ValueError("at least twice as many staff as enrolments of a session, at most 5,000 sessions")

    @property
    def per_session(self) -> int:
        return self.enrollments // self.sessions

    @property
    def database(self) -> str:
        return f"academy_bench_{self.staff}_{self.enrollments}_{self.sessions}"

    def __str__(self) -> str:
        return f"{self.staff:,} staff, {self.enrollments:,} enrolments, {self.sessions:,} sessions"


FULL = Size(170_000, 3_000_000, 2_000)
SMALL = Size(10_000, 100_000, 200)
LEAST = Size(1_000, 10_000, 20)  # what the lists of a larger set are compared with: they must be as fast
