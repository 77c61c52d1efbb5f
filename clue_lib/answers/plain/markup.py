"""Makes a text plain: characters, JSON, LaTeX, HTML and markdown brought to one form, and nothing else changed.

Plain text has ASCII letters, digits and punctuation where others only look different ("Ｃ．", "𝐂", "Ⓒ", curly quotes),
no invisible characters, quotation marks, markup, fields of JSON on lines of their own, and no superfluous space. A
run of spaces, or with a tab, is a tab: it may divide columns. LaTeX's box is ⟦…⟧, a tag that holds the answer ⟪…⟫.
Making it plain again changes nothing. Linear in the text's length.
"""

import html
import re
import unicodedata

from clue_lib.answers.plain.mapped import Mapped

_HIDDEN = "\0"
_LIKE_ASCII = {
    **dict.fromkeys("‘’‚‛ʼ′", "'"),
    **dict.fromkeys("“”„‟″«»‹›「」『』《》〈〉〝〞", '"'),
    **dict.fromkeys("‐‑‒−﹣", "-"),
    **dict.fromkeys("【〔〖", "["),
    **dict.fromkeys("】〕〗", "]"),
    **dict.fromkeys("\r\x0b\x0c\x85\u2028\u2029", "\n"),
    **{"…": ".", "、": ",", "،": ",", "➜": "→", "➔": "→", "⇒": "→", "⟶": "→", "➡": "→"},
}
_COMPATIBLE = ("<wide>", "<narrow>", "<font>", "<circle>", "<square>", "<noBreak>")


class _Characters(dict[int, str]):
    """The one character that stands for each, looked up once; hidden ones become NUL."""

    def __missing__(self, code: int) -> str:
        self[code] = _plain_character(chr(code))
        return self[code]


def _plain_character(character: str) -> str:
    if character in _LIKE_ASCII:
        return _LIKE_ASCII[character]
    kind = unicodedata.category(character)
    if kind == "Zs":
        return " "
    if (kind[0] == "C" and character not in "\n\t") or "\ufe00" <= character <= "\ufe0f":
        return _HIDDEN
    folded = unicodedata.normalize("NFKC", character)
    is_same = unicodedata.decomposition(character).startswith(_COMPATIBLE) and len(folded) == 1
    return _plain_character(folded) if is_same and folded != character else character


_CHARACTERS = _Characters()
_NOTHING = re.compile(f"{_HIDDEN}+")
_FULL_STOP = re.compile("。")
_MARKS = frozenset(_HIDDEN + "*`~#\"\\_{}$'")
_ACCENTED = re.compile(r"[^\W\d_][\u0300-\u036f]+")
_FENCE = re.compile(r"(?:```|~~~)+(?:[A-Za-z]+[ \t]*(?=\n|\Z))?")
_FIELD = re.compile(r"(?:[{\[]|(?<=[\"'\]}\del])\s*,)\s*([\"'])(?=[A-Za-z][\w -]{0,40}\1\s*:)")
_ESCAPED_BREAK = re.compile(r"\\[nrt](?![a-z]{2}|[eiou]\b)")
_BRACE = re.compile(r"\\?\b(?:boxed|fbox)\s*\{|[{}]")
_FONT = re.compile(r"\\(?:text[a-z]{0,6}|math[a-z]{2,4}|operatorname|emph|underline|bf|rm|it)\b\*?")
_ARROW = re.compile(r"\\(?:(?:long|Long)?(?:r|R)ightarrow|to|implies)\b|(?<![=-])[=-]+>")
_LATEX_SPACE = re.compile(r"\\(?:quad|qquad)\b|\\[,;:! ()\[\]]|\\\\|[{}$]")
_EMPHASIS_INSIDE = re.compile(r"(?<=[^\W_])(?:[*`~#\"\\]+|_+(?=[^\W_]))(?=\w)")
_EMPHASIS = re.compile(r"[*`~#\"\\_]+")
_NUMBERED = re.compile(r"&(?:amp;)*(#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:amp;)*(?:(nbsp|lt|gt|quot|apos|ndash|mdash|rarr);|amp;)", re.IGNORECASE)
_ANSWER_TAG = re.compile(r"<(/?)(?:final[_ ]?answer|answer|ans|choice|label|prediction|final)>", re.IGNORECASE)
_BLOCK_TAG = re.compile(
    r"</?(?:p|div|br|hr|li|ul|ol|dl|dt|dd|table|thead|tbody|tr|td|th|h[1-6]|pre|blockquote|section|body|html|head"
    r"|output|response|result|solution|conclusion|explanation|rationale|codes?_list|codes|item|icd)(?:\s[^<>]{0,200})?/?>",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"</?(?:strong|em|mark|small|big|del|ins|sub|sup|code|kbd|tt|span|font|center|cite|abbr|var|q)(?:\s[^<>]{0,200})?/?>"
    r"|</?[abius]\s[^<>]{0,200}>|</[abius]>",
    re.IGNORECASE,
)
_LONE_TAG = re.compile(r"<([abius])>", re.IGNORECASE)
_CLOSING = re.compile(r"</([abius])>", re.IGNORECASE)
_ANGLE = (re.compile(r"<(?=[A-Za-z]>)"), re.compile(r"(?<=\([A-Za-z])>"))
_QUOTE = re.compile(r"(?<!\w)'+|'+(?!\w)")
_BREAK = re.compile(r"(?<![ \t])[ \t]*\n\s+|(?<![ \t])[ \t]+\n")
_COLUMN = re.compile(r" +\t[ \t]*|\t[ \t]+| {2,}")


