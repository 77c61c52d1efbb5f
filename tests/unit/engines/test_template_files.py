"""What is read of a model's folder without a tokenizer; the configurations are those of public reports."""

import json
import subprocess
import sys

import pytest

from clue_lib.engines.chat import end_tokens
from clue_lib.engines.template_files import read_template, stated_ends, variables
from clue_lib.errors import ModelError


@pytest.fixture
def folder(tmp_path):
    """Writes JSON files, and text where a name ends otherwise."""

    def make(**files):
        for name, content in files.items():
            stem, _, ending = name.rpartition("_")
            text = content if isinstance(content, str) else json.dumps(content)
            (tmp_path / f"{stem}.{ending}").write_text(text, encoding="utf-8")
        return tmp_path

    return make


class Ends:
    """A tokenizer as far as it says what ends an answer."""

    def __init__(self, eos_token_id):
        self.eos_token_id = eos_token_id


def test_end_tokens_are_all_that_any_file_names(folder):
    made = folder(generation_config_json={"eos_token_id": [7, 9]}, config_json={"eos_token_id": 7})
    assert end_tokens(made, Ends(2)) == {2, 7, 9}


def test_a_generation_config_without_an_end_hides_none(folder):
    made = folder(generation_config_json={"do_sample": True}, config_json={"text_config": {"eos_token_id": [7, 9]}})
    assert end_tokens(made, Ends(None)) == {7, 9}


def test_a_folder_without_configurations_names_none(tmp_path):
    assert stated_ends(tmp_path) == set()


def test_the_shared_cases_of_end_tokens(root, tmp_path):
    path = root.parent / "shared" / "cases" / "eos.jsonl"
    if not path.is_file():
        pytest.skip(f"needs the development cases in {path.parent}, which are not part of the checkout")
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        given = case["input"]
        (tmp_path / "generation_config.json").write_text(json.dumps(given["generation_config"]))
        (tmp_path / "config.json").write_text(json.dumps({"eos_token_id": given["config eos"]}))
        assert sorted(end_tokens(tmp_path, Ends(given["tokenizer eos"]))) == case["expected"], given["case"]


def test_a_template_of_its_own_file_goes_first(folder):
    made = folder(tokenizer_config_json={"chat_template": "in the config"})
    assert read_template(made).template == "in the config"
    assert read_template(folder(chat_template_json={"chat_template": "in a file"})).template == "in a file"
    assert read_template(folder(chat_template_jinja="jinja")).template == "jinja"


def test_of_several_the_default_counts(folder):
    named = [{"name": "rag", "template": "r"}, {"name": "default", "template": "d"}]
    assert read_template(folder(tokenizer_config_json={"chat_template": named})).template == "d"


def test_a_folder_without_a_tokenizer_is_not_known(tmp_path):
    assert not read_template(tmp_path).is_known
    assert read_template(tmp_path).template == ""


def test_a_damaged_file_is_one_line(folder):
    with pytest.raises(ModelError, match=r"tokenizer_config\.json can't be read .*; mend or replace it$"):
        read_template(folder(tokenizer_config_json="{"))


QWEN = "{% if enable_thinking is defined and enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}"


@pytest.mark.parametrize(
    ("template", "tokens", "pairs", "by_template"),
    [
        (QWEN, [], [("<think>", "</think>")], True),
        ("{% if thinking %}x{% endif %}", [], [], True),  # a switch without a mark
        ("{{ messages }}", ["<think>", "</think>", "<|im_end|>"], [("<think>", "</think>")], False),
        ("{{ messages }}", ["<unused94>", "<unused95>"], [("<unused94>", "<unused95>")], False),
        ("{{ messages }}", ["<think>"], [], False),
        ("{{ messages }}", [], [], False),
        ("{% for thinking in messages %}{{ thinking }}{% endfor %}", [], [], False),  # its own variable
    ],
)
def test_whether_a_model_thinks(folder, template, tokens, pairs, by_template):
    added = [{"content": token, "id": number} for number, token in enumerate(tokens)]
    files = read_template(folder(chat_template_jinja=template, tokenizer_json={"added_tokens": added}))
    assert list(files.pairs()) == pairs
    assert files.thinks_by_template() == by_template


