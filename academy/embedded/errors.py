"""What the embedded mode refuses or cannot do, said to a person in Japanese and in English."""


class EmbeddedError(Exception):
    """Ends a command with one line in each language and a non-zero exit code, never with a traceback."""

    def __init__(self, japanese: str, english: str) -> None:
        super().__init__(english)
        self.japanese = japanese
        self.english = english

    def __str__(self) -> str:
        return f"{self.japanese}\n{self.english}"


NO_SPACE_SIGNS = ("No space left on device", "Disk quota exceeded")


def no_space(where: object) -> EmbeddedError:
    return EmbeddedError(
        f"ディスクの空きが足りません: {where}。空きを作ってからもう一度実行してください。",
        f"The disk is full: {where}. Free some space and run the command again.",
    )


def failed(what_ja: str, what_en: str, output: str) -> EmbeddedError:
    """A program that ended badly: its last lines, and a full disk by its name."""
    if any(sign in output for sign in NO_SPACE_SIGNS):
        return no_space(what_en)
    tail = "\n".join(output.strip().splitlines()[-8:])
    return EmbeddedError(f"{what_ja}に失敗しました。", f"{what_en} failed.\n{tail}".rstrip())
