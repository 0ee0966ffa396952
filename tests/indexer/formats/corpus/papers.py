"""Articles, bibliographies, translations, saved pages, and the numbers of Word's lists."""

from __future__ import annotations

import io
import plistlib
from collections.abc import Iterator

from corpus.case import Case

JATS = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving DTD v1.3//EN" "JATS-archive.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink" article-type="research-article"><front><journal-meta>
<journal-id>heron</journal-id></journal-meta><article-meta><title-group><article-title>Salt in <italic>Zostera
marina</italic> beds</article-title></title-group><contrib-group><contrib contrib-type="author"><name>
<surname>Meer</surname><given-names>Ada</given-names></name></contrib></contrib-group>
<pub-date pub-type="epub"><day>7</day><month>3</month><year>2021</year></pub-date>
<pub-date pub-type="collection"><year>2022</year></pub-date>
<abstract><p>Eelgrass endures brackish water.</p></abstract>
<kwd-group><kwd>sea grass</kwd></kwd-group></article-meta></front>
<body><sec><label>1</label><title>Methods</title><p>Cores were drilled <xref ref-type="bibr">[1]</xref>.</p>
<sec><title>Sites</title><p>Two bays near Lerwik.</p><table-wrap><label>Table 1</label><caption><p>Cores a bay
</p></caption><table><thead><tr><th>Bay</th><th>Cores</th></tr></thead><tbody><tr><td>North</td><td>12</td></tr>
</tbody></table></table-wrap></sec></sec></body><back><ack><p>We thank the ferrymen.</p></ack><ref-list>
<title>Literature</title><ref><label>1</label><element-citation><name><surname>Holm</surname><given-names>B</given-names>
</name><article-title>Drilling in mud</article-title><year>1999</year></element-citation></ref>
<ref><mixed-citation>Falk C. <italic>Tides</italic>. 2003.</mixed-citation></ref></ref-list></back>
<floats-group><fig><caption><p>Cores laid out.</p></caption></fig></floats-group></article>
"""
BIB = """@string{heron = "Heron Press"}

@article{meer2021,
  author = {Meer, Ada},
  title = {Salt in {\\em Zostera} beds},
  booktitle = {Not this one},
  year = 2021
}
@Book(falk03, title = "Tides", publisher = heron)
"""
PO = r"""# German
msgid ""
msgstr ""
"Project-Id-Version: heron 2.1\n"
"Content-Type: text/plain; charset=ISO-8859-1\n"

#. Said when the sail is up
#: src/sail.c:12 src/mast.c:3
msgid "Hoist the "
"sail"
msgstr "Segel hissen, \"Käpt'n\""

#: src/crew.c:7
msgctxt "on board"
msgid "one sailor"
msgid_plural "%d sailors"
msgstr[0] "ein Matrose"
msgstr[1] "%d Matrosen"

