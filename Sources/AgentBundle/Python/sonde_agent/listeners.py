"""The sockets that shells connect to: their files, their modes, and who may come in."""

import _socket
import os
import stat
import sys

_PEER_CREDENTIALS = 17  # SO_PEERCRED
_CREDENTIALS_SIZE = 12
_LONGEST_PATH = 107


class Listeners:
    """The listening sockets by descriptor; one, or more when the shell came again by another path."""

    def __init__(self, loop):
        self._loop = loop
        self._sockets = {}

    def __contains__(self, fileno):
        return fileno in self._sockets

    def add(self, path, uid):
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
        listener = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM | _socket.SOCK_CLOEXEC)
        try:
            listener.setblocking(False)
            # The mode of the socket decides that of the file which bind makes: it is never open to others.
            os.fchmod(listener.fileno(), 0o600)
            listener.bind(path)
            os.chmod(path, 0o600)
            listener.listen(16)
        except BaseException:
            listener.close()
            raise
        identity = os.lstat(path)
        self._sockets[listener.fileno()] = (listener, path, (identity.st_dev, identity.st_ino))
        self._loop.add(listener.fileno())

    def accepted(self, fileno):
        """The connections that wait, a few at most."""
        listener = self._sockets[fileno][0]
        connections = []
        for _ in range(16):
            try:
                accepted, _ = listener._accept()
            except OSError:
                # Nobody there any more, or no descriptors left: the shell sees its connection wait, the target goes on.
                break
            connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, accepted)
            connection.setblocking(False)
            connections.append(connection)
        return connections

    def unlink(self):
        """Removes the files, where they are still those that were made here."""
        for _, path, identity in list(self._sockets.values()):
            try:
                status = os.lstat(path)
                if (status.st_dev, status.st_ino) == identity:
                    os.unlink(path)
            except OSError:
                pass

    def close(self):
        """Closes the sockets."""
        for fileno in list(self._sockets):
            self._loop.remove(fileno)
        self.abandon()

    def abandon(self):
        """Closes the sockets of a forked child. The epoll is the parent's too: what it watches must stay."""
        for listener, _, _ in list(self._sockets.values()):
            listener.close()
        self._sockets.clear()


def is_allowed(connection, uid):
    """Whether the other side is this process's user, the shell's, or root."""
    try:
        data = connection.getsockopt(_socket.SOL_SOCKET, _PEER_CREDENTIALS, _CREDENTIALS_SIZE)
    except OSError:
        return False
    return int.from_bytes(data[4:8], sys.byteorder) in (0, os.geteuid(), uid)