def test_variables_of_a_template():
    text = (
        "{% generation %}{{ a }}{% endgeneration %}{% for b in messages %}{% break %}{% endfor %}{% set c = 1 %}{{ c }}"
    )
    assert variables(text) == {"a", "messages"}
    assert "enable_thinking" in variables("{% if enable_thinking %")  # no template: every word in it


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("chat_template.jinja", "{{ messages }}"),
        ("chat_template.json", '{"chat_template": "{{ messages }}"}'),
        ("tokenizer_config.json", '{"chat_template": "{{ messages }}"}'),
    ],
)
def test_a_template_by_a_link_is_read_and_one_that_the_link_lost_is_told(tmp_path, name, content):
    """A hub's cache holds links to its blobs; a copy of the links alone is not a model without a template."""
    blob = tmp_path / "blob"
    blob.write_text(content)
    (tmp_path / name).symlink_to("blob")
    assert read_template(tmp_path).template == "{{ messages }}"
    blob.unlink()
    with pytest.raises(ModelError, match=rf"{name} is a link that leads to no file; put the file itself there"):
        read_template(tmp_path)
    (tmp_path / name).unlink()
    (tmp_path / name).mkdir()
    with pytest.raises(ModelError, match=rf"{name} is no regular file; put the file itself there"):
        read_template(tmp_path)
    (tmp_path / name).rmdir()
    assert read_template(tmp_path).template == ""


REAL = (
    # As DeepSeek V3.1, Llama 3.1 and Qwen 3 begin: names that are set where nobody gave them.
    "{% if not thinking is defined %}{% set thinking = false %}{% endif %}{{ thinking }}",
    "{%- if not date_string is defined %}{%- set date_string = '26 Jul' %}{%- endif %}{{ date_string ~ bos_token }}",
    "{%- set ns = namespace(last=messages|length - 1) %}{%- for m in messages[::-1] %}{% set ns.last = loop.index0 %}"
    "{% if m.role == 'user' and not [] %}{% break %}{% endif %}{% endfor %}{{ ns.last }}{{ enable_thinking }}",
    "{% macro turn(role, text='') %}{{ role + text + eos_token }}{% endmacro %}{{ turn('user') }}{{ (role, {}) }}",
    "{% set kept %}a {{ tools | tojson(indent=4) }}{% endset %}{% with n = 1 %}{{ n }}{% endwith %}{{ n ~ kept }}",
    "{% for tools in messages if tools %}{{ tools }}{% else %}{{ tools }}{% endfor %}{{ 'a' if x else ('b', 2)[y:] }}",
    "{% autoescape true %}{{ a }}{% filter upper %}{{ b }}{% endfilter %}{% endautoescape %}{{ raise_exception('') }}",
)


def jinjas_own(template):
    from jinja2 import meta
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(extensions=["jinja2.ext.loopcontrols"])
    return meta.find_undeclared_variables(environment.parse(template))


@pytest.mark.parametrize("template", REAL)
def test_the_names_are_those_that_jinja_finds(template):
    assert variables(template) == jinjas_own(template)


def test_the_names_in_the_shared_cases_are_those_that_jinja_finds(root):
    path = root.parent / "shared" / "cases" / "template.jsonl"
    if not path.is_file():
        pytest.skip(f"needs the development cases in {path.parent}, which are not part of the checkout")
    from jinja2 import TemplateSyntaxError

    n_read = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        template = json.loads(line)["input"]["template"]
        try:
            expected = jinjas_own(template)
        except TemplateSyntaxError:  # cut off in the cases
            continue
        assert variables(template) == expected
        n_read += 1
    assert n_read


NINE = "[" + ",".join(["[]"] * 9) + "]|length"

READ = """
import sys, tracemalloc
from pathlib import Path
from clue_lib.engines import read_template
tracemalloc.start()
print(read_template(Path(sys.argv[1])).thinks_by_template(), tracemalloc.get_traced_memory()[1] < 250_000_000)
"""
"""Reading a file sets 100 MB aside, for as much as one may hold; the longest text of the templates has 300 MB."""


@pytest.mark.parametrize(
    "template",
    [
        "{{ 9**(9**9) }}",
        f"{{{{ ({NINE})**(({NINE})**({NINE})) }}}}",
        '{{ "a" * 300000000 }}',
        "{% set x = 9**(9**9) %}",
        "{% autoescape 9**(9**9) %}{% endautoescape %}",
        "{{ '' | center(300000000) }}",
    ],
)
def test_nothing_of_a_template_is_computed_where_its_names_are_read(folder, root, template):
    """In a process of its own: nothing else could stop it."""
    made = folder(chat_template_jinja=template + "{{ enable_thinking }}", tokenizer_config_json={})
    command = [sys.executable, "-c", READ, made]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "True True\n"
