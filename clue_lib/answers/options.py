"""Which of the options A, B, C … a text picks.

A pick is an option's letter (alone, with a mark behind it, with its own text, called correct), or an option's own text
alone or called correct. It counts in three places, and the first that has any decides:

1. behind "final answer" or in LaTeX's box, wherever it stands;
2. behind "answer", "option", "choice", "next step" or "most likely diagnosis" with "is" or a mark, "I choose", or
   before "is correct" or ": correct"; here the text's other lines (3) must not pick another option, unless they list
   several, one a line;
3. at the start of the first line, and on any line that holds nothing else. A text that begins by going through the
   options in their order ("A: 10%, B: 90%") picks each of them.

Two different picks in the place that decides are refused. What is denied is no pick: "A is wrong", "A. Incorrect.",
"A and B can be excluded", "the least likely answer is A"; "C: not …" too, unless the option's own text says no. A
letter inside a sentence is no pick: it may belong to a name (hepatitis C, E. coli), be the article A or the pronoun I.
Neither is an option's text inside a sentence.
"""

import re
from collections.abc import Sequence

from clue_lib.answers import option_denials as denials
from clue_lib.answers.option_texts import Options, clean, prepared
from clue_lib.types import Answer, Example, Parsed, Unparsed

_MOST = r"(?:accurate|appropriate|correct|fitting|likely|plausible|probable|reasonable|suitable)"
_BEST = rf"(?:most {_MOST}|best|right|correct)"
_THING = (
    r"(?:answer|option|choice|(?:(?:next|first|initial) )?(?:action|approach|cause|course of action|diagnosis"
    r"|explanation|management|step|test|therapy|treatment))\b"
)
_MARK = re.compile(
    rf"(?:(?P<final>\bfinal answer\b)|\b(?:answer|option|choice|next step)\b|\b{_BEST}(?: [\w-]{{1,20}})? {_THING})"
    r"(?: (?:to|for|of|in)(?: [\w-]{1,30}){1,5}?)?\s?(?:(?:is|(?:would|must|should) be)\b|[:=>–—-])"
    r"|(?P<box>\bboxed\b)|\bI(?: would|'d| will|'ll)? (?:choose|pick|select|go with|go for|answer)\b",
    re.IGNORECASE,
)
# "The least likely answer is", "another option is", "the option to exclude is".
_UNPICKED = re.compile(
    r"\b(?:wrong|incorrect|false|unlikely|worst|least(?: \w{1,20})?|second|third|another|alternative)"
    r"(?: (?:most )?(?:likely|best|correct|appropriate))? ?$",
    re.IGNORECASE,
)
_TO_EXCLUDE = re.compile(r" to (?:avoid|discard|dismiss|eliminate|exclude|reject|rule out)\b", re.IGNORECASE)
_IS_BEST = rf"(?i:(?:is|would be) (?:the )?(?:{_BEST} {_THING}|correct\b))"
_CORRECT = re.compile(
    r"(?:(?:^|[.,;:!?(\n] ?|\b(?i:option|choice|answer|letter|therefore|thus|so|hence|that|think|believe) )"
    rf"\(?([A-Z])\)? {_IS_BEST}"
    rf"|\b(?i:is the {_BEST} {_THING}) \(([A-Z])\)"
    r"|(?:^|\n|[.;] )[^\w\n]{0,5}(?i:(?:option|choice) )?\(?([A-Z])[):.\]]{0,2} ?[–—-]? ?\(?"
    r"(?i:(?:(?:this )?is )?(?:the )?(?:correct|right|true|yes|most likely)(?: answer| option| choice| diagnosis)?)"
    r"(?=\s?(?:$|[\n.,;:!)–—-]|because\b)))"
)
# "I don't think that", "it is not true that".
_DOUBTED = re.compile(
    r"(?:\b(?:not|doubt|false|wrong|unlikely)|n't)(?: (?!so\b|thus\b|I\b)\w{1,20}){0,2} ?$", re.IGNORECASE
)
_LEAD = re.compile(
    r"[\s:=>(\[•–—-]*(?:(?:the|an|both|either|(?:most )?likely|probably|clearly|definitely|option|choice|letter|answer"
    r"|therefore|so|(?:it|this|that)(?:'s| is| would be)|I (?:think|believe)(?: that)?|I(?: would|'d) say)\b"
    r"[\s(\[]*){0,5}",
    re.IGNORECASE,
)
_REASON = r"(?:because|since|as|due|given|based|which|is (?:the )?(?:correct|right|best|most))\b"
_SPACE = re.compile(r"\s*")
_LETTER = re.compile(r"([A-Za-z])(?![\w'])")
_STOP = r"\.(?:$|(?=\n)| (?![a-z])|(?=[^\w\s]))"
# Behind a letter that stands for an option: the end, a mark, a reason, another letter. Not "E. coli", not "I, too".
_AFTER_LETTER = re.compile(
    rf"[)\]]*(?:\s?$|(?=\s?\n)|\s?[):\];(=<!?]|\s?(?<![Ii]),|\s?{_STOP}|\s[–-]\s|\s?—"
    rf"|\s(?={_REASON})"
    r"|(?=\s?(?:[,/&+;]|(?:and|or)\b)\s?[(\[]?[A-Za-z](?![\w'])\s?(?:$|[\n.,;:)\]/&]|and\b|or\b)))"
)
_AFTER_TEXT = re.compile(rf"\s?(?:$|[^\w\s%/<>+-])|\n|\s(?:[–—-]\s|(?:and|or)\b|{_REASON})")
_CALLED_BEST = re.compile(rf" {_IS_BEST}")
_GAP = re.compile(r"[ .):(\]\[–—-]*")
_COMMENT = re.compile(r"(?![A-Za-z](?![\w']))[^()\n]{0,80}\)")
_JOIN = re.compile(r"[ ,;/&+.:)(\]\[]*(?:(?:and|or)\b ?)?")
_AFTER_LIST = re.compile(rf"[)\]]*(?:\s?$|\s?[\n,;:!?=)]|{_STOP}|\s[–—-]\s|\s{_REASON})")
_VERB = re.compile(
    r"(?: (?:are|were|can|could|may|might|must|should|would|do|have|seem|both|all)(?:\b|(?=n't|not\b)))+"
    r"(?: be\b| been\b)?"
)
_ITEM = re.compile(r"[^\w\n]{0,5}(?i:(?:option|choice) )?\(?([A-Z])(?:[).:\]]{1,2}|\s?[–—-])\s")
_ITEM_INSIDE = re.compile(r"(?:^|[,;.%] ?)\(?([A-Z])\s?(?:[:)]\s|=)")
_LABEL = re.compile(r"(?<!\w)([A-Z])[).:]\s")
_WORD = re.compile(r"\w")
_CAPITAL = re.compile(r"[A-Z]")


