"""Backend `server` against a server over real sockets that lies: each lie is found in one line, or outlived."""

import pytest
from stub_server import N_PROBE, VERSION, StubServer
from tiny_tokenizer import tiny_tokenizer

from clue_lib.engines import connect
from clue_lib.engines.endpoint import Habits
from clue_lib.engines.server import Server
from clue_lib.errors import EngineError, ModelError
from clue_lib.models.names import ModelSpec
from clue_lib.types import Chat, Generation, Message, Request, Sampling

pytest.importorskip("openai")

TEMPLATE = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:"
QUICK = {"retries": 6, "request_timeout": 20}


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    made = tiny_tokenizer(TEMPLATE)
    made.save_pretrained(tmp_path_factory.mktemp("tokenizer") / "own")
    return made


@pytest.fixture(scope="module")
def folder(tokenizer, tmp_path_factory):
    place = tmp_path_factory.mktemp("saved") / "own"
    tokenizer.save_pretrained(place)
    return place


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("CLUE_GATE_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def requests(n=5, *, max_new_tokens=32, chat=None, letters=""):
    return [
        Request(
            key=str(number),
            messages=(Message(role="user", content=f"question {number}"),),
            sampling=Sampling(max_new_tokens=max_new_tokens),
            chat=chat or Chat(),
            letters=letters,
        )
        for number in range(n)
    ]


@pytest.fixture
def connected():
    """Makes the engine of what stubs serve, by token ids, or without a folder by messages."""
    engines = []

    def make(stubs, folder, args=None):
        spec = ModelSpec(name=stubs[0].name, kind="server", location="m", urls=tuple(stub.url for stub in stubs))
        args = QUICK | (args or {})
        model = connect(spec, folder, Habits(retries=args["retries"], seconds=args["request_timeout"]))
        engines.append(Server(model.weights, (), args))
        return model, engines[-1]

    yield make
    for engine in engines:
        engine.close()


def prompt(request):
    return f"user: {request.messages[0].content}\nassistant:"


def test_sends_token_ids_with_every_field_set_and_gives_back_what_was_written(connected, tokenizer, folder):
    with StubServer(tokenizer) as stub:
        model, engine = connected([stub], folder)
        before = len(stub.asked)
        asked = requests()
        answers = engine.generate(asked, None)
    assert [answer.text for answer in answers] == [stub.text_for(prompt(request)) for request in asked]
    assert {answer.finish_reason for answer in answers} == {"stop"}
    body = next(body for body in stub.asked[before:] if tokenizer.decode(body["prompt"]) == prompt(asked[0]))
    wanted = {
        "temperature": 0.0,
        "top_p": 1.0,
        "min_p": 0.0,
        "repetition_penalty": 1.0,
        "seed": 0,
        "max_tokens": 32,
        "stop_token_ids": [tokenizer.eos_token_id],
        "return_token_ids": True,
        "add_special_tokens": False,
        "skip_special_tokens": False,
    }
    assert wanted.items() <= body.items()
    fingerprint = Server.fingerprint(model.weights, {})
    assert fingerprint.version == f"vllm {VERSION}"


def test_each_batch_has_a_salt_of_its_own(connected, tokenizer, folder):
    with StubServer(tokenizer) as stub:
        _, engine = connected([stub], folder)
        salts = []
        for _ in range(2):
            before = len(stub.asked)
            engine.generate(requests(), None)
            salts.append({body["cache_salt"] for body in stub.asked[before : before + 5]})
    assert [len(each) for each in salts] == [1, 1]
    assert salts[0] != salts[1]


def test_the_letter_is_one_token_more_of_those_allowed(connected, tokenizer, folder):
    with StubServer(tokenizer) as stub:
        _, engine = connected([stub], folder)
        answers = engine.generate(requests(2, letters="AB"), None)
    allowed = next(body for body in stub.asked if "allowed_token_ids" in body)
    assert {tokenizer.decode([one]).strip() for one in allowed["allowed_token_ids"]} == {"A", "B"}
    assert {answer.likeliest_letter for answer in answers} == {
        tokenizer.decode(allowed["allowed_token_ids"][:1]).strip()
    }


def test_an_answer_as_long_as_it_may_be_is_cut_off(connected, tokenizer, folder):
    with StubServer(tokenizer) as stub:
        _, engine = connected([stub], folder)
        (answer,) = engine.generate(requests(1, max_new_tokens=4), None)
    assert (answer.finish_reason, answer.text, answer.n_new_tokens) == ("length", "yes ", 4)


LIES_BEFORE = [
    ("bos", r"read \d+ tokens where \d+ were sent, the first other one at place 0 \(7 instead of \d+\)"),
    ("system", r"the first other one at place 3 \(9 instead of"),
    ("cut", r"the first other one at place \d+ \(nothing instead of"),
    ("no ids", "does not tell which tokens it read"),
    ("200 error", "status 200 and no answer .the server says: engine dead"),
    ("200 html", "status 200 and no answer"),
    ("401", r"status 401 .no key.; set CLUE_GATE_API_KEY"),
    ("404", "check the address"),
    ("quota", "pay first"),
    ("far", "asks to be left alone for 86400"),
]


@pytest.mark.parametrize(("lie", "told"), LIES_BEFORE, ids=[lie for lie, _ in LIES_BEFORE])
def test_a_lie_is_found_before_anything_is_asked(connected, lie, told, tokenizer, folder):
    with StubServer(tokenizer, lie=lie) as stub:
        with pytest.raises(ModelError, match=told) as error:
            connected([stub], folder)
        assert len(stub.asked) <= 17
    assert "\n" not in str(error.value)


LIES_LATER = [
    ("bos", "the first other one at place 0"),
    ("model", "another model answered, other, instead of m"),
    ("short", "cut an answer off at 2 tokens, where 32 were asked for"),
    ("ids", "wrote token 1000000"),
    ("no reason", "neither by itself nor at its limit .finish_reason None."),
    ("200 error", "engine dead"),
    ("400", "status 400 .bad field."),
    ("swap", "answers fixed prompts otherwise"),
]


@pytest.mark.parametrize(("lie", "told"), LIES_LATER, ids=[lie for lie, _ in LIES_LATER])
def test_a_lie_from_the_second_answer_on_ends_the_batch(connected, lie, told, tokenizer, folder):
    with StubServer(tokenizer, lie=lie, after=N_PROBE + 1) as stub:
        _, engine = connected([stub], folder)
        with pytest.raises(EngineError, match=told) as error:
            engine.generate(requests(), None)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("lie", ["storm", "close", "half", "500"])
def test_what_can_pass_is_outlived(connected, lie, tokenizer, folder):
    with StubServer(tokenizer, lie=lie, after=N_PROBE, times=3) as stub:
        _, engine = connected([stub], folder)
        answers = engine.generate(requests(2), None)
    assert [answer.text for answer in answers] == [stub.text_for(prompt(request)) for request in requests(2)]


def test_a_server_that_drips_is_given_its_time_and_no_more(connected, tokenizer, folder):
    with StubServer(tokenizer, lie="loris", after=N_PROBE, times=1) as stub:
        _, engine = connected([stub], folder, {"request_timeout": 1})
        (answer,) = engine.generate(requests(1), None)
    assert answer.text == stub.text_for(prompt(requests(1)[0]))


def test_a_server_that_is_gone_is_told_of_after_its_tries(connected, tokenizer, folder):
    with StubServer(tokenizer) as stub:
        _, engine = connected([stub], folder, {"retries": 1})
    with pytest.raises(EngineError, match=r"no connection .* after 2 tries; whole chunks stay"):
        engine.generate(requests(1), None)


def test_a_crowded_server_gets_fewer_requests_at_once(connected, tokenizer, folder):
    with StubServer(tokenizer) as stub:
        _, engine = connected([stub], folder, {"concurrency": 4})
        stub.most_running = 0
        engine.generate(requests(24), None)
    assert 1 <= stub.most_running <= 4


def test_two_servers_share_a_batch_and_one_goes_on_alone(connected, tokenizer, folder):
    with StubServer(tokenizer) as first, StubServer(tokenizer) as second:
        _, engine = connected([first, second], folder)
        seen = len(first.asked), len(second.asked)
        asked = requests(40)
        both = [answer.text for answer in engine.generate(asked, None)]
        assert min(len(first.asked) - seen[0], len(second.asked) - seen[1]) > 16
        first.lie, first.after, first.times = "close", 0, 10**9
        alone = [answer.text for answer in engine.generate(asked, None)]
    assert both == alone == [second.text_for(prompt(request)) for request in asked]


def test_servers_of_different_models_are_no_replicas(connected, tokenizer, folder):
    with (
        StubServer(tokenizer) as first,
        StubServer(tokenizer, weights="b") as second,
        pytest.raises(ModelError, match=r"do not serve the same .answers to fixed prompts"),
    ):
        connected([first, second], folder)


def test_another_deployment_is_another_model_and_another_address_is_not(connected, tokenizer, folder):
    identities = []
    for weights in ("a", "a", "b"):
        with StubServer(tokenizer, weights=weights) as stub:
            identities.append(connected([stub], folder)[0].identity)
    assert identities[0] == identities[1] != identities[2]


def test_a_redirect_is_not_followed(connected, tokenizer, folder):
    with StubServer(tokenizer) as elsewhere:
        with (
            StubServer(tokenizer, lie=f"redirect {elsewhere.url}") as stub,
            pytest.raises(ModelError, match=r"status 307.*not followed"),
        ):
            connected([stub], folder)
        assert elsewhere.n_connections == 0


def test_no_proxy_of_the_environment_is_used(connected, tokenizer, folder, monkeypatch):
    with StubServer(tokenizer) as proxy, StubServer(tokenizer) as stub:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        _, engine = connected([stub], folder)
        engine.generate(requests(1), None)
        assert proxy.n_connections == 0


def test_the_key_comes_from_the_environment(connected, tokenizer, folder, monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-other")
    monkeypatch.setenv("CLUE_GATE_API_KEY", "sk-ours")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    with StubServer(tokenizer) as stub:
        _, engine = connected([stub], folder)
        engine.generate(requests(1), None)
    sent = [{name.lower(): value for name, value in headers.items()} for _, _, headers in stub.requests]
    assert {headers["authorization"] for headers in sent} == {"Bearer sk-ours"}
    assert not any("openai-organization" in headers for headers in sent)
    kept = [path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert kept
    assert not any(b"sk-" in content for content in kept)


SERVERS = Chat(is_servers=True)


def test_messages_are_sent_where_there_is_no_tokenizer(connected):
    with StubServer() as stub:
        model, engine = connected([stub], None)
        asked = requests(3, chat=SERVERS)
        answers = engine.generate(asked, None)
    assert [answer.text for answer in answers] == [stub.text_for(request.messages[0].content) for request in asked]
    assert {path for path, body, _ in stub.requests if body} == {"/v1/chat/completions"}
    assert stub.asked[-20]["temperature"] == 0.0
    assert model.identity.tokenizer is None


@pytest.mark.parametrize(
    ("lie", "expected"),
    [
        ("empty", Generation(text="", finish_reason="stop", n_prompt_tokens=5, n_new_tokens=10)),
        ("too long", Generation(text="", finish_reason="context", n_prompt_tokens=0, n_new_tokens=0)),
        ("too long for vllm", Generation(text="", finish_reason="context", n_prompt_tokens=0, n_new_tokens=0)),
        ("ends content_filter", Generation(text="", finish_reason="stop", n_prompt_tokens=5, n_new_tokens=10)),
    ],
)
def test_a_chat_without_content_is_an_empty_answer_and_asked_once(connected, lie, expected):
    with StubServer(lie=lie, after=N_PROBE, times=1) as stub:
        _, engine = connected([stub], None)
        before = len(stub.asked)
        assert engine.generate(requests(1, chat=SERVERS), None) == [expected]
        assert len(stub.asked) - before == 1 + 16


@pytest.mark.parametrize("why", ["abort", "error", "tool_calls", "function_call"])
def test_a_chat_that_was_broken_off_is_no_whole_answer(connected, why):
    with StubServer(lie=f"ends {why}", after=N_PROBE) as stub:
        _, engine = connected([stub], None)
        with pytest.raises(EngineError, match=f"neither by itself nor at its limit .finish_reason {why}."):
            engine.generate(requests(1, chat=SERVERS), None)


def test_a_chat_that_was_cut_off_says_so_and_a_thought_set_apart_is_none_of_the_answer(connected):
    with StubServer(lie="cut off", after=N_PROBE, times=1) as stub:
        _, engine = connected([stub], None)
        assert engine.generate(requests(1, chat=SERVERS), None)[0].finish_reason == "length"
        stub.lie, stub.after = "thought", len(stub.asked)
        (answer,) = engine.generate(requests(1, chat=SERVERS), None)
    assert (answer.text, answer.thought) == (stub.text_for("question 0"), "let me think")


def test_a_service_whose_answers_vary_is_known_by_what_it_says_of_itself():
    turns = iter(range(10**6))
    told = []
    with StubServer(answer=lambda prompt: f"answer {next(turns)}") as stub:
        spec = ModelSpec(name="m", kind="server", location="m", urls=(stub.url,))
        model = connect(spec, None, Habits(), on_note=told.append)
        engine = Server(model.weights, (), {})
        engine.generate(requests(1, chat=SERVERS), None)
        engine.close()
    assert "answers the same prompts differently" in told[0]
