"""Which answers hold the frame of a chat, judged by hand."""

from clue_lib.metrics import leaks


def flags(kind, respond, cases, **kwargs):
    return [kind([respond(text, **kwargs)])[0] for text in cases]


LEAKS = [
    "neutral<|im_end|>",
    "<|start_header_id|>assistant<|end_header_id|>\n\nneutral",
    "<|eot_id|>",
    "neutral</s>",
    "[INST] What is gout? [/INST]",
    "<<SYS>>\nYou are helpful.",
    "neutral\n\n### Instruction:\nNext",
    "neutral<end_of_turn>",
    "<｜end▁of▁sentence｜>",
    "assistant\nneutral",
    "Assistant: neutral",
    "neutral\nuser\nPremise: he has gout",
    "neutral\nHuman: and now?",
    "system\nYou are a helpful assistant.",
]
NO_LEAKS = [
    "",
    "neutral",
    "The medical assistant called the user: nobody came.",
    "Nervous system\nNo deficit",
    "pH < 7.2 | lactate > 4",
    "Hemoglobin [7.8 g/dL] <8>",
    "|a|b|\n|---|---|\n|1|2|",
    "# Instructions\nTake it twice daily.",
    "[**Last Name**] was seen.",
]


LEAKS += [
    "How is gout treated?<|im_end|>",
    "How is gout treated?<|eot_id|><|start_header_id|>user",
    "<|user|>\nHow",
    "[INST] How [/INST]",
    "How is gout treated?user\n\nWhat",
    "How is gout treated? assistant\n\nOk",
    "Cassistant",
    "USER: How is gout treated?\nASSISTANT: With",
    "ASSISTANT: How is gout treated?",
    "Human: How is gout treated?",
    "### Instruction:\nAnswer",
    "### Human: hi\n### Assistant: ok",
    "<s>How is gout treated?",
    "How is gout treated?<pad><pad>",
    "<unused95>How is gout treated?",
    "<|end_of_text|>",
    "How?<eos>",
    "<start_of_turn>model\nHow",
    "<｜Assistant｜>How",
    "How is gout treated?<|endoftext|>",
    "GPT4 Correct User: hi",
    "[/INST] How is gout treated?",
    "How is gout treated?\n\nUser: next question please",
    "How is gout treated?\nassistant\nHow",
    "<|start|>assistant<|channel|>final<|message|>How",
    "<extra_id_0>System",
    "<reserved_special_token_5>",
    "<|reserved_special_token_5|>",
    "<unk>",
    "How is gout treated?\nHuman: thanks",
    "### System:\nYou are",
    "## Assistant:\nHow",
    "<0xE2><0x80><0x99>",
    "Assistant:\nHow is gout treated?",
    "system\nYou are a helpful assistant.\nuser\nhi",
    "AI: How is gout treated?\nUser: thanks",
    "<tool_call>{}</tool_call>",
    "<|im_start|>assistant\nHow",
]
NO_LEAKS += [
    "How is gout treated?",
    "User: tobacco use",
    "Assistant professor",
    "The user should ask",
    "Model of care",
    "Immune system\nnormal",
    "Nervous system: no deficits",
    "Human papillomavirus infection",
    "Human bite; cellulitis",
    "HIV; Drug user; HCV",
    "BP <120/80 and >90",
    "p<0.05",
    "Input and output: 2 L in",
    "Response to treatment: good",
    "The response:\ngood",
    "# Summary\nGout",
    "## Assessment\nGout",
    "### Diagnosis\nGout",
    "Question of gout",
    "End user: 5",
    "<think>x</think>How is gout treated?",
    "A > B | C < D",
    "[x] done",
    "respiratory system\nNormal",
    "Musculoskeletal: normal\nSystem review: negative",
    "Injection drug user",
    "Non-user",
    "Answer: gout",
    "Human error",
    "<5 mg/dL>",
]


def test_template_leakage(respond):
    assert flags(leaks.template_leakage, respond, LEAKS) == [1] * len(LEAKS)
    assert flags(leaks.template_leakage, respond, NO_LEAKS) == [0] * len(NO_LEAKS)
