"""Patterns of what announces an answer, put together from the cue words; for text in lower case."""

import functools
import re

from clue_lib.answers.mentions import cues

FRAME = re.compile("[⟦⟪]")
"""LaTeX's box, or a tag that holds the answer."""

ANSWERED = re.compile(r"(?<![^\n])Q[\s\d:.][^\n]{0,300}\n(A):[ \t](?=[(\[]?[A-Z][)\]]?\.?(?:\n|$))")
"""A question and "A: C", where A, in a group, stands for answer."""

BULLET = re.compile(
    r"(?:[•*>→➤‣◦·–—-]+\s?(?!\d)|[^\w\s(\[<>≤≥±+=⟦⟪'.-]+\s?)?"
    r"(?:\(?\d{1,2}(?:\s?[.):|]\s?|\s[–-]\s)|q(?:uestion|\.)?\s?\d{0,3}\s?[:.)]\s?)?"
)
"""What stands before an item of a list: a bullet, a number, "Q1:". Not the sign of a number."""


@functools.cache
def answer(noun: str) -> re.Pattern[str]:
    """Such as "The answer to this question is", "most likely diagnosis:", "Answer" as a heading.

    `noun` is the list of names that an answer has beside "answer". Groups: "final" or "head_final" where it is called
    final, "maybe" where the verb is weak.
    """
    best, thing, final = cues.any_of("best"), cues.any_of("thing"), cues.any_of("final")
    copula, maybe = cues.any_of("copula"), cues.any_of("maybe")
    called = rf"{best}(?:[ \t](?!is\b)[\w-]{{1,20}})??[ \t]{thing}|{thing}[ \t]{best}|{cues.any_of('noun', noun)}"
    filler = rf"(?:[ \t]{cues.any_of('filler')}(?:[ \t][\w'-]{{1,30}}){{0,6}}?)?"
    verb = rf"(?:,?[ \t]{cues.any_of('adverb')},?)?[ \t]?(?:{copula}|(?P<maybe>{maybe}))"
    mark = r"[ \t]?(?:[:=→>–—|]|-+)+|[ \t](?=\([a-z]\))"
    alternatives = (
        rf"(?:(?P<final>{final})|{called})(?:\(s\))?{filler}(?:{verb}|{mark})",
        rf"(?:the[ \t])?{best}{filler}[ \t]{copula}",
        rf"^(?:[^\w\n]|\d)*(?:(?:the|my)[ \t])?(?:(?P<head_final>{final})|{called})[ \t]?[:.]?\n",
        rf"{cues.any_of('marked_noun')}[ \t]?[:=→]",
        rf"{cues.START}ans[ \t]?[.)]",
    )
    return re.compile("|".join(alternatives), re.MULTILINE)


@functools.cache
def choice() -> re.Pattern[str]:
    """Such as "I would choose", "Choose", "that leaves"."""
    chooser = rf"{cues.any_of('chooser')}(?:[ \t]?{cues.any_of('helper')}){{0,3}}"
    chosen = rf"(?:{chooser}|^|[.;!?])[ \t]?{cues.any_of('choose')}"
    return re.compile(rf"{chosen}|{cues.any_of('leaving')}(?:[ \t]?{cues.any_of('article')})?", re.MULTILINE)


@functools.cache
def denying() -> re.Pattern[str]:
    """Such as "Incorrect:", "Excluded options:"."""
    return re.compile(rf"{cues.any_of('denying')}(?:[ \t](?:option|answer|choice)s?)?[ \t]?:")


@functools.cache
def sign() -> re.Pattern[str]:
    """Such as "✅", in a group "right", or "❌" at the beginning of a line."""
    right, wrong = cues.any_of("right_sign"), cues.any_of("wrong_sign")
    return re.compile(rf"^[^\w\n]*?(?:(?P<right>{right})|{wrong})[ \t]*", re.MULTILINE)


@functools.cache
def clause() -> re.Pattern[str]:
    """Where a clause begins that may be the answer alone: "…; C", "…, so C". Not behind a list's number."""
    return re.compile(rf"(?<!\d)[.;!?][ \t]|→[ \t]?|{cues.any_of('therefore')}[,:]?[ \t]?")


@functools.cache
def pronoun() -> re.Pattern[str]:
    """Such as "It is", "so this must be"; a group "maybe" where the verb is weak."""
    verb = rf"[ \t]?(?:{cues.any_of('copula')}|(?P<maybe>{cues.any_of('maybe')}))"
    opener = rf"(?:^|[.;,!?:→(–—][ \t]?|{cues.any_of('lead', 'opener')},?[ \t])"
    return re.compile(rf"{opener}(?:{cues.any_of('pronoun')}{verb}|(?:it|that|this)'s\b)", re.MULTILINE)


@functools.cache
def finding() -> re.Pattern[str]:
    """Such as "The patient has", "consistent with"."""
    return re.compile(cues.any_of("found"))


MARKS = re.compile(r"[\s:=>→(\[•,–—.!-]*")
"""Marks between a cue and the name."""


@functools.cache
def lead() -> re.Pattern[str]:
    """One of the words that may stand between a cue and the name: "the", "probably", "option", "it is", "not"."""
    it_is = rf"{cues.any_of('pronoun')}(?:\s?{cues.any_of('copula')})?"
    return re.compile(rf"(?:{cues.any_of('lead', 'article', 'hedge')}|{it_is}|{cues.START}not\b)[\s:,(\[–—.!?-]*")


@functools.cache
def unpicked() -> re.Pattern[str]:
    """What stands before "answer is" and makes it another than the answer; "listed" where it announces several."""
    least = rf"{cues.any_of('unpicked_least')}(?:[ \t]\w{{1,20}})?|{cues.any_of('unpicked')}"
    kind = rf"(?:(?P<listed>{cues.any_of('listed')})|{least})"
    return re.compile(rf"{kind}(?:[ \t](?:most[ \t])?(?:{cues.any_of('best')}|answer))?[ \t]?\Z")


@functools.cache
def to_exclude() -> re.Pattern[str]:
    """Such as "to exclude" or "that doesn't fit", inside of "the option to exclude is"."""
    return re.compile(rf"[ \t](?:to[ \t]{cues.any_of('to_exclude')}|{cues.any_of('not', 'negated', 'wrong')})")
