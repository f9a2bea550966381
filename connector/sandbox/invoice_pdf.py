"""An invoice as a PDF of one page: plain text, enough to store, send and open."""

from connector.sandbox.company import Call
from connector.sandbox.store import Record

_TOP, _LINE_HEIGHT, _MOST_LINES = 780, 16, 40
_FONT = b"/Resources << /Font << /F1 5 0 R >> >>"
_ESCAPED = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)"})


def made(call: Call, record: Record) -> bytes:
    """Return the document; lines beyond the page are counted, not shown."""
    body = record.body
    text = [
        f"Invoice {record.id}",
        f"Customer {body['CUSTOMERID']}",
        f"Date {body['WHENCREATED']}    Due {body.get('WHENDUE', '')}",
        "",
    ]
    lines = call.store.owned("ARINVOICEITEM", record.recordno)
    text += [
        f"{line.body['TRX_AMOUNT']:>14}  {line.body.get('ENTRYDESCRIPTION', '')}"
        for line in lines[:_MOST_LINES]
    ]
    if len(lines) > _MOST_LINES:
        text.append(f"and {len(lines) - _MOST_LINES} more lines")
    text += ["", f"{body['TRX_TOTALENTERED']:>14}  {body['CURRENCY']}"]
    return _document(text)


def _document(text: list[str]) -> bytes:
    """Return a PDF with these lines of text."""
    shown = " ".join(f"({line.translate(_ESCAPED)}) Tj T*" for line in text)
    stream = f"BT /F1 10 Tf {_LINE_HEIGHT} TL 60 {_TOP} Td {shown} ET".encode("cp1252", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>" % _FONT,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    )
    content, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return (
        content
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(content))
    )
