"""The plain records that travel between the rooms."""

from __future__ import annotations

from dataclasses import dataclass, field

MARKDOWN = "markdown"  # a mark's language for a cell of notes
# of documents that are mass data whatever is in them: words for all, vectors for some passages
MASS_KINDS = frozenset({"csv", "json", "xlsx", "xls", "xlsb", "ods", "fods", "xml", "log", "gpx", "kml"})


@dataclass(frozen=True, slots=True)
class Mark:
    """From character `start` of a document's text on, until the next mark, the text has this address."""

    start: int
    page: int | None = None  # 1-based
    heading: tuple[str, ...] = ()  # outermost first
    anchor: str | None = None  # "slide 3", "cell 4", "Budget!A2:F40", "00:01:05"
    table_header: str | None = None  # header row of the table this stretch belongs to
    symbol: str | None = None
    symbol_kind: str | None = None
    # of a cell of code or notes, "" where it is not known; for showing it, not in the table
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """text[start:end] of a file of code: a definition, or what lies between two."""

    start: int
    end: int
    symbol: str | None = None  # "Stack.push"
    kind: str | None = None  # function, method, class, ...
    signature: str = ""  # empty for what is no definition
    parent: str = ""  # symbol of the definition around it
    lead: bool = False  # opens what follows: imports, the head of a class
    closing: bool = False  # ends what precedes: a bracket


@dataclass(frozen=True, slots=True)
class Document:
    """One file as text. Offsets everywhere are characters of `text`."""

    text: str
    kind: str  # pdf, md, txt, code, docx, xlsx, html, eml, ...
    title: str | None = None
    marks: tuple[Mark, ...] = ()
    has_lines: bool = True  # `text` is the file's own text, so that its lines are the file's lines
    # programming language of code, "" for what is in none; None where they are found per chunk
    language: str | None = None
    date: str | None = None  # ISO date the document gives itself
    tags: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # others than its title that it goes by: aliases, authors
    notes: tuple[str, ...] = ()  # what a person should know: "pages 3-5 have no text layer"
    mass: bool = False  # a table, a log, generated code: words for all of it, vectors in measure
    blocks: tuple[Block, ...] | None = None  # of code, tiling it; empty: no tree, None: not looked for
    # (offset, address, description); the address is relative to the file, "#page=3" a page of it
    pictures: tuple[tuple[int, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage: `text` is shown, `context` is prepended for the model alone, the rest says where it is."""

    ordinal: int  # 0-based place in the document
    text: str
    char_start: int
    char_end: int
    context: str = ""
    tokens: int = 0  # of context and text together, prefix and special tokens included
    page: int | None = None
    line_start: int | None = None  # 1-based, inclusive
    line_end: int | None = None
    heading: str | None = None  # "Chapter > Section"
    anchor: str | None = None
    symbol: str | None = None
    symbol_kind: str | None = None
    language: str | None = None  # ISO 639-1 code, or a programming language's name in lower case


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found, by its best passage. Field for field the JSON of `searcher search --json`."""

    rank: int
    path: str
    title: str | None
    score: float
    cosine: float | None  # plain cosine in [-1, 1]; None for a hit by words alone
    match: str  # strong | likely | weak
    kind: str
    language: str | None
    page: int | None
    line_start: int | None
    line_end: int | None
    heading: str | None
    symbol: str | None
    snippet: str
    highlights: list[list[int]]  # [start, end) character offsets into `snippet`
    chunk_id: str
    modified: str  # ISO 8601, seconds, with offset
    anchor: str | None = None
    passages: list[Passage] = field(default_factory=list)  # further passages of the same document
    copies: list[str] = field(default_factory=list)  # paths of exact and near copies folded into this hit
    stale: bool = False  # the file changed since it was indexed
    source: str = ""  # the machine it lies on, where that is another one
    date: str = (
        ""  # ISO day that the document gives itself, else of its last change; what sorting by date uses
    )


@dataclass(frozen=True, slots=True)
class Passage:
    """A further passage of a hit's document."""

    cosine: float | None
    page: int | None
    line_start: int | None
    line_end: int | None
    heading: str | None
    symbol: str | None
    anchor: str | None
    snippet: str
    highlights: list[list[int]]
    chunk_id: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave: the whole object of `searcher search --json`."""

    query: str
    mode: str
    task: str
    model: dict[str, object]  # {"name", "dim"}
    took_ms: dict[str, float]  # {"embed", "search", "total"}
    pending: int  # chunks that still wait for a vector
    results: list[Hit]
    good: bool = True  # False: nothing matches well; `results` are the nearest things all the same
    searched_by_meaning: float = 1.0  # share of the passages that are to have a vector which have it yet
    total: int = 0  # documents found before `limit` cut, their copies folded into them
    files: int = 0  # the same with each copy for itself, as facets count
    notes: list[str] = field(default_factory=list)
    # counts of results by type, folder, language, month, and since an ISO date
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    facets_at_least: bool = False  # a large library: a filter may leave more than is counted
    # {"hits", "took_ms", "budget_ms"} of marking the nearest sentence where no word of the query is written
    marking: dict[str, float] = field(default_factory=dict)
    did_you_mean: str | None = None  # the query with words that are nowhere spelt as words that are
