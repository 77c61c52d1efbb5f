"""A server that speaks OpenAI's protocol as `vllm serve` does, over real sockets, and lies where it is told to.

Its tokenizer is the byte-level one of `tiny_tokenizer`; what it answers is a function of the prompt and of `weights`.
"""

import hashlib
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

N_PROBE = 1 + 2 * 16
"""Requests for answers that it gets before a run: what the model is called, and the probe twice."""

VERSION = "0.32.0"


VLLM_TOO_LONG = {
    "error": {
        "message": "This model's maximum context length is 4096 tokens. However, your request has 5000 input tokens.",
        "type": "BadRequestError",
        "param": "input_tokens",
        "code": 400,
    }
}
"""What vLLM 0.32 sends for a prompt that does not fit."""


class StubServer:
    """Use it as a context manager. `lie` names what it does wrong, from request `after` on (or for `times` of them).

    `requests` are (path, body, headers) as they came; `n_connections` counts sockets that were opened to it.
    """

    version = VERSION

    def __init__(
        self, tokenizer=None, *, name="m", weights="a", lie="", after=0, times=10**9, host="127.0.0.1", answer=None
    ):
        self.tokenizer, self.name, self.weights, self.lie = tokenizer, name, weights, lie
        self.after, self.times, self.answer = after, times, answer
        self.requests, self.n_connections, self.n_running, self.most_running = [], 0, 0, 0
        self.lock = threading.Lock()
        stub = self

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def process_request(self, request, client_address):
                stub.n_connections += 1
                super().process_request(request, client_address)

            def handle_error(self, request, client_address):
                """A client that left is no error."""

        class Handler(_Handler):
            server_of_test = stub

        self._http = Server((host, 0), Handler)
        self.url = f"http://{host}:{self._http.server_port}"

    def __enter__(self):
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.stop()

    def stop(self):
        self._http.shutdown()
        self._http.server_close()

    @property
    def asked(self):
        """The bodies of all requests for answers, in their order."""
        return [body for path, body, _ in self.requests if path.endswith("completions")]

    def text_for(self, prompt):
        """What the model would write: a few words that tell prompt and weights apart."""
        return "yes " + hashlib.sha256(f"{self.weights} {prompt}".encode()).hexdigest()[:6]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_of_test = None

    def log_message(self, *args):
        """Nothing is printed."""

    def do_GET(self):
        stub = self.server_of_test
        stub.requests.append((self.path, None, dict(self.headers)))
        if self.path == "/v1/models":
            card = {"id": stub.name, "object": "model", "created": int(time.time()), "owned_by": "vllm"}
            self._send({"object": "list", "data": [card | {"root": "/models/m", "max_model_len": 4096}]})
        elif self.path == "/version":
            self._send({"version": stub.version})
        else:
            self._send({"detail": "Not Found"}, status=404)

    def do_POST(self):
        stub = self.server_of_test
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with stub.lock:
            stub.requests.append((self.path, body, dict(self.headers)))
            n = len(stub.asked)
            stub.n_running += 1
            stub.most_running = max(stub.most_running, stub.n_running)
        try:
            lies = stub.after < n <= stub.after + stub.times
            self._answer(body, stub.lie if lies else "")
        finally:
            with stub.lock:
                stub.n_running -= 1

    def _answer(self, body, lie):
        failures = {
            "401": (401, {"error": {"message": "no key", "code": "invalid_api_key"}}),
            "400": (400, {"error": {"message": "bad field", "type": "BadRequestError", "code": 400}}),
            "404": (404, {"error": {"message": "no such model", "code": 404}}),
            "too long": (400, {"error": {"message": "too long", "code": "context_length_exceeded"}}),
            "too long for vllm": (400, VLLM_TOO_LONG),
            "quota": (429, {"error": {"message": "pay first", "code": "insufficient_quota"}}),
            "500": (500, {"error": {"message": "oops"}}),
            "200 error": (200, {"error": {"message": "engine dead"}}),
            "200 html": (200, b"<html>login</html>"),
        }
        if lie in failures:
            self._send(failures[lie][1], status=failures[lie][0])
        elif lie == "storm":
            self._send({"error": {"message": "slow down"}}, status=429, headers={"Retry-After": "0.05"})
        elif lie == "far":
            self._send({"error": {"message": "slow down"}}, status=429, headers={"Retry-After": "86400"})
        elif lie == "close":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif lie == "half":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"choices"')
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif lie == "loris":
            self._drip()
        elif lie.startswith("redirect "):
            self._send({}, status=307, headers={"Location": lie.removeprefix("redirect ") + self.path})
        else:
            self._send(self._completion(body, lie) if "prompt" in body else self._chat(body, lie))

    def _completion(self, body, lie):
        stub, sent = self.server_of_test, body["prompt"]
        prompt = stub.tokenizer.decode(sent)
        text = (stub.answer or stub.text_for)(prompt)
        if lie == "swap":
            text = "another " + text
        new = [*stub.tokenizer(text, add_special_tokens=False).input_ids, stub.tokenizer.eos_token_id]
        if "allowed_token_ids" in body:
            new = body["allowed_token_ids"][:1]
        is_cut = len(new) > body["max_tokens"]
        new = new[: body["max_tokens"]]
        read = {
            "bos": [7, *sent],
            "system": [*sent[:3], 9, 9, 9, *sent[3:]],
            "cut": sent[:-3],
        }.get(lie, sent)
        if lie == "ids":
            new = [10**6, *new[1:]]
        if lie == "short":
            new, is_cut = new[:2], True
        choice = {
            "index": 0,
            "text": stub.tokenizer.decode(new),
            "finish_reason": "length" if is_cut else "stop",
            "token_ids": new,
            "prompt_token_ids": read,
        }
        if lie == "no ids":
            del choice["token_ids"], choice["prompt_token_ids"]
        if lie == "no reason":
            choice["finish_reason"] = None
        usage = {"prompt_tokens": len(sent), "completion_tokens": len(new), "total_tokens": len(sent) + len(new)}
        model = "other" if lie == "model" else body["model"]
        return {"id": "1", "object": "text_completion", "model": model, "choices": [choice], "usage": usage}

    def _chat(self, body, lie):
        stub = self.server_of_test
        text = (stub.answer or stub.text_for)(body["messages"][-1]["content"])
        message = {"role": "assistant", "content": None if lie == "empty" else text}
        if lie == "thought":
            message["reasoning_content"] = "let me think"
        if lie.startswith("ends "):
            choice = {"index": 0, "message": message, "finish_reason": lie.removeprefix("ends ")}
        else:
            choice = {"index": 0, "message": message, "finish_reason": "length" if lie == "cut off" else "stop"}
        usage = {"prompt_tokens": 5, "completion_tokens": len(text), "total_tokens": 5 + len(text)}
        model = "other" if lie == "model" else body["model"]
        return {"id": "1", "object": "chat.completion", "model": model, "choices": [choice], "usage": usage}

    def _drip(self):
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        try:
            for _ in range(600):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            self.close_connection = True

    def _send(self, content, *, status=200, headers=None):
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)
