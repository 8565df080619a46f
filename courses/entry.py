"""What getting into a session takes: the policy of its programme, or the one that a programme without any has.

Reads and writes nothing: whoever asks has read the session `with_audience()`.
"""

from courses.models import EnrollmentPolicy, Program, Session


def policy_of(session: Session) -> EnrollmentPolicy:
    return program_policy(session.course.program)


def program_policy(program: Program) -> EnrollmentPolicy:
    try:
        return program.enrollment_policy
    except EnrollmentPolicy.DoesNotExist:
        return EnrollmentPolicy(program=program)
