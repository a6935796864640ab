"""What servers serve: one piece of work with one result, as WSGI and as ASGI."""

import hashlib


def result():
    x = 0.5
    for _ in range(2000):
        x = 3.7 * x * (1.0 - x)
    return ("%r %s" % (x, hashlib.sha256(b"work" * 500).hexdigest())).encode()


def wsgi(environ, start_response):
    body = result()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


async def asgi(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": result()})
