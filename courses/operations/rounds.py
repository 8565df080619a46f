"""The application rounds of a session: kept in step with its window."""

from courses.models import ApplicationRound, Session, SessionStatus


def keep_round(session: Session) -> None:
    """Write the window of a locked session, as it is now, into its round.

    A draft has the first round only, or none while its window has no beginning. Of what is published, a window that begins
    when an earlier one has ended is a further round; any other change is one of the latest. A round that has not begun goes
    with its window.
    """
    latest = session.rounds.order_by("-number").first()
    if session.apply_from is None:
        if latest is not None and not _begun(latest, session):
            latest.delete()
    elif latest is None or _follows(session, latest):
        ApplicationRound.objects.create(
            session=session,
            number=latest.number + 1 if latest else 1,
            apply_from=session.apply_from,
            apply_until=session.apply_until,
        )
    else:
        latest.apply_from, latest.apply_until = session.apply_from, session.apply_until
        latest.save(update_fields=["apply_from", "apply_until"])


def _begun(latest: ApplicationRound, session: Session) -> bool:
    return session.status != SessionStatus.DRAFT and latest.apply_from <= session.now


def _follows(session: Session, latest: ApplicationRound) -> bool:
    if session.status == SessionStatus.DRAFT or session.apply_from is None or latest.apply_until is None:
        return False
    return latest.apply_until <= session.apply_from
