"""Mails as programs really write them: stubs beside HTML, invitations, old charsets, Outlook's own."""

from __future__ import annotations

import base64
import datetime
import struct
from collections.abc import Iterator
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

from corpus.case import Case
from corpus.compound import Tree, compound
from corpus.mails import mail

DATE = "2026-03-09"
PLIST = (
    b'<?xml version="1.0"?><plist version="1.0"><dict><key>flags</key><integer>1</integer></dict></plist>\n'
)
PAGE = (
    "<html><head><title>Pruning pears</title></head><body><nav>Home "
    "Login</nav><article><h1>Pruning pears</h1>"
    "<p>Cut back to an outward bud in February.</p></article></body></html>"
)
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n"
    "SUMMARY:Inspection of the weir\r\nDTSTART;TZID=Europe/Berlin:20260512T093000\r\n"
    "LOCATION:Boathouse\\, pier 2\r\n"
    "ORGANIZER;CN=Ada:mailto:ada@example.org\r\nDESCRIPTION:Bring the long ladder\r\n "
    " and a lamp.\\nNo dogs.\r\nCONTACT:The lock keeper\r\nATTACH:https://example.org/weir.pdf\r\n"
    "BEGIN:VALARM\r\nDESCRIPTION:Reminder\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
CARDS = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ottilie Brandt\r\nORG:Lighthouse "
    "Trust;Archive\r\nTEL;TYPE=work:+49 461 55512\r\n"
    "item1.EMAIL:ottilie@example.org\r\nitem1.X-ABLabel:Lock house\r\nNOTE:Keeps the keys\\, and the log\r\n"
    "PHOTO;ENCODING=b:AAAABBBB\r\nEND:VCARD\r\n"
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BC=\r\nller;J=C3=B6rg\r\nEND:VCARD\r\n"
    "begin:vcard\r\nfn:Aino Virta\r\nx-skype:aino.virta\r\nend:vcard\r\n"
)
REPORT = (
    b"From: postmaster@example.org\r\nSubject: Returned\r\nDate: Mon, 09 Mar 2026 10:00:00 +0100\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    b"--b\r\n\r\nNot delivered.\r\n"
    b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
    b"Final-Recipient: rfc822; ottilie@example.org\r\nDiagnostic-Code: smtp; 550 mailbox is full\r\n\r\n"
    b"--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.b64encode(b"From: ada@example.org\r\nSubject: Ferry\r\n\r\nIt leaves at nine.\r\n")
    + b"\r\n--b--\r\n"
)


def both(plain: str, html: str) -> EmailMessage:
    message = mail("Statement", plain)
    message.add_alternative(html, subtype="html")
    return message


def invitation() -> EmailMessage:
    message = mail("Invitation", "You are invited.\n")
    message.add_alternative(CALENDAR, subtype="calendar")
    return message


def saved_page() -> bytes:
    parts = MIMEMultipart("related", type="text/html")
    page = MIMEText(PAGE, "html", "utf-8")
    page["Content-Location"] = "https://example.org/pears"
    parts.attach(MIMEText(".navbar{color:red}", "css", "utf-8"))
    parts.attach(page)
    parts.attach(MIMEText("trackVisitors()", "javascript", "utf-8"))
    parts["From"], parts["Subject"] = "<Saved by Blink>", "Pruning pears"
    parts["Snapshot-Content-Location"] = "https://example.org/pears"
    parts["Date"] = "Mon, 09 Mar 2026 10:00:00 +0000"
    return parts.as_bytes()


def jis(text: str) -> bytes:
    """Japanese in seven bits with the letters that Windows adds, by way of Shift JIS."""
    out, mode = bytearray(), b"\x1b(B"
    for letter in text:
        raw = letter.encode("cp932")
        if len(raw) == 1 and raw[0] < 128:
            wanted, code = b"\x1b(B", raw
        elif len(raw) == 1:
            wanted, code = b"\x1b(I", bytes([raw[0] & 0x7F])
        else:
            row, cell = raw[0] - (0x81 if raw[0] < 0xA0 else 0xC1), raw[1]
            low = cell < 0x9F
            code = bytes(
                [row * 2 + (0x21 if low else 0x22), cell - ((0x20 if cell > 0x7F else 0x1F) if low else 0x7E)]
            )
            wanted = b"\x1b$B"
        if wanted != mode:
            out, mode = out + wanted, wanted
        out += code
    return bytes(out + b"\x1b(B")


