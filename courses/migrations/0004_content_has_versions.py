from django.db import migrations

# A course that has been offered has been taught with what it had: that is its first version, and published.
FILL = """
    INSERT INTO courses_contentversion (public_id, course_id, number, note, published_at)
    SELECT academy_uuid7(), course.id, 1, '', CASE WHEN EXISTS (
        SELECT FROM courses_session AS held WHERE held.course_id = course.id AND held.status <> 'draft'
    ) THEN academy_now() END
    FROM courses_course AS course
    WHERE EXISTS (SELECT FROM courses_module AS module WHERE module.course_id = course.id);
    UPDATE courses_module AS module SET version_id = version.id
    FROM courses_contentversion AS version WHERE version.course_id = module.course_id;
    UPDATE courses_session AS held SET content_id = version.id
    FROM courses_contentversion AS version
    WHERE version.course_id = held.course_id AND held.status <> 'draft';
    INSERT INTO courses_applicationround (public_id, session_id, number, apply_from, apply_until)
    SELECT academy_uuid7(), id, 1, apply_from, apply_until FROM courses_session WHERE apply_from IS NOT NULL;
    -- Until now every window was set by hand.
    UPDATE courses_session SET fixed_deadlines = '{apply}' WHERE apply_until IS NOT NULL;
    SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0003_programmes_and_plans"),
        ("academy", "0006_notices_and_calendar_feeds"),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
