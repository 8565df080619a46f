from academy.models.accounts import SignInAttempt, Token, User, UserKind
from academy.models.ledger import AuditEvent, IdempotencyRecord, Job, JobStatus
from academy.models.organizations import (
    BUREAU_LEVEL,
    Grade,
    GradeGroup,
    GradeLadder,
    HiringCategory,
    JobFamily,
    Organization,
    OrganizationEdge,
    OrganizationKind,
)
from academy.models.people import Assignment, AssignmentKind, Sensitivity, Staff, StaffStatus, StatusKind
from academy.models.roles import Role, RoleGrant

__all__ = [
    "BUREAU_LEVEL",
    "Assignment",
    "AssignmentKind",
    "AuditEvent",
    "Grade",
    "GradeGroup",
    "GradeLadder",
    "HiringCategory",
    "IdempotencyRecord",
    "Job",
    "JobFamily",
    "JobStatus",
    "Organization",
    "OrganizationEdge",
    "OrganizationKind",
    "Role",
    "RoleGrant",
    "Sensitivity",
    "SignInAttempt",
    "Staff",
    "StaffStatus",
    "StatusKind",
    "Token",
    "User",
    "UserKind",
]
