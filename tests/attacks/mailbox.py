"""A mail server that keeps what it is given."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message


class Mailbox(socketserver.ThreadingTCPServer):
    daemon_threads = True
    received: list[Message]

    @property
    def address(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def ids(self) -> list[str]:
        """The Message-ID of each that was accepted, in order."""
        return [str(each["Message-ID"]) for each in self.received]


class _Conversation(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        for line in self.rfile:
            command = line[:4].upper()
            if command == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.server.received.append(message_from_bytes(b"".join(iter(self.rfile.readline, b".\r\n"))))
            self.wfile.write(b"221 bye\r\n" if command == b"QUIT" else b"250 ok\r\n")


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    with Mailbox(("127.0.0.1", 0), _Conversation) as server:
        server.received = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