def option(text: str, example: Example, *, is_cut: bool = False) -> Answer:
    """The letter of the one option that the text picks, by the rules in this module's docstring.

    Unparsed: "empty" (nothing but white space), "no option", "several options", "no such option" (a letter beyond the
    last). A letter reads as itself. An option's own text is compared without case, space and punctuation; a text that
    two options share, or of one letter, does not count. Linear in the text's length.
    """
    if not text.strip():
        return Unparsed(reason="empty")
    options = prepared(example.options)
    picked = _picked(clean(text), options)
    if len(picked) != 1:
        return Unparsed(reason="several options" if picked else "no option")
    letter = picked.pop()
    return Parsed(value=letter) if letter in options.known else Unparsed(reason="no such option")


def _picked(text: str, options: Options) -> set[str]:
    final: set[str] = set()
    marked = {found[found.lastindex or 0] for found in _CORRECT.finditer(text) if not _is_doubted(text, found)}
    for mark in _MARK.finditer(text):
        if not _follows(_UNPICKED, text, mark) and not _TO_EXCLUDE.search(mark[0]):
            (final if mark["final"] or mark["box"] else marked).update(_pick(text, mark.end(), options)[0])
    if final:
        return final
    unmarked = _unmarked(text.split("\n"), options)
    named = set().union(*unmarked)
    is_list = len(named) > 1 and all(len(found) == 1 for found in unmarked)
    return marked if marked and is_list else marked | named


def _is_doubted(text: str, found: re.Match[str]) -> bool:
    return found[0].lower().startswith(("that ", "think ", "believe ")) and _follows(_DOUBTED, text, found)


def _follows(pattern: re.Pattern[str], text: str, found: re.Match[str]) -> bool:
    """Whether the pattern, which ends in $, matches right before what was found."""
    return bool(pattern.search(text[max(0, found.start() - 60) : found.start()]))


def _unmarked(lines: list[str], options: Options) -> list[set[str]]:
    """What the first line starts with, or each option that a list goes through; and what other lines consist of."""
    opening, end = _pick(lines[0], 0, options)
    text = options.own.match(lines[0], _skip(_LEAD, lines[0], 0))
    is_sentence = text and _WORD.search(lines[0], end) and not _CALLED_BEST.match(lines[0], text.end())
    found = _items(lines, options) or ([] if is_sentence or not opening else [opening])
    for line in dict.fromkeys(lines[1:]):
        picked, end = _pick(line, 0, options)
        if picked and not _WORD.search(line, end):
            found.append(picked)
    return found


