"""The life of an enrolment in plain lists: what is promised, in other words than those of the code that keeps it.

Two sessions of a course, a few people of two bureaus, days counted from the first. A move changes the lists or raises
`Refused`; what a refused move changed before is thrown away by whoever tried it on a copy.
"""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from tests.enrollments.places import (
    ANSWERED_WITHIN,
    HELD,
    LIVE,
    RESULTS,
    SEATED,
    TAKING_PART,
    Kept,
    Kind,
    Place,
    Run,
    bureau_of,
    refuse,
    refuse_first,
)


@dataclass
class World:
    kind: Kind
    runs: list[Run]
    day: int = 0
    excluded: set[int] = field(default_factory=set)
    batches: list[tuple[int, bool]] = field(default_factory=list)  # of which session, whether undone

    # What holds.

    def against(self, which: int, who: int, *, waits_here: bool = False) -> list[str]:
        """What stands in the way of a person, first what is said first."""
        here = [each for each in self.runs[which].places if each.who == who and each.status in HELD]
        elsewhere = [each for each in self.runs[1 - which].of(*SEATED) if each.who == who]
        found = {
            "already_applied": here and not waits_here,
            "course_taken_this_year": elsewhere and not self.kind.repeatable,
            "not_eligible": who in self.excluded,
            "person_clash": elsewhere and self.kind.together,
        }
        return [code for code, holds in found.items() if holds]

    def refuse_begun(self, run: Run) -> None:
        refuse(run.cancelled or self.day > run.last, "session_over")
        refuse(self.day >= run.first, "session_begun")

    def expired(self, run: Run, place: Place) -> bool:
        return self.day >= min(place.since + ANSWERED_WITHIN, run.first)

    def late(self, place: Place) -> bool:
        """The office has as long as there is."""
        return place.pending != "office" and self.day > place.since + ANSWERED_WITHIN

    # The queue.

    def move_up(self, which: int, *, asked: Iterable[int] = ()) -> None:
        """Whoever waits, in the order of numbers, as far as rules and seats allow; `asked`: who just asked, by number."""
        run = self.runs[which]
        if run.cancelled or self.day >= run.first:
            return
        for place in self.next_in(which):
            offered = self.kind.offers and place.number not in asked
            place.status, place.since = "offered" if offered else "enrolled", self.day

    def move_all_up(self) -> None:
        for which in range(len(self.runs)):
            self.move_up(which)

    def next_in(self, which: int) -> Iterable[Place]:
        """Whose turn it is; each is given a seat before the next is asked for."""
        for place in self.runs[which].of("waitlisted"):
            if not self.against(which, place.who, waits_here=True) and self.runs[which].no_room(place.who) is None:
                yield place

    def left_by_the_queue(self, which: int) -> Run:
        """The session as it would be when everybody who waits had a turn, also when it is too late for that."""
        self.move_up(which)
        copy = deepcopy(self)
        for place in copy.next_in(which):
            place.status = "enrolled"
        return copy.runs[which]

    # Coming.

    def apply(self, which: int, who: int) -> None:
        run = self.runs[which]
        refuse(run.cancelled, "session_not_open")
        refuse(self.day > self.kind.closes, "session_closed")
        refuse_first(self.against(which, who))
        if self.kind.stages:
            self.ask(run.enter(who, "applied", self.day), "unit_head")
        elif self.kind.decided:
            run.enter(who, "applied", self.day)
        else:
            waits = run.no_room(who) or self.left_by_the_queue(which).no_room(who)
            run.enter(who, "waitlisted" if waits else "enrolled", self.day)

    def assign(self, which: int, people: Sequence[int]) -> list[set[str]]:
        """Why not, for each."""
        run = self.runs[which]
        refuse(run.cancelled, "session_not_open")
        refuse(self.day > run.last, "session_over")
        undecided = {each.who: each for each in run.of("applied") if not each.pending}
        why = {who: set(self.against(which, who, waits_here=who in undecided)) for who in people}
        left = self.left_by_the_queue(which)
        for who in people:
            no_room = None if why[who] else left.no_room(who)
            why[who] |= {no_room} if no_room else set()
            if not why[who]:
                left.enter(who, "enrolled", self.day)
        given = [who for who in people if not why[who]]
        if not undecided.keys() >= set(given):
            self.batches.append((which, False))
        for who in given:
            if who in undecided:
                undecided[who].status = "enrolled"
            else:
                run.enter(who, "enrolled", self.day, batch=len(self.batches) - 1)
        return [why[who] for who in people]

    # Approvals.

    def ask(self, place: Place, level: str) -> None:
        """Nobody decides for the bureau of industry: its stage goes to the office."""
        if level == "bureau" and bureau_of(place.who) == "industry":
            place.stages.append(("bureau", "escalated"))
            level = "office"
        place.stages.append((level, "pending"))
        place.since = self.day

    def decide(self, which: int, place: Place, *, agrees: bool) -> None:
        refuse(not place.pending, "approval_already_decided")
        self.refuse_begun(self.runs[which])
        refuse(self.late(place), "approval_overdue")
        place.stage_ends("approved" if agrees else "refused")
        if agrees:
            self.agreed(which, [place])
        else:
            place.end("rejected", "not_approved")

    def agreed(self, which: int, places: Iterable[Place]) -> None:
        """Those of whom nobody else has to agree wait with the number they have, and are not offered what they ask for."""
        done = []
        for place in places:
            if self.kind.stages == 2 and place.stages[-1][0] == "unit_head":
                self.ask(place, "bureau")
            elif not self.kind.decided:
                place.status = "waitlisted"
                done.append(place.number)
        if done:
            self.move_up(which, asked=done)

    def end_what_is_overdue(self) -> None:
        for which, run in enumerate(self.runs):
            if self.day >= run.first and not run.cancelled:
                for place in run.of("applied"):
                    place.end("lapsed", "session_begun")
            late = [each for each in run.of("applied") if each.pending and self.late(each)]
            at = {level: [each for each in late if each.pending == level] for level in self.kind.overdue}
            for level, rule in self.kind.overdue.items():
                self.overdue(which, at[level], rule)

    def overdue(self, which: int, late: list[Place], rule: str) -> None:
        for place in late:
            place.stage_ends({"escalate": "escalated", "pass": "passed", "drop": "dropped"}[rule])
            if rule == "escalate":
                self.ask(place, {"unit_head": "bureau", "bureau": "office"}[place.stages[-1][0]])
            elif rule == "drop":
                place.end("lapsed", "approval_overdue")
        if rule == "pass":
            self.agreed(which, late)

    # Offers.

    def answer(self, which: int, place: Place, *, accepts: bool) -> None:
        refuse(place.ended_as == "offer_expired", "offer_expired")
        refuse(place.status != "offered", "no_offer")
        refuse(self.expired(self.runs[which], place), "offer_expired")
        if accepts:
            refuse_first(self.against(which, place.who, waits_here=True))
            place.status = "enrolled"
        else:
            place.end("withdrawn", "offer_declined")
            self.move_up(which)

    def end_offers(self) -> None:
        for which, run in enumerate(self.runs):
            over = [each for each in run.of("offered") if self.expired(run, each)]
            for place in over:
                place.end("lapsed", "offer_expired")
            if over:
                self.move_up(which)

    # Seats.

    def limit(self, which: int, capacity: int | None) -> None:
        run = self.runs[which]
        refuse(run.cancelled, "session_over")
        refuse(capacity is not None and capacity < run.taken(), "capacity_below_seats_taken")
        kept = sum(each.seats for each in run.quotas.values())
        refuse(capacity is not None and capacity < kept, "capacity_below_quotas")
        run.capacity = capacity
        refuse(run.promises_more_than_it_has(), "more_kept_than_free")
        self.move_up(which)

    def keep(self, which: int, quotas: dict[str, Kept]) -> None:
        run = self.runs[which]
        refuse(run.cancelled, "session_takes_no_quota")
        refuse(
            any(each.most is not None and run.taken(bureau) > each.most for bureau, each in quotas.items()),
            "invalid_input",
        )
        kept = sum(each.seats for each in quotas.values())
        refuse(run.capacity is not None and kept > run.capacity, "quotas_exceed_capacity")
        run.quotas = quotas
        refuse(run.promises_more_than_it_has(), "more_kept_than_free")
        self.move_up(which)

    # Leaving.

    def withdraw(self, which: int, place: Place) -> None:
        self.refuse_begun(self.runs[which])
        refuse(place.status not in LIVE, "illegal_transition")
        kinds = {"applied": "before_decision", "waitlisted": "before_decision", "offered": "offer_declined"}
        place.end("withdrawn", kinds.get(place.status, "after_decision"))
        self.move_up(which)

    def substitute(self, which: int, place: Place, who: int) -> None:
        self.refuse_begun(self.runs[which])
        refuse(place.status != "enrolled", "no_seat_to_leave")
        refuse(who == place.who or bureau_of(who) != bureau_of(place.who), "invalid_input")
        refuse_first(self.against(which, who))
        place.end("withdrawn", "substituted")
        self.runs[which].enter(who, "enrolled", self.day)

    def transfer(self, which: int, place: Place) -> None:
        target = self.runs[1 - which]
        refuse(place.status != "enrolled", "no_seat_to_leave")
        self.refuse_begun(self.runs[which])
        refuse(target.cancelled, "session_not_open")
        place.end("withdrawn", "transferred")
        refuse(self.day > target.last, "session_over")
        refuse_first(self.against(1 - which, place.who))
        no_room = self.left_by_the_queue(1 - which).no_room(place.who)
        refuse_first([no_room] if no_room else [])
        target.enter(place.who, "enrolled", self.day)
        self.move_up(which)

    def cancel_seats(self, which: int, places: Iterable[Place]) -> list[str]:
        """Why not, for each."""
        why = []
        for place in places:
            seat = place.status in ("offered", "enrolled", "in_progress")
            why.append("" if seat else "no_seat")
            if seat:
                place.end("cancelled", "by_office")
        self.move_up(which)
        return why

    def undo(self, batch: int) -> list[str]:
        which, undone = self.batches[batch]
        run = self.runs[which]
        refuse(undone, "batch_undone")
        held = self.day >= run.first if run.cancelled_on is None else run.cancelled_on > run.first
        refuse(held, "session_begun")
        self.batches[batch] = (which, True)
        why = []
        for place in [each for each in run.places if each.batch == batch]:
            why.append("" if place.status == "enrolled" else "seat_changed")
            if place.status == "enrolled":
                place.end("cancelled", "undone")
        self.move_up(which)
        return why

    def cancel(self, which: int) -> None:
        refuse(self.runs[which].cancelled, "illegal_transition")
        self.runs[which].cancelled_on = self.day
        for place in self.runs[which].of(*LIVE):
            place.end("cancelled", "session_cancelled")

    # Decisions.

    def propose(self, which: int, *, reserves: bool) -> None:
        run = self.runs[which]
        refuse(not self.kind.decided, "not_by_decision")
        refuse(run.cancelled, "session_not_open")
        refuse(self.day <= self.kind.closes, "applications_open")
        refuse(self.day >= run.first, "session_begun")
        applied = run.of("applied")
        refuse(any(each.pending for each in applied), "approvals_pending")
        refuse(not applied, "nobody_applied")
        refuse(run.draft is not None, "draft_exists")
        left = self.left_by_the_queue(which)
        passed = [each for each in applied if not self.against(which, each.who, waits_here=True)]
        lines = []
        for place in passed:
            seat = left.no_room(place.who) is None
            lines.append((run.places.index(place), "seat" if seat else "reserve" if reserves else "not_selected"))
            if seat:
                left.enter(place.who, "enrolled", self.day)
        run.draft = lines + [(run.places.index(each), "ineligible") for each in applied if each not in passed]

    def publish(self, which: int) -> None:
        run = self.runs[which]
        assert run.draft is not None
        lines = [(run.places[at], outcome) for at, outcome in run.draft if run.places[at].status == "applied"]
        refuse(run.cancelled, "session_not_open")
        refuse(self.day >= run.first, "session_begun")
        seats = [place for place, outcome in lines if outcome == "seat"]
        left = self.left_by_the_queue(which)
        for place in seats:
            refuse(bool(self.against(which, place.who, waits_here=True)), "decision_outdated")
            left.enter(place.who, "enrolled", self.day)
        refuse(left.promises_more_than_it_has(), "decision_outdated")
        for place, outcome in lines:
            if outcome == "seat":
                place.status = "enrolled"
            elif outcome == "reserve":
                run.last_number += 1
                place.status, place.number = "waitlisted", run.last_number
            else:
                place.end("rejected", outcome)
        run.draft = None
        self.move_up(which)

    # What became of it.

    def mark(self, which: int, place: Place, meeting: int, *, there: bool) -> None:
        run = self.runs[which]
        refuse(run.cancelled, "meeting_cancelled")
        refuse(self.day < run.first + meeting, "meeting_not_started")
        refuse(place.status not in TAKING_PART, "invalid_input")
        if place.marks.get(meeting) != there:
            place.marks[meeting] = there
            self.judge(run, place)
            if place.status == "enrolled":
                place.status = "in_progress"

    def judge_what_is_over(self) -> None:
        for run in self.runs:
            for place in run.of("enrolled", "in_progress"):
                self.judge(run, place)

    def judge(self, run: Run, place: Place) -> None:
        """Both meetings make it complete, at once; what is less is known when both are over and marked."""
        there = sum(place.marks.values())
        if there == 2 or place.status in RESULTS or (len(place.marks) == 2 and self.day > run.last):
            place.status = ("absent", "not_completed", "completed")[there]

    def exempt(self, place: Place) -> None:
        refuse(place.status not in TAKING_PART, "not_taking_part")
        refuse(place.status == "completed", "completed_already")
