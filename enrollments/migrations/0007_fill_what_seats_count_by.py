"""What the rows of before say in the new columns: by what seats count in quotas, and what an end was.

Notices of before are settled: nobody is sent a mail about what was told long ago.
"""

from django.db import migrations

# Names of this file alone are put into the statements.
# ruff: noqa: S608
_SEATED = "('offered', 'enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent')"

ENROLLMENTS = f"""
    UPDATE enrollments_enrollment AS held SET
        seat_bureau_id = CASE WHEN held.status IN {_SEATED} THEN held.bureau_id END,
        seat_grade_id = CASE WHEN held.status IN {_SEATED} THEN held.grade_id END,
        new_recruit = extract(year FROM person.hired_on - interval '3 months')
            = extract(year FROM held.reference_date - interval '3 months'),
        ended_as = CASE held.status
            WHEN 'withdrawn' THEN CASE WHEN held.decided_at IS NULL THEN 'before_decision' ELSE 'after_decision' END
            WHEN 'cancelled' THEN 'session_cancelled'
            WHEN 'rejected' THEN 'not_selected'
            ELSE '' END
    FROM academy_staff AS person WHERE person.id = held.staff_id
"""
# Until now a quota was a number that planning read: it becomes what is kept and the ceiling, or what is taken already.
QUOTAS = f"""
    UPDATE courses_seatquota AS quota SET seats_taken = counted.seats, ceiling = greatest(quota.seats, counted.seats)
    FROM (
        SELECT quota.id, count(seat.id) AS seats FROM courses_seatquota AS quota
        LEFT JOIN enrollments_enrollment AS seat ON seat.session_id = quota.session_id
            AND seat.seat_bureau_id = quota.organization_id AND seat.status IN {_SEATED}
        GROUP BY quota.id
    ) AS counted
    WHERE counted.id = quota.id
"""
NOTICES = "UPDATE academy_notice SET mail_settled = true"


class Migration(migrations.Migration):
    dependencies = [
        ("academy", "0007_mail_and_preferences"),
        ("courses", "0008_entry_policies_forms_and_quotas"),
        ("enrollments", "0006_approvals_decisions_and_draws"),
    ]

    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in (ENROLLMENTS, QUOTAS, NOTICES)]