def raw(subject: str, charset: str, body: bytes) -> bytes:
    head = f"From: a@example.org\r\nDate: Mon, 09 Mar 2026 10:00:00 +0100\r\nSubject: {subject}\r\n"
    head += f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset={charset}\r\n\r\n"
    return head.encode() + body + b"\r\n"


def _attribute(level: int, number: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def winmail() -> bytes:
    return (
        struct.pack("<IH", 0x223E9F78, 1)
        + _attribute(1, 0x00018004, b"Auction\0")
        + _attribute(1, 0x0002800C, b"The barn auction moved to Tuesday.\0")
        + _attribute(2, 0x00069002, bytes(14))
        + _attribute(2, 0x00018010, b"ledger.txt\0")
        + _attribute(2, 0x0006800F, b"Lot nineteen, a threshing machine.")
    )


def wrapped_by_outlook() -> EmailMessage:
    message = mail("Auction", "")
    message.add_attachment(winmail(), maintype="application", subtype="ms-tnef", filename="winmail.dat")
    return message


def _properties(header: int, fixed: dict[tuple[int, int], int]) -> bytes:
    entries = (struct.pack("<HHIQ", kind, number, 6, value) for (kind, number), value in fixed.items())
    return bytes(header) + b"".join(entries)


def _strings(given: dict[int, str]) -> Tree:
    return {f"__substg1.0_{number:04X}001F": text.encode("utf-16-le") for number, text in given.items()}


def outlook(*, html: str = "", body: str = "", rtf: bytes = b"") -> bytes:
    sent = datetime.datetime(2026, 3, 9, 10) - datetime.datetime(1601, 1, 1)
    fixed = {(0x40, 0x39): int(sent.total_seconds()) * 10**7, (3, 0x3FFD): 1252}
    inner = _strings({0x37: "Old quote", 0x1000: "Ninety for the small one."})
    inner["__properties_version1.0"] = _properties(24, {})
    tree: Tree = {
        "__properties_version1.0": _properties(32, fixed),
        **_strings({0x37: "Kiln offer", 0x0C1A: "Ada", 0x5D01: "ada@example.org", 0x0E04: "Konrad"}),
        "__attach_version1.0_#00000000": {
            **_strings({0x3707: "prices.txt"}),
            "__substg1.0_37010102": "Kiln, large: four hundred €".encode(),
        },
        "__attach_version1.0_#00000001": {"__substg1.0_3701000D": inner},
    }
    if body:
        tree.update(_strings({0x1000: body}))
    if html:
        tree["__substg1.0_10130102"] = html.encode()
    if rtf:  # as it is, behind the header that says so
        tree["__substg1.0_10090102"] = struct.pack("<II4sI", len(rtf) + 12, len(rtf), b"MELA", 0) + rtf
    return compound(tree)


def within_signature(body: bytes) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import pkcs7

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Ada")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, *[datetime.datetime(2026, 1, 1)] * 2)
    certificate = made.sign(key, hashes.SHA256())
    wrap = pkcs7.PKCS7SignatureBuilder().set_data(body).add_signer(certificate, key, hashes.SHA256())
    signed = wrap.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    kind = "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m"
    return raw("Sealed", "", base64.encodebytes(signed)).replace(
        b"text/plain; charset=", kind.encode() + b"\r\nContent-Transfer-Encoding: base64"
    )


def _cases_of_one_mail() -> Iterator[Case]:
    fields = {"title": "Statement", "date": DATE}
    page = "<html><body><p>Your standing order for the allotment was executed.</p></body></html>"
    stub = "Your mail program cannot show HTML. Please open this message in a browser.\n"
    yield Case("blank.eml", both(" \n \n", page).as_bytes(), "eml", ("standing order",), **fields)
    yield Case("stub.eml", both(stub, page).as_bytes(), "eml", ("standing order",), (stub,), **fields)
    same = both("Standing order for the allotment: executed.\n", page.replace("Your", "<b>Your</b>"))
    yield Case("same.eml", same.as_bytes(), "eml", ("allotment: executed",), ("was executed",), **fields)
    table = both(
        "See the table.\n", "<p>See the table.</p><table><tr><th>Vat<th>Holds<tr><td>3<td>perry</table>"
    )
    yield Case(
        "table.eml", table.as_bytes(), "eml", at={"3 | perry": {"table_header": "Vat | Holds"}}, **fields
    )
    yield Case(
        "invitation.eml",
        invitation().as_bytes(),
        "eml",
        (
            "You are invited.",
            "Inspection of the weir\nWhen: 2026-05-12 09:30\nWhere: Boathouse, pier 2",
            "a lamp.\nNo dogs",
        ),
        ("Reminder",),
        title="Invitation",
        date=DATE,
    )
    secret = MIMEMultipart("encrypted")
    secret["From"], secret["Date"], secret["Subject"] = (
        "a@example.org",
        "Mon, 09 Mar 2026 10:00:00 +0100",
        "Secret",
    )
    secret.attach(MIMEText("-----BEGIN PGP MESSAGE-----", "plain"))
    yield Case("pgp.eml", secret.as_bytes(), "eml", title="Secret", date=DATE, note="its text is encrypted")
    sealed = within_signature(b"Content-Type: text/html\r\n\r\n<p>The <b>rigging</b> is sound.</p>\r\n")
    yield Case("sealed.eml", sealed, "eml", ("The rigging is sound.",), title="Sealed", date=DATE)
    hidden = raw("Hidden", "", b"MIIB").replace(b"text/plain; charset=", b"application/pkcs7-mime")
    yield Case("hidden.eml", hidden, "eml", title="Hidden", date=DATE, note="its text is encrypted")
    nameless = mail("Files", "See below.")
    nameless.add_attachment(b"a,b\n1,2\n", maintype="text", subtype="csv")
    yield Case("nameless.eml", nameless.as_bytes(), "eml", ("1,2",), title="Files", date=DATE)


def _cases_of_charsets() -> Iterator[Case]:
    subject = "=?ISO-2022-JP?B?" + base64.b64encode(jis("㈱青空からの①議題")).decode() + "?="
    yield Case(
        "vendor.eml",
        raw(subject, "ISO-2022-JP", jis("①温泉の予約\r\n②ﾃﾚﾋﾞの修理")),
        "eml",
        ("①温泉の予約", "②ﾃﾚﾋﾞの修理"),
        title="㈱青空からの①議題",
        date=DATE,
    )
    yield Case("memo.txt", jis("園芸メモ ①朝顔"), "txt", ("園芸メモ ①朝顔",), has_lines=True)
    declared = (
        ("gb2312", "gb18030", "會議在東京鎔"), ("ks_c_5601-1987", "cp949", "똠방각하 펲시"), 
        ("shift_jis", "cp932", "髙橋 ①"), ("tis-620", "cp874", "เรือออกจากท่า"),
        ("iso-8859-1", "cp1252", "„Schöne Grüße“ – 5 €"), ("iso-8859-9", "cp1254", "Işık şöyle"),
        ("big5", "cp950", "港口天氣很好"), ("iso-8859-8-i", "cp1255", "שלום לכולם"),
    )  # fmt: skip
    for charset, written, words in declared:
        yield Case(
            f"{charset}.eml", raw("x", charset, words.encode(written)), "eml", (words,), title="x", date=DATE
        )
    for page, words in (
        ("cp1254", "Işık ve gölge"),
        ("cp1255", "שלום עולם, היום יש שמש"),
        ("cp1252", "Þýska"),
        ("cp1250", "dobrý den"),
        ("cp1250", "Najemna pogodba za šotor in žaga"),
        ("cp1257", "Üürileping ja maksegraafik, näiteks õlu"),
        ("cp1250", "Ştefan a mers la şcoală şi apoi acasă, pentru că ploua în ţară."),
        ("iso8859_15", "Où êtes-vous allé ? L'œuvre coûte 20 €, voilà."),
        ("gb18030", "发票已经寄出，请在三天内付款。"),
        ("big5", "發票已經寄出，請在三天內付款。"),
    ):
        yield Case(f"short-{page}-{len(words)}.txt", words.encode(page), "txt", (words,), has_lines=True)
    yield Case(
        "unended.eml", raw("x", "iso-2022-jp", jis("会議")[:-3]), "eml", ("会議",), title="x", date=DATE
    )
    misnamed = "=?iso-8859-1?Q?Gr=C3=B6=C3=9Fe?="
    coded = base64.b64encode(b"Die Ruder liegen im Schuppen.")
    listed = raw(
        misnamed, "utf-8\r\nContent-Transfer-Encoding: base64", coded + b"\r\n-- \r\nthe rowers' list"
    )
    yield Case("listed.eml", listed, "eml", ("Die Ruder liegen im Schuppen.\n-- \nthe rowers' list",),
               title="Größe", date=DATE)  # fmt: skip
    cut = base64.b64encode("Grüße aus Köln".encode())
    parts = b" ".join(b"=?utf-8?B?" + cut[at : at + 4] + b"?=" for at in range(0, len(cut), 4))
    yield Case("cut-word.eml", raw(parts.decode(), "utf-8", b"x"), "eml", title="Grüße aus Köln", date=DATE)
    eight_bit = raw("", "", b"x").replace(b"Subject: ", "Subject: Käse für später".encode("cp1252"))
    yield Case("bytes.eml", eight_bit, "eml", title="Käse für später", date=DATE)  # fmt: skip


def cases() -> Iterator[Case]:
    yield from _cases_of_one_mail()
    yield from _cases_of_charsets()
    apple = mail("Schlüssel", "Er hängt hinter der Schwimmweste.\n").as_bytes()
    wrapped = b"%-10d\n" % len(apple) + apple + PLIST
    yield Case(
        "4711.partial.emlx",
        wrapped,
        "eml",
        ("hinter der Schwimmweste",),
        ("plist",),
        title="Schlüssel",
        date=DATE,
    )
    for name in ("pears.mhtml", "pears"):
        yield Case(name, saved_page(), "mhtml", ("outward bud",), ("navbar", "trackVisitors", "Login"),
                   title="Pruning pears", date=DATE)  # fmt: skip
    yield Case(
        "outlook.eml",
        wrapped_by_outlook().as_bytes(),
        "eml",
        at={"moved to Tuesday": {"anchor": "attachment winmail.dat"},
            "threshing": {"anchor": "attachment winmail.dat, attachment ledger.txt"}},
        title="Auction",
        date=DATE,
    )  # fmt: skip
    yield Case("winmail.tnef", winmail(), "tnef", ("moved to Tuesday", "threshing"), title="Auction")
    yield Case(
        "offer.msg",
        outlook(body="Anbei das Angebot für den Ofen."),
        "msg",
        ("From: Ada <ada@example.org>\nTo: Konrad",),
        at={
            "für den Ofen": {"heading": ("Kiln offer",)},
            "four hundred €": {"anchor": "attachment prices.txt"},
            "Ninety": {"anchor": "attachment Old quote", "heading": ("Kiln offer", "Old quote")},
        },
        title="Kiln offer",
        date=DATE,
    )
    yield Case("offer-html", outlook(html="<p>The <b>kiln</b> is 6 m³.</p>"), "msg", ("The kiln is 6 m³.",),
               title="Kiln offer", date=DATE)  # fmt: skip
    yield Case("offer-rtf.msg", outlook(rtf=rb"{\rtf1\ansi The kiln is \b fired\b0  at noon.\par}"), "msg",
               ("The kiln is fired at noon.",), title="Kiln offer", date=DATE)  # fmt: skip
    words = ("Organizer: Ada <ada@example.org>", "The lock keeper", "weir.pdf")
    yield Case("weir.ics", CALENDAR.encode(), "ics", words, ("Reminder",),
               title="Inspection of the weir", date="2026-05-12",
               at={"Boathouse": {"heading": ("Inspection of the weir",)}})  # fmt: skip
    page = CALENDAR.replace("DESCRIPTION:Bring", "X-ALT-DESC;FMTTYPE=text/html:<p>Fetch <b>Bring</b>")
    yield Case("page.ics", page.encode(), "ics", ("Fetch Bring the long ladder",),
               title="Inspection of the weir", date="2026-05-12")  # fmt: skip
    yield Case("returned.eml", REPORT, "eml", ("ottilie@example.org", "mailbox is full", "leaves at nine"),
               title="Returned", date=DATE)  # fmt: skip
    yield Case(
        "people.vcf",
        CARDS.encode(),
        "vcf",
        (
            "Organisation: Lighthouse Trust, Archive",
            "Mail: ottilie@example.org",
            "Keeps the keys, and the log",
            "Lock house",
            "Chat: aino.virta",
        ),
        ("AAAABBBB",),
        at={"Jörg Müller": {"anchor": "entry 2", "heading": ("Jörg Müller",)}},
    )
