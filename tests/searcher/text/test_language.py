"""Languages of short passages, and what is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from searcher.home import Home
from searcher.text import identifier
from searcher.text.language import detect

SENTENCES = {
    "en": "The boiler must be serviced once a year.",
    "de": "Der Kessel muss einmal im Jahr gewartet werden.",
    "fr": "La chaudière doit être entretenue une fois par an.",
    "es": "La caldera debe revisarse una vez al año.",
    "it": "La caldaia deve essere controllata una volta all'anno.",
    "pt": "A caldeira deve ser revisada uma vez por ano.",
    "nl": "De ketel moet één keer per jaar worden nagekeken.",
    "pl": "Kocioł należy serwisować raz w roku.",
    "cs": "Kotel je nutné servisovat jednou za rok.",
    "fi": "Kattila on huollettava kerran vuodessa.",
    "hu": "A kazánt évente egyszer karban kell tartani.",
    "tr": "Kazanın yılda bir kez bakımı yapılmalıdır.",
    "vi": "Nồi hơi phải được bảo dưỡng mỗi năm một lần.",
    "ru": "Котёл нужно обслуживать раз в год.",
    "uk": "Котел потрібно обслуговувати раз на рік.",
    "ar": "يجب صيانة الغلاية مرة واحدة في السنة.",
    "fa": "دیگ بخار باید سالی یک بار سرویس شود.",
    "hi": "बॉयलर की साल में एक बार सर्विस होनी चाहिए।",
    "he": "יש לתחזק את הדוד פעם בשנה.",
    "el": "Ο λέβητας πρέπει να συντηρείται μία φορά τον χρόνο.",
    "zh": "锅炉每年必须保养一次。",
    "ja": "ボイラーは年に一度点検しなければならない。",
    "ko": "보일러는 일 년에 한 번 점검해야 합니다.",
    "th": "ต้องบำรุงรักษาหม้อไอน้ำปีละครั้ง",
    "ta": "கொதிகலன் ஆண்டுக்கு ஒரு முறை பராமரிக்கப்பட வேண்டும்.",
}


@pytest.mark.parametrize(("code", "sentence"), SENTENCES.items())
def test_one_sentence_is_enough(code: str, sentence: str) -> None:
    assert detect(sentence) == code


NO_LANGUAGE = [
    "",
    "  \n",
    "OK",
    "0x1f 4432 8871 2231",
    "2024-03-04 12:33:01 192.168.0.1",
    "🎉🎉🎉",
    "== -- ==",
    "Yadda yadda yadda\n\nYadda yadda yadda",
    "From: foo\nTo: baz\nSubject: bar\n\nYadda yadda yadda\n\nYadda yadda yadda",
    "blah blah blah. " * 40,
]


@pytest.mark.parametrize("text", NO_LANGUAGE)
def test_what_is_no_language(text: str) -> None:
    assert detect(text) is None


def test_a_foreign_word_does_not_decide() -> None:
    assert detect("The Japanese word 茶 means tea, and so does the Korean 차 in most places.") == "en"
    assert detect("微软发布了 Windows 11 更新，用户可以下载安装。") == "zh"


def test_the_unpacked_model_answers_as_the_packed_one(tmp_path: Path, starter: Path) -> None:
    home = Home(tmp_path / "home").create()
    (file,) = starter.parent.glob("languages-*")
    damaged = home.models / file.name
    damaged.write_bytes(file.read_bytes()[:-1])
    packed, unpacked = identifier.opened(None), identifier.opened(home)
    for text in [*SENTENCES.values(), *NO_LANGUAGE, "a" * 600, " ".join(SENTENCES.values())]:
        assert unpacked.classify(text) == packed.classify(text)
    assert damaged.read_bytes() == file.read_bytes()
