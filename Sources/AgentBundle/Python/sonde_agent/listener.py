"""The socket that shells connect to: its file, its mode, and who may come in."""

import _socket
import os
import stat
import sys

_PEER_CREDENTIALS = 17  # SO_PEERCRED
_CREDENTIALS_SIZE = 12
_LONGEST_PATH = 107


class Listener:
    """A listening socket and its file."""

    def __init__(self, path, uid):
        """Listens at the path; raises `OSError` or `ValueError`.

        What stands there is replaced only when it is a socket of this process's user, or of the shell's.
        """
        if len(os.fsencode(path)) > _LONGEST_PATH:
            raise ValueError("the socket's path is too long: " + path)
        try:
            status = os.lstat(path)
        except FileNotFoundError:
            pass
        else:
            if not stat.S_ISSOCK(status.st_mode) or status.st_uid not in (os.geteuid(), uid):
                raise ValueError("something else stands at " + path)
            os.unlink(path)
        self.path = path
        self._uid = uid
        self._socket = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM | _socket.SOCK_CLOEXEC)
        try:
            # The mode of the socket decides that of the file which bind makes: it is never open to others.
            os.fchmod(self._socket.fileno(), 0o600)
            self._socket.bind(path)
            os.chmod(path, 0o600)
            status = os.lstat(path)
            self._identity = (status.st_dev, status.st_ino)
            self._socket.listen(16)
        except BaseException:
            self._socket.close()
            raise

    @property
    def fileno(self):
        """The socket's descriptor."""
        return self._socket.fileno()

    def wait(self, seconds):
        """The next connection, waited for; None when none comes."""
        set_patience(self._socket, seconds)
        self._socket.setblocking(True)
        return self._accept()

    def serve(self):
        """From now on nobody waits here."""
        self._socket.setblocking(False)

    def accepted(self):
        """The connections that wait, a few at most."""
        connections = []
        for _ in range(16):
            connection = self._accept()
            if connection is None:
                break
            connections.append(connection)
        return connections

    def _accept(self):
        """A connection from somebody who may come in; None when there is none, or when no descriptors are left."""
        while True:
            try:
                accepted, _ = self._socket._accept()
            except OSError:
                return None
            connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, accepted)
            if is_allowed(connection, self._uid):
                return connection
            connection.close()

    @property
    def is_in_place(self):
        """Whether the file is still the one that was made here."""
        try:
            status = os.lstat(self.path)
        except OSError:
            return False
        return (status.st_dev, status.st_ino) == self._identity

    def unlink(self):
        """Removes the file."""
        if self.is_in_place:
            try:
                os.unlink(self.path)
            except OSError:
                pass

    def close(self):
        """Closes the socket."""
        self._socket.close()


def set_patience(connection, seconds):
    """Has whoever waits for input there, or for room, give up after that many seconds (`socket(7)`)."""
    # A span of nothing would be one without end.
    microseconds = max(int(seconds * 1e6), 1)
    span = b"".join([part.to_bytes(8, sys.byteorder) for part in divmod(microseconds, 1000000)])
    connection.setsockopt(_socket.SOL_SOCKET, _socket.SO_RCVTIMEO, span)
    connection.setsockopt(_socket.SOL_SOCKET, _socket.SO_SNDTIMEO, span)


def is_allowed(connection, uid):
    """Whether the other side is this process's user, the shell's, or root."""
    try:
        data = connection.getsockopt(_socket.SOL_SOCKET, _PEER_CREDENTIALS, _CREDENTIALS_SIZE)
    except OSError:
        return False
    return int.from_bytes(data[4:8], sys.byteorder) in (0, os.geteuid(), uid)
