"""Chat templates of the kind that each family of models brings, in our own words: what they do, not their text."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Family:
    """A template and the special tokens that it writes. `header` is what stands before an answer."""

    template: str
    bos: str
    eos: str
    special: tuple[str, ...] = ()
    header: str = ""


_ALTERNATES = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
    "{% for m in messages %}{% if (m.role == 'user') != (loop.index0 is even) %}"
    "{{ raise_exception('roles must alternate') }}{% endif %}"
)

FAMILIES = {
    "llama-2": Family(
        template="{% if messages[0].role == 'system' %}{% set rest = messages[1:] %}"
        "{% set sys = '<<SYS>>\n' ~ messages[0].content ~ '\n<</SYS>>\n\n' %}"
        "{% else %}{% set rest = messages %}{% set sys = '' %}{% endif %}"
        "{% for m in rest %}{% if m.role == 'user' %}"
        "{{ bos_token }}[INST] {{ sys if loop.first else '' }}{{ m.content | trim }} [/INST]"
        "{% else %} {{ m.content | trim }} {{ eos_token }}{% endif %}{% endfor %}",
        bos="<s>",
        eos="</s>",
    ),
    "llama-3": Family(
        template="{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n"
        "{% if loop.first and m.role == 'system' %}"
        "Today: {{ strftime_now('%d %b %Y') if strftime_now is defined else '26 Jul 2024' }}\n\n{% endif %}"
        "{{ m.content | trim }}<|eot_id|>{% endfor %}"
        "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}",
        bos="<|begin_of_text|>",
        eos="<|eot_id|>",
        special=("<|start_header_id|>", "<|end_header_id|>", "<|end_of_text|>"),
        header="<|start_header_id|>assistant<|end_header_id|>\n\n",
    ),
    "mistral": Family(
        template="{{ bos_token }}" + _ALTERNATES + "{% if m.role == 'user' %}[INST] {{ m.content }} [/INST]"
        "{% else %}{{ m.content }}{{ eos_token }}{% endif %}{% endfor %}",
        bos="<s>",
        eos="</s>",
    ),
    "mixtral": Family(
        template="{{ bos_token }}{% for m in messages %}"
        "{% if m.role == 'system' %}{{ raise_exception('only user and assistant') }}"
        "{% elif m.role == 'user' %}[INST] {{ m.content }} [/INST]"
        "{% else %}{{ ' ' ~ m.content }}{{ eos_token }}{% endif %}{% endfor %}",
        bos="<s>",
        eos="</s>",
    ),
    "phi-3": Family(
        template="{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}<|end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|assistant|>\n{% else %}{{ eos_token }}{% endif %}",
        bos="<s>",
        eos="<|endoftext|>",
        special=("<|system|>", "<|user|>", "<|assistant|>", "<|end|>"),
        header="<|assistant|>\n",
    ),
    "gemma-3": Family(
        template="{{ bos_token }}" + _ALTERNATES + "<start_of_turn>{{ 'model' if m.role == 'assistant' else m.role }}\n"
        "{{ m.content | trim }}<end_of_turn>\n{% endfor %}"
        "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}",
        bos="<bos>",
        eos="<eos>",
        special=("<start_of_turn>", "<end_of_turn>", "<unused94>", "<unused95>"),
        header="<start_of_turn>model\n",
    ),
    "qwen-3": Family(
        template="{% for m in messages %}<|im_start|>{{ m.role }}\n"
        "{% if m.role == 'assistant' and '</think>' in m.content %}{{ m.content.split('</think>')[-1].lstrip('\n') }}"
        "{% else %}{{ m.content }}{% endif %}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n"
        "{% if enable_thinking is defined and enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}{% endif %}",
        bos="<|endoftext|>",
        eos="<|im_end|>",
        special=("<|im_start|>", "<think>", "</think>"),
        header="<|im_start|>assistant\n",
    ),
    "r1-distill": Family(
        template="{{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}{{ m.content }}"
        "{% elif m.role == 'user' %}<｜User｜>{{ m.content }}"
        "{% else %}<｜Assistant｜>{{ m.content.split('</think>')[-1] }}{{ eos_token }}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}<｜Assistant｜><think>\n{% endif %}",
        bos="<｜begin▁of▁sentence｜>",
        eos="<｜end▁of▁sentence｜>",
        special=("<｜User｜>", "<｜Assistant｜>", "<think>", "</think>"),
        header="<｜Assistant｜><think>\n",
    ),
    "gpt-oss": Family(
        template="<|start|>system<|message|>Knowledge cutoff: 2024-06\nCurrent date: {{ strftime_now('%Y-%m-%d') }}\n\n"
        "Reasoning: {{ reasoning_effort | default('medium') }}<|end|>"
        "{% for m in messages %}{% if m.role == 'system' %}<|start|>developer<|message|>{{ m.content }}<|end|>"
        "{% elif m.role == 'user' %}<|start|>user<|message|>{{ m.content }}<|end|>"
        "{% else %}<|start|>assistant<|channel|>final<|message|>{{ m.content }}<|end|>{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}<|start|>assistant{% endif %}",
        bos="<|startoftext|>",
        eos="<|return|>",
        special=("<|start|>", "<|end|>", "<|message|>", "<|channel|>", "<|call|>"),
        header="<|start|>assistant",
    ),
    "magistral": Family(
        template="{{ bos_token }}[SYSTEM_PROMPT]First draft your thoughts: [THINK]draft[/THINK], then answer. "
        "Today is {{ strftime_now('%Y-%m-%d') }}.{% for m in messages %}{% if m.role == 'system' %}\n{{ m.content }}"
        "{% endif %}{% endfor %}[/SYSTEM_PROMPT]{% for m in messages %}"
        "{% if m.role == 'user' %}[INST]{{ m.content }}[/INST]"
        "{% elif m.role == 'assistant' %}{{ m.content }}{{ eos_token }}{% endif %}{% endfor %}",
        bos="<s>",
        eos="</s>",
        special=("[THINK]", "[/THINK]", "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]"),
    ),
    "kimi": Family(
        template="{% for m in messages %}<|im_{{ m.role }}|>{{ m.role }}<|im_middle|>{{ m.content }}<|im_end|>"
        "{% endfor %}{% if add_generation_prompt %}<|im_assistant|>assistant<|im_middle|>"
        "{% if thinking is not defined or thinking %}◁think▷{% else %}◁think▷◁/think▷{% endif %}{% endif %}",
        bos="[BOS]",
        eos="<|im_end|>",
        special=("<|im_system|>", "<|im_user|>", "<|im_assistant|>", "<|im_middle|>", "◁think▷", "◁/think▷"),
        header="<|im_assistant|>assistant<|im_middle|>◁think▷",
    ),
    "medgemma": Family(
        template="{{ bos_token }}{% if messages[0].role == 'system' %}"
        "{% set first = messages[0].content[0].text ~ '\n\n' %}{% set rest = messages[1:] %}"
        "{% else %}{% set first = '' %}{% set rest = messages %}{% endif %}"
        "{% for m in rest %}<start_of_turn>{{ 'model' if m.role == 'assistant' else m.role }}\n"
        "{{ first if loop.first }}"
        "{% for part in m.content %}{% if part.type == 'text' %}{{ part.text | trim }}{% endif %}{% endfor %}"
        "<end_of_turn>\n{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}",
        bos="<bos>",
        eos="<eos>",
        special=("<start_of_turn>", "<end_of_turn>", "<unused94>", "<unused95>"),
        header="<start_of_turn>model\n",
    ),
}
