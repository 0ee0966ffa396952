"""Which instruction a query is embedded with."""

from __future__ import annotations

import re

_CODE = re.compile(
    r"\b(function|method|class|def|return|import|async|await|struct|enum|lambda|regex|parser?|sql|api|json|"
    r"funktion|methode|klasse|fonction|función|clase|funzione|função|функция|метод|класс)\b"
    r"|函数|方法|関数|メソッド|클래스|함수|\w+\(\)|\w+_\w+|::|->|=>|\w+\.\w+\(",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"\b[a-z]+[A-Z]\w+")
_QUESTION = re.compile(
    r"[?？؟]\s*$|^(who|what|when|where|why|which|how|is|are|does|do|can|wer|was|wann|wo|warum|welche\w*|wie|"
    r"qui|que|quoi|quand|où|pourquoi|comment|quién|qué|cuándo|dónde|por qué|cómo|cuál|"
    r"chi|che|quando|dove|perché|"
    r"кто|что|когда|где|почему|как)\b|[吗呢么]$|什么|为什么|怎么|哪|何|なぜ|どう|いつ|누가|무엇|언제|어디|왜|어떻게",
    re.IGNORECASE,
)


def choose(text: str) -> str:
    """code, question or documents, by how a query is written."""
    if _CAMEL.search(text) or _CODE.search(text):
        return "code"
    return "question" if _QUESTION.search(text.strip()) else "documents"
