"""Kinds that programs besides Office write, and what books, pages and notes lost once."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from urllib.parse import quote

from corpus.case import Case

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg"><title>Map of the heath</title>'
    "<text>Peat <tspan>pit</tspan></text><flowRoot><flowPara>Bog oak</flowPara></flowRoot>"
    "<foreignObject><p>Heather</p></foreignObject>"
    '<path d="M10,10 L20,20"/></svg>'
)
CELLS = (
    '<mxGraphModel><root><mxCell id="2" value="Order &lt;b&gt;arrives&lt;/b&gt;"/>'
    '<object label="Kiln is lit"/></root>'
    "</mxGraphModel>"
)
GPX = (
    '<gpx xmlns="http://www.topografix.com/GPX/1/1"><metadata><name>Round the lake</name></metadata>'
    '<wpt lat="1" lon="2"><name>Ferry</name><desc>Runs hourly</desc></wpt></gpx>'
)
KML = (
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>Wells</name><Placemark><name>Old well</name>'
    "<description><![CDATA[<b>Dry</b> since May]]></description>"
    "<ExtendedData><Data name='b'><value>Brick</value></Data></ExtendedData>"
    "<Point><coordinates>1,2</coordinates></Point>"
    "</Placemark></Document></kml>"
)
FB2 = (
    '<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0"><description><title-info>'
    "<book-title>The ferryman</book-title><date>2024-05-01</date>"
    "<author><first-name>Ada</first-name><last-name>Lind</last-name><id>7f-3</id></author>"
    "<annotation><p>Of a crossing.</p></annotation></title-info></description><body><section>"
    "<title><p>Ebb</p></title><p>The boat lay "
    "dry.</p><section><title><p>Night</p></title><p>A lamp burned.</p>"
    "</section></section></body></FictionBook>"
)
ENEX = (
    "<en-export><note><title>Yeast</title><content><![CDATA[<en-note><div>Feed it "
    "<b>twice</b> a day</div><en-crypt>c2VjcmV0</en-crypt></en-note>]]>"
    "</content><created>20260301T080000Z</created><tag>bread</tag></note></en-export>"
)
TEX = (
    "\\title{On \\emph{tides}}\n\\begin{document}\n\\section{Ebb \\& flow}\nWater falls.\n"
    'M{\\"u}ller, \\"Ozg\\"ur, Fran\\c{c}ois, Stra\\ss e, S\\o ren, \\\'{\\i}, \\v{x}, caf\\\'e, \\v{C}apek\n'
    "\\subsection*{Neap}\nA little.\n"
)
ADOC = "= Handbook\n\nIntro.\n\n----\n== No heading\n----\nTwine.\n\n== Ropes\n\nHemp.\n"
MANUAL = r""".\" a comment
.de Fancy
never shown
..
.TH HOIST 1
.SH NAME
hoist \- raise a sail
.SH "OPTIONS AND MORE"
.TP
\&.6 of \fB\-\-fast\fR \s-1SAIL\s0 isn\(aqt slow
.BR reef (1),
.IP "a tack" 4
.if n \{\
.ds nothing \*(lq
.\}
"""
MDOC = """.Dd today
.Dt BELAY 8
.Sh NAME
.Nm belay
.Nd hold fast
.Sh SYNOPSIS
.Op Fl v Ar rope
.Xr cleat 1
"""
MARKDOWN = (
    "# Top\n\n- item\n\n    ```sh\n    # not a heading\n    ```\n\n"
    "<!-- # hidden\n# hidden too\n-->\n\n## Real\n\ntext\n"
)
RICH = (
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}{\f1\fcharset204 Arial;}}\f0 "
    rb"Ropes{\super\chftn{\footnote\pard Hemp, "
    rb"mostly.}} hold.{\*\unknown secret}{\bin5 \x00}}ab}\par "
    rb"{\f1\'cb\'ee\'e4\'ea\'e0} {\header Log of the Heron}{\footer Kept by Ada}\par"
    rb"\trowd Ware\cell Menge\cell\row Teer\cell 12\cell\row {\pict 00ff}}"
)


_OFFICE = "http://schemas.openxmlformats.org"
VISIO = {
    "visio/document.xml": "<a/>",
    "visio/pages/pages.xml": f'''<Pages xmlns:r="{_OFFICE}/officeDocument/2006/relationships">
<Page Name="Cellar plan"><Rel r:id="r1"/></Page><Page Name="Page-2"><Rel r:id="r2"/></Page></Pages>''',
    "visio/pages/_rels/pages.xml.rels": f'<Relationships xmlns="{_OFFICE}/package/2006/relationships">'
    + "".join(f'<Relationship Id="r{n}" Type="x/page" Target="page{n}.xml"/>' for n in (1, 2))
    + "</Relationships>",
    "visio/pages/page1.xml": """<p><Shape><Section N="Property"><Row><Cell N="Value" V="Harbour board"/></Row>
</Section><Text>Valve <cp/>seven</Text></Shape></p>""",
    "visio/pages/page2.xml": "<p><Text>Sluice</Text></p>",
}


def _zip(members: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return out.getvalue()


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, text in (("letters/one.md", "# One\n\nFirst letter.\n"), ("./two.txt", "Second letter.\n")):
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return out.getvalue()


def _book() -> bytes:
    """A spine with a picture, a title closed as in XML, a name in another case, an entity."""
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        "<dc:title>Caf&eacute; at the quay</dc:title></metadata><manifest>"
        '<item id="p" href="cover.jpg" media-type="image/jpeg"/><item id="a" href="One.xhtml"/></manifest>'
        '<spine><itemref idref="p"/><itemref idref="a"/></spine></package>'
    )
    chapter = (
        '<html><head><title/></head><body><a id="x"/><h1>Low water</h1><p>The quay is bare.</p>'
        "<aside>A note on mud.</aside><svg><text>Chart datum</text></svg>"
        "<p><math><mi>x</mi><annotation "
        "encoding='application/x-tex'>x+y</annotation></math></p></body></html>"
    )
    container = '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'
    return _zip(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "OPS/book.opf": package,
            "OPS/cover.jpg": "\xff\xd8\0\0" * 200,
            "OPS/one.XHTML": chapter,
        }
    )


def _drawio() -> str:
    squeeze = zlib.compressobj(wbits=-15)
    packed = squeeze.compress(quote(CELLS).encode()) + squeeze.flush()
    return f'<mxfile><diagram name="Page A">{base64.b64encode(packed).decode()}</diagram></mxfile>'


def cases() -> Iterator[Case]:
    yield Case(
        "heath.svg",
        SVG.encode(),
        "svg",
        ("Map of the heath\nPeat pit\nBog oak\nHeather",),
        ("M10",),
        title="Map of the heath",
    )
    yield Case(
        "empty.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M1,1"/></svg>', fails="without words"
    )
    yield Case("plan.drawio", _drawio().encode(), "drawio", ("Page A\nOrder arrives\nKiln is lit",))
    yield Case("lake.gpx", GPX.encode(), "gpx", ("Round the lake", "Ferry\nRuns hourly"))
    yield Case("wells.kml", KML.encode(), "kml", ("Old well\nDry since May\nBrick",), ("1,2",))
    yield Case("ferry.fb2", FB2.encode(), "fb2", ("Ada Lind\n\nOf a crossing.",), ("7f-3",),
               title="The ferryman", date="2024-05-01",
               at={"dry": {"heading": ("Ebb",)}, "lamp": {"heading": ("Ebb", "Night")}})  # fmt: skip
    yield Case("notes.enex", ENEX.encode(), "enex", title="Yeast", date="2026-03-01", lacks=("c2VjcmV0",),
               tags=("bread",), at={"twice": {"anchor": "note 1", "heading": ("Yeast",)}})  # fmt: skip
    letters = ("Müller, Özgür, François, Straße, Søren, í, \\v{x}, café, Čapek",)
    yield Case("tides.tex", TEX.encode(), "tex", letters, title="On tides", has_lines=True,
               at={"falls": {"heading": ("Ebb & flow",)},
                   "little": {"heading": ("Ebb & flow", "Neap")}})  # fmt: skip
    under = {"adoc": ("Handbook",), "typ": ("Handbook", "No heading")}  # its dashes fence nothing
    for kind, heading in under.items():
        yield Case(f"book.{kind}", ADOC.encode(), kind, title="Handbook", has_lines=True,
                   at={"Twine": {"heading": heading},
                       "Hemp": {"heading": ("Handbook", "Ropes")}})  # fmt: skip
    yield Case("page.wiki", b"== Ropes ==\nHemp.\n", "wiki", title="Ropes", has_lines=True)
    more = {"heading": ("OPTIONS AND MORE",)}
    yield Case("hoist.1", MANUAL.encode(), "man", title="hoist(1)", has_lines=True,
               at={".6 of --fast SAIL isn't slow": more, "reef(1),": more, "a tack": more},
               lacks=("never shown", "\\", "nothing"))  # fmt: skip
    yield Case("belay.8", MDOC.encode(), "man", title="belay(8)", has_lines=True,
               at={"-v rope": {"heading": ("SYNOPSIS",)}, "cleat 1": {}})  # fmt: skip
    yield Case("pipes.vsdx", _zip(VISIO), "vsdx", ("Harbour board",), ("Page-2",),
               at={"Valve seven": {"page": 1, "heading": ("Cellar plan",)},
                   "Sluice": {"page": 2, "heading": ()}})  # fmt: skip
    print_ = {
        "FixedDocSeq.fdseq": "<a/>",
        "Documents/1/Pages/1.fpage": '<P><Glyphs UnicodeString="Printed words"/></P>',
    }
    yield Case("print.xps", _zip(print_), "xps", at={"Printed words": {"page": 1}})
    at = {
        "First letter": {"anchor": "letters/one.md", "heading": ("One",)},
        "Second": {"anchor": "./two.txt"},
    }
    yield Case("letters.tar", _tar(), "tar", at=at)
    packed = {"First letter": {"anchor": "letters.tar, letters/one.md"}}
    yield Case("letters.tar.gz", gzip.compress(_tar()), "gz", at=packed)
    yield Case("letters.tbz2", bz2.compress(_tar()), "bz2", at=packed)
    yield Case("log.txt.xz", lzma.compress(b"Pump ran dry.\n"), "xz", at={"Pump": {"anchor": "log.txt"}})
    yield Case("bomb.gz", gzip.compress(bytes(60 << 20)), fails="zip bomb")
    yield Case("cut.tar.gz", gzip.compress(_tar())[:-40], fails="damaged or cut off")
    for name, words in (("mail.pst", "Outlook data file"), ("book.kfx", "Kindle"), ("plan.pages", "iWork"),
                        ("book.djvu", "DjVu"), ("old.rar", "unpack it")):  # fmt: skip
        yield Case(name, b"\0\1\2\3" * 200, fails=words)
    yield Case(
        "quay.epub",
        _book(),
        "epub",
        ("The quay is bare.", "A note on mud.", "Chart datum", "x+y"),
        title="Café at the quay",
        at={"bare": {"anchor": "chapter 2", "heading": ("Low water",)}},
    )
    yield Case("fences.md", MARKDOWN.encode(), "md", title="Top", has_lines=True,
               at={"text": {"heading": ("Top", "Real")}, "hidden too": {"heading": ("Top",)}})  # fmt: skip
    yield Case(
        "ropes.rtf",
        RICH,
        "rtf",
        ("Ropes [Hemp, mostly.]  hold.", "Лодка", "Ware | Menge\nTeer | 12", "Log of the Heron\nKept by Ada"),
        ("secret", "00ff"),
    )
