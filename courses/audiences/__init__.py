"""Whom a course is for: rule ∪ include − exclude. Decisions that write nothing, and the same rule as one query.

A *rule* is a JSON tree. `{}` is everyone; any other node is `{"all": [nodes]}`, `{"any": [nodes]}` or one condition:

    {"grade_at_least": "tmg.kacho"}        {"grade_at_most": "tmg.kacho_dairi"}     {"grade_is": ["tmg.shunin"]}
    {"job_family": ["ict"]}                {"hiring_category": ["I-B"]}             {"status": ["manager_candidate"]}
    {"organization_kind": ["municipality"]}  (of the person's bureau-level body)
    {"organization": ["B05"]}                (its subtree)
    {"headquarters": true}                 {"new_recruit": true}
    {"years_in_grade_at_least": 3}         {"years_in_grade_less_than": 1}  (whole years, 係長職1年未満)

Whoever holds no primary post on the day is in no audience, by rule or by name: there are no facts to judge by.
"""

from courses.audiences.compiled import admitted, named, people, posts
from courses.audiences.previews import Preview, preview
from courses.audiences.references import References, references_for, unknown_codes
from courses.audiences.rules import Condition, Group, Kind, Node, conditions, parse, read
from courses.audiences.verdicts import Finding, Verdict, admits, asking, explain, explain_all, explain_each

__all__ = [
    "Condition",
    "Finding",
    "Group",
    "Kind",
    "Node",
    "Preview",
    "References",
    "Verdict",
    "admits",
    "admitted",
    "asking",
    "conditions",
    "explain",
    "explain_all",
    "explain_each",
    "named",
    "parse",
    "people",
    "posts",
    "preview",
    "read",
    "references_for",
    "unknown_codes",
]
