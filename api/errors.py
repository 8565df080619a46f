"""What HTTP itself refuses, in the family of the domain's refusals."""

from academy.errors import DomainError
from academy.text import Text


class Unauthenticated(DomainError):
    code = "not_authenticated"
    status = 401
    title = Text("サインインが必要です", "Sign-in needed")
    text = Text("有効なトークンを付けてください。", "Send a valid token.")


class MethodNotAllowed(DomainError):
    code = "method_not_allowed"
    status = 405
    title = Text("使えないメソッドです", "Method not allowed")
    text = Text("この場所ではこのメソッドを使えません。", "This address does not take this method.")


class UnsupportedMediaType(DomainError):
    code = "unsupported_media_type"
    status = 415
    title = Text("扱えない形式です", "Unsupported media type")
    text = Text("application/json で送ってください。", "Send application/json.")


class NotAcceptable(DomainError):
    code = "not_acceptable"
    status = 406
    title = Text("返せない形式です", "Not acceptable")
    text = Text("この形式では返せません。", "This cannot be given in that form.")


class Malformed(DomainError):
    code = "malformed_json"
    status = 400
    title = Text("JSON として読めません", "Malformed JSON")
    text = Text("{reason}", "{reason}")


class StaleETag(DomainError):
    code = "stale_if_match"
    status = 412
    title = Text("ほかの人が先に変更しました", "Changed by somebody else")
    text = Text("最新の内容を取得してからやり直してください。", "Fetch it again, then repeat the change.")


class IdempotencyMismatch(DomainError):
    code = "idempotency_mismatch"
    status = 422
    title = Text("Idempotency-Key は使用済みです", "Idempotency-Key already used")
    text = Text("同じキーが別の内容で使われました。", "The same key came with another request before.")


class AnswerTooLarge(DomainError):
    code = "answer_too_large"
    status = 400
    title = Text("Idempotency-Key には大きすぎる処理です", "Too large for an Idempotency-Key")
    text = Text("内容を分けて送ってください。何も変更していません。", "Send it in parts. Nothing was changed.")


class Overloaded(DomainError):
    code = "overloaded"
    status = 503
    title = Text("混雑しています", "Overloaded")
    text = Text(
        "いまは処理できません。しばらく待ってからやり直してください。", "This cannot be done now. Try again shortly."
    )
    retry_after = 5


class InternalFault(DomainError):
    code = "internal_fault"
    status = 500
    title = Text("内部エラー", "Internal fault")
    text = Text(
        "記録しました。X-Request-Id を添えてお問い合わせください。", "It was logged. Report it with the X-Request-Id."
    )
