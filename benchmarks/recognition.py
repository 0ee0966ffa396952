"""Text in pictures: errors and seconds a page, over pages that are rendered here.

    python -m benchmarks.recognition [--languages en,de,...] [--dpi 150,300] [--pages N] [--json FILE]

N pages (default 1) of each language at 150 and 300 dots an inch, upright, turned by 90 and 180 degrees, and
with noise. A character error rate is the edit distance over the length, white space left out. Seconds are of
processor time, tesseract's included, the first page's loading of the models not counted; memory is the
largest resident size before the first noise is made, which takes more than reading does. The languages'
fonts have to be installed: DejaVu, and Noto CJK for zh, ja and ko; ru, el, ko, ar and vi need tesseract with
their language packs.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
from pathlib import Path
from typing import Any

from benchmarks.report import table
from indexer.recognition.engine import Recogniser

SENTENCES = {
    "en": "The harbour office opens at seven and the ferry to the outer islands leaves at half past eight.",
    "de": "Die Miete wird bis zum dritten Werktag überwiesen; größere Schäden meldet der Mieter sofort.",
    "fr": "La réunion du conseil est reportée à jeudi, et le procès-verbal sera envoyé à tous les élèves.",
    "es": "El próximo año la cooperativa comprará dos molinos pequeños para el pan de la mañana.",
    "it": "Il sentiero è chiuso perché la pioggia ha portato via il ponte più vecchio della città.",
    "pt": "A manutenção do telhado não está incluída, mas as janelas serão pintadas em março.",
    "nl": "De sleutel van het botenhuis ligt onder de derde bloempot naast de groene deur.",
    "pl": "Zażółć gęślą jaźń to zdanie, w którym występują wszystkie polskie znaki.",
    "zh": "码头办公室早上七点开门，去外岛的渡轮八点半出发，请提前买票。",
    "ja": "図書館は月曜日が休みで、本は二週間まで借りることができます。",
    "ru": "Ключ от лодочного сарая лежит под третьим цветочным горшком рядом с зелёной дверью.",
    "el": "Το γραφείο του λιμανιού ανοίγει στις επτά και το πλοίο φεύγει στις οκτώ και μισή.",
    "ko": "도서관은 월요일에 쉬고 책은 두 주 동안 빌릴 수 있습니다. 학생증을 가져오세요.",
    "ar": "يفتح مكتب الميناء في الساعة السابعة وتغادر العبارة إلى الجزر في الثامنة والنصف",
    "vi": "Văn phòng cảng mở cửa lúc bảy giờ và chuyến phà ra đảo khởi hành lúc tám giờ rưỡi.",
}
FONTS = {
    "latin": ("DejaVuSans.ttf", "LiberationSans-Regular.ttf"),
    "cjk": ("NotoSansCJK-Regular.ttc", "NotoSerifCJK-Regular.ttc"),
}
WAYS = ("upright", "turned 90", "turned 180", "noisy")


def font(language: str, size: int) -> Any:
    from PIL import ImageFont

    for name in FONTS["cjk" if language in ("zh", "ja", "ko") else "latin"]:
        for place in Path("/usr/share/fonts").rglob(name):
            return ImageFont.truetype(str(place), size)
    raise SystemExit(f"no font for {language}; apt-get install fonts-dejavu fonts-noto-cjk")


def rendered(language: str, dpi: int, seed: int) -> tuple[Any, list[str]]:
    """An A5 page of numbered lines in a font of 11 points, and the lines."""
    from PIL import Image, ImageDraw

    dice = random.Random(seed)
    letters = font(language, round(11 / 72 * dpi))
    image = Image.new("RGB", (round(5.83 * dpi), round(8.27 * dpi)), "white")
    draw, margin, step = ImageDraw.Draw(image), round(0.5 * dpi), round(20 / 72 * dpi)
    words = SENTENCES[language].split() if " " in SENTENCES[language] else list(SENTENCES[language])
    joint = " " if " " in SENTENCES[language] else ""
    lines = []
    for number in range(20):
        line = ""
        while draw.textlength(line + joint + (word := dice.choice(words)), font=letters) < 4.6 * dpi:
            line = f"{line}{joint}{word}" if line else word
        lines.append(line)
        draw.text((margin, margin + number * step), line, font=letters, fill="black")
    return image, lines


def changed(image: Any, way: str, seed: int) -> Any:
    import numpy as np
    from PIL import Image

    if way == "noisy":
        noise = np.random.default_rng(seed).normal(0, 25, (image.height, image.width, 1))
        return Image.fromarray((np.asarray(image) + noise).clip(0, 255).astype(np.uint8))
    return image.rotate(int(way.split()[1]), expand=True) if way.startswith("turned") else image


def spent() -> float:
    """Seconds of processor time, of this process and of the programs that it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def errors(read: str, meant: str) -> float:
    from rapidfuzz.distance import Levenshtein

    read, meant = "".join(read.split()), "".join(meant.split())
    return Levenshtein.distance(read, meant) / len(meant)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--languages", default=",".join(SENTENCES))
    parser.add_argument("--dpi", default="150,300")
    parser.add_argument("--pages", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    recogniser = Recogniser()
    recogniser.lines(rendered("en", 150, 99)[0])
    rows = []
    peak = 0
    for language in options.languages.split(","):
        for dpi in map(int, options.dpi.split(",")):
            for way in WAYS:
                wrong, seconds = [], []
                for seed in range(options.pages):
                    if way == "noisy" and not peak:
                        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
                    image, lines = rendered(language, dpi, seed)
                    began = spent()
                    found = recogniser.lines(changed(image, way, seed))
                    seconds.append(spent() - began)
                    wrong.append(errors("".join(text for text, _ in found), "".join(lines)))
                mean = sum(wrong) / len(wrong)
                rows.append(
                    [language, str(dpi), way, f"{100 * mean:.2f} %", f"{sum(seconds) / len(seconds):.1f}"]
                )
                print(*rows[-1], flush=True)
    table("pictures of text", ["language", "dpi", "page", "wrong characters", "seconds a page"], rows)
    print(f"largest resident size {peak} MB")
    if options.json:
        options.json.write_text(json.dumps({"rows": rows, "peak_mb": peak}))


if __name__ == "__main__":
    main()
