"""Which legacy encoding a text in Latin letters has: the one that makes its letters those of one language."""

from __future__ import annotations

import re
import unicodedata

_WESTERN, _CENTRAL = ("cp1252", "cp850", "mac_roman"), ("cp1250", "iso8859_2", "cp852")
_RARE = ("cp850", "mac_roman", "cp857", "cp852", "cp775")  # of DOS and the old Macintosh
_ALPHABETS: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        _WESTERN,
        "äöüß àâæçéèêëîïôœùûüÿ áéíñóúü áâãàçéêíóôõú àèéìòóù åäöé æøåéèêóòô éëïöüèê þðýáéíóúæö àçèéíïòóúü ëç",
    ),
    (("cp1254", "cp857"), "çğıöşüâîûİ"),
    (_CENTRAL, "ąćęłńóśźż áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž áéíóöőúüű ăâîşţșț čćđšž äöüß ëç"),
    (("cp1257", "cp775"), "ąčęėįšųūž āčēģīķļņšūž õäöüšž"),
)  # each language's own letters, and the encodings its texts have
_HIGH = re.compile(rb"[\x80-\xff]+")
_IN_A_WORD = re.compile(rb"[A-Za-z][\x80-\xff]{1,2}|[\x80-\xff]{1,2}[A-Za-z]")
_INSIDE = re.compile(rb"(?<=[A-Za-z])[\x80-\xff]{1,2}(?=[A-Za-z])")
_AFTER_SMALL = re.compile(rb"(?<=[a-z])[\x80-\xff]")
_BEFORE_LETTER = re.compile(rb"[\x80-\xff](?=[A-Za-z])")
_DOTLESS, _TURKISH = 0xFD, set("ğşöüç".encode("cp1254"))
_ACUTE = set("áéíóúæÁÉÍÓÚÆ".encode("cp1252"))
_FINAL, _HEBREW_LETTERS = set("ךםןףץ".encode("cp1255")), 8
# the most used characters, in the order of their use
_SIMPLIFIED = frozenset(
    "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后"
    "小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长"
    "知样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间"
    "新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼"
    "体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或"
    "司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认"
)
_TRADITIONAL = frozenset(
    "的一是不了在人有我他這中大來上個國到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可她裡後"
    "小麼心多天而能好都然沒日於起還發成事只作當想看文無開手十用主行方又如前所本見經頭面公同三已老從動兩長"
    "知樣現分將外但身些與高意進把法此實回二理美點月明其種聲全工己話兒者向情部正名定女問力機給等幾很業最間"
    "新什打便位因重被走電四第門相次東政海口使教西再平真聽世氣信北少關並內加化由卻代軍產入先山五太水萬市眼"
    "體別處總才場師書比住員九笑性通目華報立馬命張活難神數件安表原車白應路期叫死常提感金何更反合放做系計或"
    "司利受光王果親界及今京務制解各任至清物台象記邊共風戰幹接它許八特覺望直服毛林題建南度統色字請交愛讓認"
)
_CHINESE, _USED, _FEWEST_CHARACTERS = (
    0.5,
    0.3,
    5,
)  # of other letters, of the characters; in other scripts a tenth
_LATIN_9 = re.compile(rb"[\d ]\xa4(?![\x80-\xff])|[A-Za-z']\xbd[a-z]|\xbd(?:uvre|il|uf)")  # the euro, oe
_WINDOWS_SIGNS = re.compile(rb"[\x80-\x9f]")
_LATIN_SHARE = 0.7  # of the runs of high bytes that stand beside a letter: else it is another script
_ENOUGH = 0.94  # of the letters


def latin(sample: bytes) -> str | None:
    """The encoding; None for another script, or where no language claims nearly all of the letters."""
    runs = _HIGH.findall(sample)
    if not runs or len(_IN_A_WORD.findall(sample)) < _LATIN_SHARE * len(runs):
        return None
    high = b"".join(runs)
    counts = {byte: high.count(bytes([byte])) for byte in set(high)}
    inside, after, before = (
        b"".join(pattern.findall(sample)) for pattern in (_INSIDE, _AFTER_SMALL, _BEFORE_LETTER)
    )
    best, encoding = _ENOUGH, None
    names = [(name, alphabets) for encodings, alphabets in _ALPHABETS for name in encodings]
    for name, alphabets in sorted(names, key=lambda pair: pair[0] in _RARE):
        shown = {byte: bytes([byte]).decode(name, "replace") for byte in counts}
        for letters in alphabets.split():
            share = _share(counts, shown, inside, after, before, frozenset(letters + letters.upper()))
            if share > best + 1e-9:
                best, encoding = share, name
    there = counts.keys()
    if encoding == "cp1252" and _DOTLESS in there and _TURKISH & there and not _ACUTE & there:
        return "cp1254"  # of a few words; Icelandic would have á and í beside ý and þ
    if encoding in ("cp1252", None) and _LATIN_9.search(sample) and not _WINDOWS_SIGNS.search(sample):
        return "iso8859_15"
    return encoding


def is_hebrew(sample: bytes) -> bool:
    """Whether the high bytes are Hebrew letters, the final forms at the ends of words alone; as Cyrillic the
    same bytes stand anywhere, beside others."""
    runs = _HIGH.findall(sample)
    letters = b"".join(runs)
    inside = b"".join(run[:-1] for run in runs)
    return (
        len(letters) >= _HEBREW_LETTERS
        and all(0xE0 <= byte <= 0xFA for byte in letters)
        and bool(_FINAL & set(letters))
        and not _FINAL & set(inside)
    )


def chinese(sample: bytes) -> str | None:
    """The encoding that gives the characters which Chinese uses most; None for other languages."""
    best, encoding = _USED, None
    for name, used in (("gb18030", _SIMPLIFIED), ("big5", _TRADITIONAL)):
        text = sample.decode(name, "replace").removesuffix("\ufffd")
        characters = [c for c in text if "\u4e00" <= c < "\ufa00"]
        others = sum(1 for c in text if c > "\x7f")
        if len(characters) < max(_FEWEST_CHARACTERS, others * _CHINESE) or "\ufffd" in text:
            continue
        share = sum(c in used for c in characters) / len(characters)
        if share > best:
            best, encoding = share, name
    return encoding


def _share(
    counts: dict[int, int],
    shown: dict[int, str],
    inside: bytes,
    after: bytes,
    before: bytes,
    letters: frozenset[str],
) -> float:
    """The share of high bytes that are letters of the alphabet; signs between words are left out of it. What
    none does is a large letter after a small one, and a drawing or a quotation's opening on a word."""
    right = wrong = 0
    for byte, count in counts.items():
        if shown[byte] in letters:
            wrongly = after.count(byte) if shown[byte].isupper() else 0
            right += count - wrongly
            wrong += wrongly
        elif shown[byte].isalpha() or shown[byte] == "\ufffd":
            wrong += count
        elif unicodedata.category(shown[byte]) in ("Sm", "So") and shown[byte] not in "©®°™":
            wrong += before.count(byte) + after.count(byte)
        elif shown[byte] in "„‚¿¡":
            wrong += after.count(byte)
        elif shown[byte] not in "\u2019\u00b7\u00ad":
            wrong += inside.count(byte)
    return right / (right + wrong) if right else 0.0