def _items(lines: list[str], options: Options) -> list[set[str]]:
    """Each option that is not denied, where the text goes through several in their order from its first word on.

    A first line of another option than A and its own text is an answer: what follows explains.
    """
    labels = set(_LABEL.findall(lines[0]))
    if len(options.known) > 1 and labels >= options.known:
        return [{label} for label in labels]
    items = [(line, item) for line in lines if (item := _ITEM.match(line))]
    if not _ascend([_ITEM.match(line) for line in lines[:2]], options):
        items = [(lines[0], item) for item in _ITEM_INSIDE.finditer(lines[0])]
        if not items or items[0][1].start() or not _ascend([item for _, item in items[:2]], options):
            return []
    first = items[0][1]
    if first[1] != "A" and options.own.match(lines[0], _skip(_GAP, lines[0], first.end(1))):
        return []
    return [{item[1]} for line, item in items if not _is_denied(line, item, options)]


def _is_denied(line: str, item: re.Match[str], options: Options) -> bool:
    text = options.own.match(line, _skip(_GAP, line, item.end(1)))
    return bool(
        denials.of_option(line, item.end(1), is_negative=item[1] in options.negative)
        or (text and denials.of_option(line, text.end()))
    )


def _pick(text: str, start: int, options: Options) -> tuple[set[str], int]:
    """The letters of the options named from `start` on, one joined to the next, and where that ends."""
    picked: set[str] = set()
    end = start
    for _ in range(10):  # bounded: what follows the last of many marks would be read again from each of them
        found, after = _list(text, start, options) or _one(text, start, options)
        if after == start:
            break
        picked |= found
        end = _skip(_JOIN, text, after)
        start = _skip(_JOIN, text, _skip(_COMMENT, text, after)) if text[after - 1] == "(" else end
        if text[start : start + 1] in ("", "\n"):
            break
    return picked, end


def _list(text: str, start: int, options: Options) -> tuple[set[str], int] | None:
    """The letters listed at `start` ("A, B and D"), none of them if what follows denies them all; and where it ends."""
    found = options.listed.match(text, _skip(_LEAD, text, start))
    if not found:
        return None
    named, end = _CAPITAL.findall(found[0]), found.end()
    verb = _VERB.match(text, end) if len(named) > 2 or "and" in found[0] or "or" in found[0] else None
    if verb and named == sorted(named):  # in "C, A and B are unlikely" the verb is of A and B
        denied = denials.of_list(text, verb.end())
        return (set(), denied.end()) if denied else (set(named), verb.end())
    return (set(named), end) if _AFTER_LIST.match(text, end) else None


def _one(text: str, start: int, options: Options) -> tuple[set[str], int]:
    """The option named at `start` by its text or its letter, or both where the two differ; and where it ends.

    The option is missing where it is denied; nothing at all ends at `start`.
    """
    own, lead = options.own, _skip(_LEAD, text, start)
    for place in (_skip(_SPACE, text, start), lead):
        named = own.match(text, place)
        if named and (denied := denials.of_option(text, named.end())):
            return set(), denied.end()
        if named and _AFTER_TEXT.match(text, named.end()):
            return {str(named.lastgroup)}, named.end()
    letter = _LETTER.match(text, lead)
    if not letter:
        return set(), start
    name = letter[1].upper()
    after = _AFTER_LETTER.match(text, letter.end())
    rest = _skip(_GAP, text, (after or letter).end())
    named = own.match(text, rest)
    if named and (named.lastgroup == name or _AFTER_TEXT.match(text, named.end())):
        is_article = letter[1] == "a" and not after
        return {str(named.lastgroup)} if is_article else {name, str(named.lastgroup)}, named.end()
    denial = after and denials.of_option(text, letter.end(), is_negative=name in options.negative)
    if denial:
        return set(), denial.end()
    return ({name}, after.end()) if after else (set(), start)


def _skip(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where the pattern ends if it matches at `start`, else `start`."""
    found = pattern.match(text, start)
    return found.end() if found else start


def _ascend(items: Sequence[re.Match[str] | None], options: Options) -> bool:
    letters = [item[1] for item in items if item]
    return len(letters) == 2 and letters[0] < letters[1] and options.known.issuperset(letters)