#~ msgid "Row"
#~ msgstr "Rudern"
"""
PAGE = (
    "<html><head><title>Das Wehr</title></head><body><h1>Otter</h1>"
    "<p>Unter dem Wehr über Nacht.</p></body></html>"
)
NUMBERING = (
    '<w:abstractNum {ns} w:abstractNumId="77"><w:lvl w:ilvl="0"><w:start w:val="3"/>'
    '<w:numFmt w:val="decimal"/><w:lvlText w:val="§ %1"/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/>'
    '<w:lvlText w:val="%1 %2)"/></w:lvl><w:lvl w:ilvl="2"><w:numFmt w:val="upperRoman"/>'
    '<w:lvlText w:val="%3."/>'
    "</w:lvl></w:abstractNum>"
)


def web_archive(format: plistlib.PlistFormat) -> bytes:
    frame = {
        "WebMainResource": {"WebResourceData": b"<p>In the frame.</p>", "WebResourceMIMEType": "text/html"}
    }
    page = {
        "WebResourceData": PAGE.encode("latin-1"),
        "WebResourceMIMEType": "text/html",
        "WebResourceTextEncodingName": "ISO-8859-1",
    }
    style = {"WebResourceData": b"p { color: red }", "WebResourceMIMEType": "text/css"}
    return plistlib.dumps(
        {"WebMainResource": page, "WebSubresources": [style], "WebSubframeArchives": [frame]}, fmt=format
    )


def numbered() -> bytes:
    """A list that begins at three with two levels below it, one that restarts, and a bulleted one."""
    import docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = docx.Document()
    root = document.part.numbering_part.element
    root.insert(0, parse_xml(NUMBERING.format(ns=nsdecls("w"))))
    first = root.add_num(77)
    again = root.add_num(77)
    again.add_lvlOverride(ilvl=0).add_startOverride(9)
    places = [(first, 0, "Rent"), (first, 1, "Cold rent"), (first, 1, "Heating"), (first, 2, "Gas"),
              (first, 0, "Keys"), (first, 1, "Cellar"), (again, 0, "Pets"), (again, 0, "Garden")]  # fmt: skip
    for number, depth, text in places:
        properties = document.add_paragraph(text)._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = depth
        properties.get_or_add_numId().val = number.numId
    document.add_paragraph("Broom", style="List Bullet")
    document.add_paragraph("Oven", style="List Number")
    document.add_paragraph("Hob", style="List Number")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def cases() -> Iterator[Case]:
    title = "Salt in Zostera marina beds"
    for name in ("salt.nxml", "salt.xml"):
        yield Case(
            name,
            JATS.encode(),
            "jats",
            (
                "Ada Meer",
                "1 Holm B Drilling in mud 1999\nFalk C. Tides. 2003.",
                "Table 1 Cores a bay\n\nBay | Cores",
                "Cores laid out.",
            ),
            ("heron",),
            at={
                "Eelgrass": {"heading": (title, "Abstract")},
                "Cores were": {"heading": (title, "Methods")},
                "Two bays": {"heading": (title, "Methods", "Sites")},
                "North": {"heading": (title, "Methods", "Sites"), "table_header": "Bay | Cores"},
                "ferrymen": {"heading": (title, "Acknowledgements")},
                "Falk": {"heading": (title, "Literature")},
            },
            title=title,
            date="2021-03-07",
            tags=("sea-grass",),
        )
    yield Case(
        "cut.nxml",
        JATS[:1500].encode(),
        "jats",
        at={"Cores were": {"heading": (title, "Methods")}},
        title=title,
        date="2021-03-07",
        tags=("sea-grass",),
        note="not well-formed",
    )
    yield Case("words.nxml", b"<book/>", fails="no article in it")
    yield Case("works.bib", BIB.encode(), "bib", ("Heron Press",), has_lines=True,
               at={"2021,": {"heading": ("Salt in Zostera beds",), "anchor": "meer2021"},
                   "publisher": {"heading": ("Tides",), "anchor": "falk03"}})  # fmt: skip
    yield Case(
        "de.po",
        PO.encode("latin-1"),
        "po",
        ('Said when the sail is up\nHoist the sail\nSegel hissen, "Käpt\'n"\n', "%d sailors\nein Matrose\n"),
        title="heron 2.1",
        at={
            "Segel": {"heading": ("src/sail.c",), "anchor": "line 7"},
            "Matrose": {"heading": ("src/crew.c", "on board"), "anchor": "line 13"},
            "Rudern": {"heading": (), "anchor": "line 20"},
        },
    )
    yield Case("empty.pot", b'msgid ""\nmsgstr ""\n', fails="no translation in it")
    for name, format in (("weir.webarchive", plistlib.FMT_BINARY), ("xml.webarchive", plistlib.FMT_XML)):
        yield Case(name, web_archive(format), "webarchive", ("Unter dem Wehr über Nacht.", "In the frame."),
                   ("color",), title="Das Wehr", at={"Nacht": {"heading": ("Otter",)}})  # fmt: skip
    yield Case(
        "cut.webarchive", web_archive(plistlib.FMT_BINARY)[:200], fails="damaged: it is no property list"
    )
    yield Case("heron.plist", plistlib.dumps({"Boat": ["Heron", {"Port": "Emden"}]}, fmt=plistlib.FMT_BINARY),
               "xml", ("Boat\nHeron\nPort: Emden\n",))  # fmt: skip
    yield Case("empty.webarchive", plistlib.dumps({"WebMainResource": 3}), fails="no web page in it")
    yield Case("old.cab", b"MSCF" + bytes(range(256)), fails="unpack it to search its files")
    lines = ("§ 3 Rent\n", "3 a) Cold rent\n", "3 b) Heating\n", "I. Gas\n", "§ 4 Keys\n", "4 a) Cellar\n",
             "§ 9 Pets\n", "§ 10 Garden\n", "- Broom\n", "1. Oven\n", "2. Hob\n")  # fmt: skip
    yield Case("lease.docx", numbered(), "docx", lines)
