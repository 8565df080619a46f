"""`auth/token/`: a token for a password, and its end."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from academy import access
from academy.models import Token
from academy.operations import accounts
from api.errors import Unauthenticated
from api.inputs import Input
from api.rows import local


class Credentials(Input):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=256, trim_whitespace=False)


class IssuedToken(serializers.Serializer[Any]):
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class SignIn(ViewSet):
    """Anyone may try; nobody learns from the answer who exists."""

    public = True
    authentication_classes = ()
    access = {"create": access.signed_in}
    inputs = {"create": Credentials}
    answers = {"create": IssuedToken}

    def create(self, request: Request) -> Response:
        shape = Credentials(data=request.data)
        shape.is_valid(raise_exception=True)
        issued = accounts.sign_in(**shape.validated_data)
        body = {"token": issued.secret, "expires_at": local(issued.token.expires_at)}
        return Response(body, headers={"Cache-Control": "no-store"})


class SignOut(ViewSet):
    """Ends the token that the request came with."""

    access = {"destroy": access.signed_in}
    statuses = {"destroy": 204}

    def destroy(self, request: Request) -> Response:
        if not isinstance(request.auth, Token):
            raise Unauthenticated
        accounts.sign_out(token_id=request.auth.pk, by=request.auth.user)
        return Response(status=204)
