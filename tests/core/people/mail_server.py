"""A mail server on loopback that speaks SMTP and does to each letter what it was told."""

import socket
import socketserver
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

OK = "250 OK"


class MailServer(socketserver.ThreadingTCPServer):
    """Keeps what it takes. `says` are its answers by command, "220" for the greeting and "." for the end of a letter.

    CUT hangs up there, SILENCE says nothing for a while and hangs up then.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.says: dict[str, str] = {}
        self.letters: list[str] = []

    @property
    def port(self) -> int:
        return self.server_address[1]

    def handle_error(self, request, client_address) -> None:
        """A caller who has gone away is not worth a traceback."""


class Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        if not self.say("220", "220 loopback"):
            return
        while line := self.rfile.readline().decode().strip():
            command = line.split(":")[0].split(" ")[0].upper()
            if command == "DATA" and not self.take_letter():
                return
            if command == "QUIT":
                self.say("QUIT", "221 Bye")
                return
            if command != "DATA" and not self.say(command, OK):
                return

    def take_letter(self) -> bool:
        """Whether the conversation goes on after the letter."""
        if not self.say("DATA", "354 Go ahead"):
            return False
        if self.server.says.get("DATA", "354").startswith("354"):
            lines = []
            while (line := self.rfile.readline().decode()) not in (".\r\n", ""):
                lines.append(line)
            if not self.server.says.get(".", OK).startswith(("4", "5")):
                self.server.letters.append("".join(lines))
            return self.say(".", OK)
        return True

    def say(self, command: str, usual: str) -> bool:
        """Whether the caller still listens."""
        said = self.server.says.get(command, usual)
        if said == "SILENCE":
            time.sleep(3)
            return False
        if said == "CUT":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        self.wfile.write(f"{said}\r\n".encode())
        return True


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """It listens meanwhile."""
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.shutdown()
