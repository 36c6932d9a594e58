"""Cells of an OpenDocument spreadsheet by the standard library: for tests/compare-cells."""
import datetime
import re
import xml.etree.ElementTree as xml
import zipfile

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
CALCEXT = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
EPOCH = datetime.datetime(1899, 12, 30)


def runs(element):
    """The pieces of a paragraph: (text, whether its blanks may be merged)."""
    yield element.text or "", True
    for child in element:
        if child.tag == TEXT + "s":
            yield " " * int(child.get(TEXT + "c", "1")), False
        elif child.tag == TEXT + "tab":
            yield "\t", False
        elif child.tag == TEXT + "line-break":
            yield "\n", False
        elif child.tag not in (OFFICE + "annotation", TEXT + "note", TEXT + "ruby-text"):
            yield from runs(child)
        yield child.tail or "", True


def paragraph_text(element):
    marked = "".join(re.sub(r"[ \t\r\n]+", "\0", text) if merge else text
                     for text, merge in runs(element))
    return re.sub("\0+", " ", marked.strip("\0"))


def cell_value(cell):
    kind = cell.get(OFFICE + "value-type")
    text = "\n".join(paragraph_text(p) for p in cell.findall(TEXT + "p"))
    if cell.get(CALCEXT + "value-type") == "error":
        return ("error", text) if text else None
    if kind in ("float", "percentage", "currency"):
        return "number", float(cell.get(OFFICE + "value"))
    if kind == "boolean":
        return "boolean", float(cell.get(OFFICE + "boolean-value") == "true")
    if kind == "date":
        moment = datetime.datetime.fromisoformat(cell.get(OFFICE + "date-value")[:19])
        days = (moment - EPOCH) / datetime.timedelta(days=1)
        return "date", days - (moment < datetime.datetime(1900, 3, 1))
    if kind == "time":
        hours, minutes, seconds = re.fullmatch(r"PT(\d+)H(\d+)M([\d.]+)S",
                                               cell.get(OFFICE + "time-value")).groups()
        return "number", (int(hours) * 3600 + int(minutes) * 60 + float(seconds)) / 86400
    text = cell.get(OFFICE + "string-value", text)
    return ("text", text) if text else None


def read(path):
    with zipfile.ZipFile(path) as archive:
        if b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise ValueError("is encrypted")
        root = xml.fromstring(archive.read("content.xml"))
    hidden = {style.get(STYLE + "name") for style in root.iter(STYLE + "style")
              for properties in style.findall(STYLE + "table-properties")
              if properties.get(TABLE + "display") == "false"}
    sheets = []
    for table in root.find(f"{OFFICE}body/{OFFICE}spreadsheet").findall(TABLE + "table"):
        cells = {}
        row = 0
        for line in table.iter(TABLE + "table-row"):
            times = int(line.get(TABLE + "number-rows-repeated", "1"))
            column = 0
            for cell in line:
                if cell.tag not in (TABLE + "table-cell", TABLE + "covered-table-cell"):
                    continue
                repeated = int(cell.get(TABLE + "number-columns-repeated", "1"))
                value = cell_value(cell)
                if value and times * repeated > 1 << 20:
                    raise ValueError("repeats without end")
                for r in range(times if value else 0):
                    for c in range(repeated):
                        cells[row + r + 1, column + c + 1] = value
                column += repeated
            row += times
        sheets.append([table.get(TABLE + "name"), table.get(TABLE + "style-name") in hidden, cells])
    return sheets
