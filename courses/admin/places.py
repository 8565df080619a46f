"""Venues and instructors, kept together by whoever plans any programme; and what a course may ask for."""

from typing import Any

from django import forms
from django.contrib import admin

from academy.access import central_hr
from academy.admin import Button, OperationAdmin, OperationForm, RowField, StaffField
from academy.text import Text, bilingual
from courses import access
from courses.models import CompletionPolicy, ExamScheme, Instructor, Venue
from courses.operations import places, policies

CHANGE = Text("変更する", "Change")


class VenueForm(OperationForm):
    names = Venue
    name_ja = forms.CharField(max_length=200)
    name_en = forms.CharField(max_length=200, required=False)
    seats = forms.IntegerField(min_value=1, max_value=2_147_483_647, required=False)

    def initial_of(self, row: Venue) -> dict[str, Any]:
        return {name: getattr(row, name) for name in ("name_ja", "name_en", "seats")}

    def save(self) -> Venue:
        return places.change_venue(venue_id=self.row.pk, **self.entered(), by=self.by)


class NewVenueForm(VenueForm):
    code = forms.SlugField(max_length=60)
    online = forms.BooleanField(required=False)
    field_order = ("code",)

    def save(self) -> Venue:
        return places.create_venue(**self.entered(), by=self.by)


@admin.register(Venue)
class VenueAdmin(OperationAdmin[Venue]):
    list_display = ("code", "name_ja", "seats", "online")
    list_filter = ("online",)
    search_fields = ("code", "name_ja")
    fields = ("code", "name_ja", "name_en", "seats", "online")
    visible = access.venues_visible_to
    may_view = access.may_keep_places
    adding = Button("add", Text("会場を追加する", "Add a venue"), NewVenueForm, access.may_keep_places)
    buttons = (Button("change", CHANGE, VenueForm, access.may_keep_places),)


class InstructorForm(OperationForm):
    names = Instructor
    name = forms.CharField(max_length=100)
    affiliation = forms.CharField(max_length=200, required=False)

    def initial_of(self, row: Instructor) -> dict[str, Any]:
        return {"name": row.name, "affiliation": row.affiliation}

    def save(self) -> Instructor:
        return places.change_instructor(instructor_id=self.row.pk, **self.entered(), by=self.by)


class NewInstructorForm(InstructorForm):
    staff = StaffField(
        required=False, help_text=bilingual("外部の講師は空欄にします。", "Leave it empty for somebody from outside.")
    )

    def save(self) -> Instructor:
        return places.create_instructor(**self.entered(), by=self.by)


@admin.register(Instructor)
class InstructorAdmin(OperationAdmin[Instructor]):
    list_display = ("name", "affiliation")
    search_fields = ("name_folded",)
    fields = ("name", "affiliation")
    visible = access.instructors_visible_to
    may_view = access.may_keep_places
    adding = Button("add", Text("講師を追加する", "Add an instructor"), NewInstructorForm, access.may_keep_places)
    buttons = (Button("change", CHANGE, InstructorForm, access.may_keep_places),)


class PolicyForm(OperationForm):
    names = CompletionPolicy
    name_ja = forms.CharField(max_length=200)
    name_en = forms.CharField(max_length=200, required=False)
    certifies = forms.BooleanField(required=False, initial=True)
    attendance_numerator = forms.IntegerField(min_value=0, max_value=32_767, initial=0)
    attendance_denominator = forms.IntegerField(min_value=1, max_value=32_767, initial=1)
    all_lessons = forms.BooleanField(required=False)
    exam = RowField(required=False)
    proposal = forms.BooleanField(required=False)

    def prepare(self) -> None:
        self.fields["exam"].offer(access.exam_schemes_visible_to(self.viewer).order_by("code"))  # type: ignore[attr-defined]

    def initial_of(self, row: CompletionPolicy) -> dict[str, Any]:
        return {name: getattr(row, name) for name in self.base_fields}

    def save(self) -> CompletionPolicy:
        return policies.change_policy(policy_id=self.row.pk, **self.entered(), by=self.by)


class NewPolicyForm(PolicyForm):
    code = forms.SlugField(max_length=60)
    field_order = ("code",)

    def save(self) -> CompletionPolicy:
        return policies.create_policy(**self.entered(), by=self.by)


@admin.register(CompletionPolicy)
class CompletionPolicyAdmin(OperationAdmin[CompletionPolicy]):
    list_display = ("code", "name_ja", "certifies", "all_lessons", "exam", "proposal")
    list_select_related = ("exam",)
    visible = access.policies_visible_to
    may_view = access.may_keep_places
    adding = Button("add", Text("修了条件を追加する", "Add a completion policy"), NewPolicyForm, central_hr)
    buttons = (Button("change", CHANGE, PolicyForm, central_hr),)


@admin.register(ExamScheme)
class ExamSchemeAdmin(OperationAdmin[ExamScheme]):
    list_display = ("code", "name_ja", "total_max", "total_min")
    visible = access.exam_schemes_visible_to
    may_view = access.may_keep_places
