import time
import pytest
from django.db import connection
from academy import facts
from tests.enrollments.test_assign import *
from tests.enrollments.scene import *
@pytest.mark.django_db(transaction=True)
def test_bench(cast):
    people = masses(cast, 5000)
    with connection.cursor() as c:
        c.execute("ANALYZE")
        c.execute("EXPLAIN (ANALYZE) "+facts._FACTS, {"staff":[people[3].pk],"days":[dt.date(2022,7,14)],"bureau_level":["bureau"]})
        print("\n".join(r[0] for r in c.fetchall()))
    t=time.perf_counter()
    for p in people[:300]: facts.facts_of([p.pk], on=dt.date(2022,7,14))
    print("facts ms", (time.perf_counter()-t)/300*1000)