def plain(text: Mapped) -> Mapped:
    """The text in this module's plain form."""
    return _without_space(_html(_without_emphasis(_latex(_json(_characters(text))))))


def _characters(text: Mapped) -> Mapped:
    text = text.sub(_NUMBERED, _character).translate(_CHARACTERS).sub(_NOTHING, "").sub(_FULL_STOP, ". ")
    if unicodedata.is_normalized("NFC", text.text):
        return text
    return text.sub(_ACCENTED, lambda accented: unicodedata.normalize("NFC", accented[0]))


def _json(text: Mapped) -> Mapped:
    """Fences go; fields of JSON or of Python's dictionaries come to stand on lines of their own."""
    return text.sub(_FENCE, "\n").sub(_FIELD, "\n").sub(_ESCAPED_BREAK, "\n")


def _latex(text: Mapped) -> Mapped:
    text = text.sub(_FONT, "").sub(_ARROW, "→")
    boxed: list[bool] = []

    def bracket(brace: re.Match[str]) -> str:
        if brace[0] != "}":
            boxed.append(brace[0] != "{")
            return "⟦" if boxed[-1] else " "
        return "⟧" if boxed and boxed.pop() else " "

    return text.sub(_BRACE, bracket).sub(_LATEX_SPACE, " ")


def _without_emphasis(text: Mapped) -> Mapped:
    """Markdown's marks and quotation marks go; between two words a space stays."""
    return text.sub(_EMPHASIS_INSIDE, " ").sub(_EMPHASIS, "")


def _html(text: Mapped) -> Mapped:
    text = text.sub(_ENTITY, _character)
    text = text.sub(_ANSWER_TAG, lambda tag: "⟫" if tag[1] else "⟪").sub(_BLOCK_TAG, "\n")
    closed = {letter.casefold() for letter in _CLOSING.findall(text.text)}
    text = text.sub(_LONE_TAG, lambda tag: " " if tag[1].casefold() in closed else tag[0]).sub(_TAG, " ")
    opening, closing = _ANGLE  # "<C>" is a letter in brackets
    return text.sub(opening, "(").sub(closing, ")")


def _character(entity: re.Match[str]) -> str:
    if entity[1] is None:
        return "&"
    character = html.unescape(f"&{entity[1]};")
    plain_one = _CHARACTERS[ord(character)] if len(character) == 1 else " "
    return " " if plain_one in _MARKS else plain_one


def _without_space(text: Mapped) -> Mapped:
    text = text.sub(_QUOTE, " ").sub(_BREAK, "\n").sub(_COLUMN, "\t")
    n_before = len(text.text) - len(text.text.lstrip())
    return text.part(n_before, max(n_before, len(text.text.rstrip())))
