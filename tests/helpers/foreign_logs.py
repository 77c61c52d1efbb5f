"""Files of answers as other programs write them, made of plain values: (task, id, text, gold, prompt)."""

import hashlib
import json
import zipfile


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def lm_eval_line(doc_id, id_, text, gold, asked, *, task="meqsum", filter="none", **changed):
    """A line of samples_*.jsonl with the digests that the harness writes (`evaluator.py` of 0.4.13, lines 655-664)."""
    doc = {"id": id_, "task": task}
    line = {
        "doc_id": doc_id,
        "doc": doc,
        "target": gold,
        "arguments": {"gen_args_0": {"arg_0": asked, "arg_1": {"until": ["\n\n"], "max_gen_toks": 128}}},
        "resps": [[text]],
        "filtered_resps": [text],
        "filter": filter,
        "doc_hash": _hash(json.dumps(doc, indent=2, ensure_ascii=False)),
        "prompt_hash": _hash(asked),
        "target_hash": _hash(gold),
    }
    return json.dumps(line | changed)


def inspect_log(samples, *, model="hf/m", task="meqsum", **config):
    """An inspect_ai log as one object."""
    return {
        "version": 2,
        "status": "success",
        "eval": {"task": task, "model": model, "packages": {"inspect_ai": "0.3.285"}},
        "plan": {"config": {"max_tokens": 128, "temperature": 0.0, **config}},
        "samples": samples,
    }


def inspect_sample(id_, text, gold, asked, **changed):
    """One sample of such a log."""
    answer = {"role": "assistant", "content": text}
    sample = {
        "id": id_,
        "epoch": 1,
        "input": asked,
        "target": gold,
        "messages": [*asked, answer],
        "output": {
            "choices": [{"message": answer, "stop_reason": "stop"}],
            "usage": {"input_tokens": 7, "output_tokens": 3},
        },
    }
    return sample | changed


def eval_file(path, log, *, method=zipfile.ZIP_DEFLATED):
    """The log as an `.eval` archive."""
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("header.json", json.dumps({name: log[name] for name in log if name != "samples"}))
        for sample in log["samples"]:
            archive.writestr(f"samples/{sample['id']}_epoch_1.json", json.dumps(sample))
    return path
