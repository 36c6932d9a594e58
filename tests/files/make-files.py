#!/usr/bin/python3
"""Makes the small files that the readers are tested with, one for each thing that real files hold.

    tests/files/make-files.py        writes them beside itself: the same bytes on every run

What each must be read as stands in tests/unit/test_files.c. The .xls files are put together record by
record, so that they can hold what no library writes.
"""
import io
import os
import struct
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_RELATION = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def write(name, data):
    with open(os.path.join(HERE, name), "wb") as out:
        out.write(data)


# ---- .xlsx ----

class Unseekable(io.RawIOBase):
    """A pipe: zipfile then puts sizes behind the data (data descriptors)."""

    def __init__(self):
        self.data = b""

    def writable(self):
        return True

    def write(self, data):
        self.data += bytes(data)
        return len(data)


def archive(parts, piped=False, stored=()):
    out = Unseekable() if piped else io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, (2019, 8, 13, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            file.writestr(info, data if isinstance(data, bytes) else data.encode())
    return out.data if piped else out.getvalue()


STYLES = (f'<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" '
          'formatCode="[$-809]dd\\ mmmm\\ yyyy;@"/><numFmt numFmtId="165" formatCode="[h]:mm"/>'
          '</numFmts><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
          '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1">'
          '<border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1">'
          '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4">'
          + "".join(f'<xf numFmtId="{n}" fontId="0" fillId="0" borderId="0" xfId="0" '
                    'applyNumberFormat="1"/>' for n in (0, 14, 164, 165))
          + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
          '</cellStyles></styleSheet>')
STRINGS = (f'<sst xmlns="{MAIN}"><si><t>Child ID</t></si><si><t>Seen</t></si>'
           '<si><t xml:space="preserve"> O\u2019Neill </t></si></sst>')


def book(sheet, strings=STRINGS, styles=STYLES, properties="", sheets=None, workbook="xl/workbook.xml",
         absolute=False, main=MAIN, relation=RELATION, prefix=""):
    """The parts of a workbook of one sheet (or those in `sheets`: name, state, rows)."""
    sheets = sheets or [("Sheet1", "", sheet)]
    folder = workbook.rpartition("/")[0]
    colon = prefix + ":" if prefix else ""
    space = f'xmlns:{prefix}="{main}"' if prefix else f'xmlns="{main}"'
    kinds, entries = [], []
    parts = {}
    for number, (name, state, content) in enumerate(sheets, 1):
        kinds.append((f"rId{number}", "worksheet", f"worksheets/sheet{number}.xml"))
        entries.append(f'<{colon}sheet name="{name}" sheetId="{number}" {state} r:id="rId{number}"/>')
        parts[f"{folder}/worksheets/sheet{number}.xml"] = content if content.startswith("<?xml") else (
            HEAD + f'<{colon}worksheet {space}>{content}</{colon}worksheet>')
    if strings:
        kinds.append(("rIdS", "sharedStrings", "sharedStrings.xml"))
        parts[f"{folder}/sharedStrings.xml"] = HEAD + strings
    if styles:
        kinds.append(("rIdF", "styles", "styles.xml"))
        parts[f"{folder}/styles.xml"] = HEAD + styles
    root = f"/{folder}/" if absolute else ""
    parts[f"{folder}/_rels/{workbook.rpartition('/')[2]}.rels"] = HEAD + (
        f'<Relationships xmlns="{PACKAGE}">' + "".join(
            f'<Relationship Id="{i}" Type="{relation}/{kind}" Target="{root}{target}"/>'
            for i, kind, target in kinds) + "</Relationships>")
    parts[workbook] = HEAD + (f'<{colon}workbook {space} xmlns:r="{relation}">{properties}<{colon}sheets>'
                              + "".join(entries) + f"</{colon}sheets></{colon}workbook>")
    parts["_rels/.rels"] = HEAD + (
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{relation}/officeDocument" '
        f'Target="{"/" if absolute else ""}{workbook}"/></Relationships>')
    parts["[Content_Types].xml"] = HEAD + (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="/{part}" ContentType="application/vnd.openxmlformats-'
                  f'officedocument.spreadsheetml.{kind}+xml"/>' for part, kind in
                  [(workbook, "sheet.main"), (f"{folder}/styles.xml", "styles"),
                   (f"{folder}/sharedStrings.xml", "sharedStrings")]
                  + [(part, "worksheet") for part in parts if "/worksheets/" in part] if part in parts)
        + "</Types>")
    return {name: parts[name] for name in reversed(parts)}


def data(rows):
    return f"<sheetData>{rows}</sheetData>"


ROWS = ('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
        '<row r="2"><c r="A2"><v>1009</v></c><c r="B2" s="1"><v>43678</v></c></row>')
INLINE = '<c t="inlineStr"><is><t>{}</t></is></c>'


def xlsx_files():
    def save(name, parts, **options):
        write(name, archive(parts, **options))

    save("plain.xlsx", book('<dimension ref="A1:B2"/>' + data(ROWS)))
    save("macros.xlsm", book(data(ROWS)))
    save("no-dimension.xlsx", book(data(ROWS)))
    save("wrong-dimension.xlsx", book('<dimension ref="A1:A1"/>' + data(ROWS)))
    save("no-shared-strings.xlsx", book(data('<row r="1">' + INLINE.format("Child ID")
         + '</row><row r="2"><c r="A2"><v>1009</v></c></row>'), strings=None))
    save("merged.xlsx", book(data('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"/></row>' + ROWS.replace(
         'r="1"', 'r="3"').replace("A1", "A3").replace("B1", "B3").replace('r="2"', 'r="4"').replace(
         "A2", "A4").replace("B2", "B4")) + '<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>'))
    save("data-descriptors.xlsx", book(data(ROWS)), piped=True)
    save("stored.xlsx", book(data(ROWS)), stored=("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"))
    prefixed = book(f'{HEAD}<x:worksheet xmlns:x="{MAIN}"><x:sheetData>' + ROWS.replace("<", "<x:").replace(
        "<x:/", "</x:") + "</x:sheetData></x:worksheet>", prefix="x", strings=STRINGS.replace(
        "<", "<x:").replace("<x:/", "</x:").replace("xmlns", "xmlns:x"), styles=STYLES.replace(
        "<", "<x:").replace("<x:/", "</x:").replace("xmlns", "xmlns:x"))
    save("prefixed.xlsx", prefixed)
    save("absolute-targets.xlsx", book(data(ROWS), absolute=True))
    save("elsewhere.xlsx", book(data(ROWS), workbook="book/main.xml"))
    save("formula-texts.xlsx", book(data('<row r="1"><c r="A1" t="str"><f>"a"&amp;"b"</f><v>ab</v></c>'
         '<c r="B1"><f>1+1</f><v>2</v></c><c r="C1"><f>NOW()</f></c><c r="D1"><f>1+2</f><v></v></c></row>')))
    save("rich-text.xlsx", book(data('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>'
         '</row>'), strings=f'<sst xmlns="{MAIN}"><si><r><rPr><b/></rPr><t>Child</t></r><r><t '
         'xml:space="preserve"> ID</t></r></si><si><t>\u6771\u4eac</t><rPh sb="0" eb="2"><t>\u3068\u3046'
         '</t></rPh><phoneticPr fontId="1"/></si></sst>'))
    save("kinds.xlsx", book(data('<row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c>'
         '<c r="C1" t="e"><v>#N/A</v></c><c r="D1"><v>1.5E-3</v></c><c r="E1"><v>-2E+3</v></c>'
         '<c r="F1" s="1" t="s"><v>1</v></c></row>')))
    save("hidden.xlsx", book('<cols><col min="2" max="2" width="0" hidden="1"/></cols>' + data(ROWS.replace(
         '<row r="2">', '<row r="2" hidden="1">'))))
    save("strict.xlsx", book(data(ROWS), main=STRICT_MAIN, relation=STRICT_RELATION, strings=STRINGS.replace(
         MAIN, STRICT_MAIN), styles=STYLES.replace(MAIN, STRICT_MAIN)))
    save("from-1904.xlsx", book(data('<row r="1"><c r="A1" s="1"><v>42216</v></c><c r="B1"><v>42216</v></c>'
         '</row>'), properties='<workbookPr date1904="1"/>'))
    save("hidden-sheets.xlsx", book("", sheets=[
        ("List 1", "", data(ROWS)), ("Old", 'state="hidden"', data(ROWS)),
        ("Older", 'state="veryHidden"', data('<row r="1"><c r="A1"><v>1</v></c></row>'))]))
    save("formats.xlsx", book(data('<row r="1"><c r="A1" s="2"><v>43678</v></c><c r="B1" s="3"><v>1.75</v>'
         '</c><c r="C1" s="1"><v>43678.885416666664</v></c><c r="D1" s="1"><v>59</v></c></row>')))
    save("no-references.xlsx", book(data('<row>' + INLINE.format("Child ID") + '<c/>' + INLINE.format("Seen")
         + '</row><row><c><v>1009</v></c></row>'), strings=None))
    save("iso-dates.xlsx", book(data('<row r="1"><c r="A1" t="d"><v>2019-07-03</v></c>'
         '<c r="B1" t="d"><v>2019-07-03T21:15:00</v></c></row>')))
    save("no-styles.xlsx", book(data(ROWS), styles=None))
    save("escapes.xlsx", book(data('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="str">'
         '<v>_x005F_x0041_ &lt;&#65;&gt;</v></c></row>'),
         strings=f'<sst xmlns="{MAIN}"><si><t>a_x000D_b_x00E9_</t></si></sst>'))
    save("backslashes.xlsx", {n if n.startswith("[") else n.replace("/", "\\"): d
                              for n, d in book(data(ROWS)).items()})
    save("odd-case.xlsx", {n.replace("xl/", "XL/").replace("sheet1", "Sheet1"): d
                           for n, d in book(data(ROWS)).items()})
    save("doctype.xlsx", book(HEAD + '<!DOCTYPE worksheet [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
         f'<worksheet xmlns="{MAIN}">{data(ROWS)}</worksheet>'))
    utf16 = book(data(ROWS))
    for name in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
        utf16[name] = utf16[name].replace("UTF-8", "UTF-16").encode("utf-16")
    save("utf-16.xlsx", utf16)
    latin = book(data('<row r="1"><c r="A1" t="str"><v>Caf\u00e9</v></c></row>'))
    latin["xl/worksheets/sheet1.xml"] = latin["xl/worksheets/sheet1.xml"].replace(
        "UTF-8", "ISO-8859-1").encode("latin-1")
    save("latin-1.xlsx", latin)
    save("comments-within.xlsx", book(data(
        '<row r="1"><c r="A1" t="str"><v><![CDATA[a<b]]></v></c></row><!-- <row r="2"> -->'
        '<?p i?><row r="3"><c r="A3"><v>3</v></c></row>')))
    # Blanks compress a thousand times; the limit on bytes is what stops them, not the ratio.
    bomb = book(data('<row><c t="s"><v>0</v></c></row>'))
    bomb["xl/sharedStrings.xml"] = HEAD + f'<sst xmlns="{MAIN}"><si><t>{" " * 40000000}</t></si></sst>'
    save("much-from-little.xlsx", bomb)
    save("binary.xlsb", {"[Content_Types].xml": HEAD + "<Types/>", "_rels/.rels": HEAD + (
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{RELATION}/officeDocument" '
        'Target="xl/workbook.bin"/></Relationships>'), "xl/workbook.bin": b"\x83\x01\x00"})
    whole = archive(book(data(ROWS)))
    write("cut.xlsx", whole[:len(whole) // 2])
    # One bit of the sheet's compressed data is wrong: the check sum tells.
    write("bit-flipped.xlsx", flipped(archive(book(data(ROWS)), stored=("xl/worksheets/sheet1.xml",)),
                                      b"<v>1009</v>"))


def flipped(file, where):
    at = file.index(where) + 4
    return file[:at] + bytes([file[at] ^ 1]) + file[at + 1:]


# ---- .xls ----

def record(kind, data=b""):
    """A record, with CONTINUE records where it is too long."""
    out = struct.pack("<HH", kind, min(len(data), 8224)) + data[:8224]
    for at in range(8224, len(data), 8224):
        out += struct.pack("<HH", 0x3C, len(data[at:at + 8224])) + data[at:at + 8224]
    return out


def text8(text, width="<H", rich=0, phonetic=b""):
    """A BIFF8 text; one byte a character where that is enough."""
    wide = any(ord(c) > 255 for c in text)
    flags = wide | (8 if rich else 0) | (4 if phonetic else 0)
    out = struct.pack(width, len(text.encode("utf-16-le")) // 2) + bytes([flags])
    out += struct.pack("<H", rich) if rich else b""
    out += struct.pack("<I", len(phonetic)) if phonetic else b""
    return out + text.encode("utf-16-le" if wide else "latin-1") + b"\1\0\2\0" * rich + phonetic


def string_table(texts):
    """An SST whose texts run over CONTINUE records, each of which says anew how wide they are."""
    pieces = [struct.pack("<II", len(texts), len(texts))]
    for text in texts:
        wide = any(ord(c) > 255 for c in text)
        head = struct.pack("<HB", len(text), wide)
        if len(pieces[-1]) + len(head) > 8224:
            pieces.append(b"")
        pieces[-1] += head
        data = text.encode("utf-16-le" if wide else "latin-1")
        while True:
            room = (8224 - len(pieces[-1])) // 2 * 2
            pieces[-1] += data[:room]
            data = data[room:]
            if not data:
                break
            pieces.append(bytes([wide]))
    return struct.pack("<HH", 0xFC, len(pieces[0])) + pieces[0] + b"".join(
        struct.pack("<HH", 0x3C, len(p)) + p for p in pieces[1:])


def place(row, column, style=0):
    return struct.pack("<HHH", row, column, style)


def number(row, column, value, style=0):
    return record(0x203, place(row, column, style) + struct.pack("<d", value))


def formula(row, column, result, style=0):
    return record(0x06, place(row, column, style) + result + struct.pack("<HIH", 0, 0, 0))


def special(kind, value=0):
    return bytes([kind, 0, value, 0, 0, 0, 0xFF, 0xFF])


def label(row, column, index):
    return record(0xFD, place(row, column) + struct.pack("<I", index))


BOF8 = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 0x06)
SHEET8 = struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 0x06)


def book8(sheets, strings=(), formats=(), styles=(0,), before=b""):
    """A BIFF8 stream; sheets are (name, visibility, kind, records)."""
    def globals_(offsets):
        out = record(0x809, BOF8) + before
        for key, code in formats:
            out += record(0x41E, struct.pack("<H", key) + text8(code))
        for style in styles:
            out += record(0xE0, struct.pack("<HH", 0, style) + bytes(16))
        for (name, visibility, kind, _), offset in zip(sheets, offsets):
            out += record(0x85, struct.pack("<IBB", offset, visibility, kind) + text8(name, "<B"))
        if strings:
            out += string_table(strings)
        return out + record(0x0A)
    bodies = [record(0x809, SHEET8) + records + record(0x0A) for *_, records in sheets]
    offset = len(globals_([0] * len(sheets)))
    offsets = []
    for body in bodies:
        offsets.append(offset)
        offset += len(body)
    return globals_(offsets) + b"".join(bodies)


END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(stream, name="Workbook", entries_before=0, backwards=False, mini=False):
    """A compound file of 512-byte sectors: the stream in sectors, perhaps in the wrong order, or, when
    it is short, in the mini-stream; perhaps behind other entries of the directory."""
    if not mini:
        stream = stream.ljust(4096, b"\0")
    size = len(stream)
    sectors = -(-size // 512)
    chunks = [stream[i * 512:(i + 1) * 512].ljust(512, b"\0") for i in range(sectors)]
    order = list(range(sectors))
    if backwards:
        order.reverse()
    chain = {order[i]: order[i + 1] for i in range(sectors - 1)}
    chain[order[-1]] = END
    body = [b""] * sectors
    for i, place_of in enumerate(order):
        body[place_of] = chunks[i]
    names = ["Root Entry"] + [f"Other {i}" for i in range(entries_before)] + [name]

    def entry(title, kind, start, length, child=FREE):
        encoded = (title + "\0").encode("utf-16-le")
        return (encoded.ljust(64, b"\0") + struct.pack("<HBBIII", len(encoded), kind, 1, FREE, FREE, child)
                + bytes(36) + struct.pack("<IQ", start, length))
    minis = -(-size // 64)
    directory = entry(names[0], 5, order[0] if mini else END, minis * 64 if mini else 0, len(names) - 1)
    for title in names[1:-1]:
        directory += entry(title, 2, END, 0)
    directory += entry(names[-1], 2, 0 if mini else order[0], size)
    directory += entry("", 0, 0, 0) * (-len(names) % 4)
    first_directory = len(body)
    for i in range(0, len(directory), 512):
        chain[len(body)] = len(body) + 1 if i + 512 < len(directory) else END
        body.append(directory[i:i + 512])
    first_mini = END
    if mini:
        first_mini = len(body)
        chain[len(body)] = END
        numbers = [i + 1 for i in range(minis - 1)] + [END]
        body.append(b"".join(struct.pack("<I", n) for n in numbers).ljust(512, b"\xFF"))
    tables = 1
    while (len(body) + tables) > tables * 128:
        tables += 1
    first_table = len(body)
    for i in range(tables):
        chain[first_table + i] = TABLE
    numbers = [chain.get(i, FREE) for i in range(tables * 128)]
    head = (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + bytes(16)
            + struct.pack("<HHHHHHIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, tables, first_directory, 0,
                          4096, first_mini, 1 if mini else 0, END, 0)
            + b"".join(struct.pack("<I", first_table + i if i < tables else FREE) for i in range(109)))
    return head + b"".join(body) + b"".join(struct.pack("<I", n) for n in numbers)


def xls_files():
    def save(file, stream, **options):
        write(file, compound(stream, **options))

    two = label(0, 0, 0) + label(0, 1, 1) + number(1, 0, 1009) + number(1, 1, 43678, 1)
    plain = book8([("Sheet1", 0, 0, two)], ["Child ID", "Seen"], styles=(0, 14))
    save("plain.xls", plain)
    write("stream-alone.xls", plain)
    save("mini-stream.xls", plain, mini=True)
    save("long-directory.xls", plain, entries_before=9)
    save("scattered.xls", plain + bytes(5000), backwards=True)
    save("empty-string.xls", book8([("Sheet1", 0, 0, label(0, 0, 0) + label(0, 1, 1) + label(0, 2, 2))],
                                   ["", "Seen", ""]))
    chart = record(0x809, struct.pack("<HHHHII", 0x0600, 0x0020, 0, 0, 0, 0)) + number(5, 5, 99) + record(0x0A)
    save("chart.xls", book8([("Sheet1", 0, 0, number(0, 0, 1) + chart + number(1, 0, 2)),
                             ("Chart", 0, 2, chart)]))
    save("unknown-code-page.xls", book8([("Sheet1", 0, 0, label(0, 0, 0))], ["Caf\u00e9"],
                                        before=record(0x42, struct.pack("<H", 12345))))
    save("outside-dimension.xls", book8([("Sheet1", 0, 0, record(0x200, struct.pack("<IIHHH", 0, 1, 0, 1, 0))
                                          + number(0, 0, 1) + number(9, 9, 2))]))
    save("long-strings.xls", book8([("Sheet1", 0, 0, label(0, 0, 0) + label(0, 1, 1) + label(0, 2, 2))],
                                   ["x" * 20000 + "y", "\u6771" * 8300 + "\u4eac", "after"]))
    save("rich-strings.xls", book8([("Sheet1", 0, 0, label(0, 0, 0) + label(0, 1, 1))], before=record(
        0xFC, struct.pack("<II", 2, 2) + text8("rich", rich=3) + text8("\u6771\u4eac", phonetic=b"p" * 11))))
    text = formula(2, 0, special(0)) + record(0x4BC, bytes(10)) + record(0x207, text8("a \u20ac result"))
    long_text = "z" * 9000
    pieces = struct.pack("<HB", len(long_text), 0) + long_text.encode()
    long_result = formula(2, 1, special(0)) + record(0x207, pieces[:8000]) + record(0x3C, b"\0" + pieces[8000:])
    save("formulas.xls", book8([("Sheet1", 0, 0, formula(0, 0, struct.pack("<d", 2.5)) + formula(
        0, 1, special(1, 1)) + formula(0, 2, special(2, 0x2A)) + formula(0, 3, special(3)) + formula(
        0, 4, special(0)) + formula(1, 0, struct.pack("<d", 43678.25), 1) + text + long_result)],
        styles=(0, 14)))
    save("numbers.xls", book8([("Sheet1", 0, 0,
         record(0x27E, place(0, 0) + struct.pack("<I", 1009 << 2 | 2))
         + record(0x27E, place(0, 1) + struct.pack("<I", (-5 << 2 | 2) & 0xFFFFFFFF))
         + record(0x27E, place(0, 2) + struct.pack("<I", 314 << 2 | 3))
         + record(0xBD, struct.pack("<HH", 1, 2) + b"".join(
             struct.pack("<HI", s, v << 2 | 2) for s, v in ((0, 1), (1, 43678), (0, 3))) + struct.pack("<H", 4))
         + record(0x205, place(2, 0) + b"\1\0") + record(0x205, place(2, 1) + b"\7\1")
         + record(0x201, place(2, 2)) + number(2, 3, float("nan")))], styles=(0, 14)))
    save("date-formats.xls", book8(
        [("Sheet1", 0, 0, b"".join(number(0, i, 43678.885416666664, i) for i in range(6)))],
        formats=[(164, "[h]:mm"), (165, '0 "days"'), (166, "[$-809]dd/mm/yyyy hh:mm")],
        styles=(0, 14, 22, 164, 165, 166)))
    save("from-1904.xls", book8([("Sheet1", 0, 0, number(0, 0, 42216, 1) + number(0, 1, 42216))],
                                styles=(0, 14), before=record(0x22, b"\1\0")))
    save("hidden-sheets.xls", book8([("List 1", 0, 0, number(0, 0, 1)), ("Old", 1, 0, number(0, 0, 2)),
                                     ("Macros", 0, 1, b""), ("L\u00e4st \u20ac", 2, 0, number(0, 0, 3))]))
    save("out-of-order.xls", book8([("Sheet1", 0, 0, number(3, 1, 31) + number(1, 2, 12) + number(1, 0, 10)
                                     + label(0, 0, 0) + number(3, 0, 30) + number(1, 2, 99))], ["first"]))
    save("wide.xls", book8([("Sheet1", 0, 0, record(0xBD, struct.pack("<HH", 0, 0) + struct.pack(
        "<HI", 0, 7 << 2 | 2) * 256 + struct.pack("<H", 255)) + number(1, 255, 8))]))
    save("encrypted.xls", book8([("Sheet1", 0, 0, b"")], before=record(0x2F, bytes(54))))
    write("encrypted.xlsx", compound(b"secret", name="EncryptedPackage"))
    write("no-workbook.xls", compound(b"text", name="WordDocument"))
    write("cut.xls", compound(plain)[:3000])
    bof5 = record(0x809, struct.pack("<HHHH", 0x0500, 0x0005, 0x0DBB, 0x07CC))
    five = (bof5 + record(0x42, struct.pack("<H", 1251)) + record(0x41E, struct.pack("<HB", 164, 10)
            + b"dd/mm/yyyy") + record(0xE0, struct.pack("<HH", 0, 0) + bytes(12))
            + record(0xE0, struct.pack("<HH", 0, 164) + bytes(12)))
    name = "\u041b\u0438\u0441\u0442".encode("cp1251")
    offset = len(five) + 4 + 7 + len(name) + 4
    five += record(0x85, struct.pack("<IBB", offset, 0, 0) + bytes([len(name)]) + name) + record(0x0A)
    five += record(0x809, struct.pack("<HHHH", 0x0500, 0x0010, 0x0DBB, 0x07CC))
    word = "\u0414\u0430".encode("cp1251")
    five += record(0x204, place(0, 0) + struct.pack("<H", len(word)) + word)
    five += record(0xD6, place(0, 1) + struct.pack("<H", 4) + b"rich" + b"\1\0\1")
    five += number(1, 0, 43678, 1) + formula(1, 1, special(0)) + record(0x207, struct.pack("<H", 2) + word)
    save("biff5.xls", five + record(0x0A), name="Book")
    two_ = (struct.pack("<HHHH", 0x09, 4, 2, 0x10) + struct.pack("<HHHH", 0x42, 2, 1252, 0)[:6]
            + struct.pack("<HHHHHH", 0x00, 8, 0, 2, 0, 2)
            + struct.pack("<HH", 0x04, 7 + 1 + 8) + struct.pack("<HH", 0, 0) + bytes(3) + b"\x08Child ID"
            + struct.pack("<HH", 0x03, 7 + 8) + struct.pack("<HH", 1, 0) + bytes(3) + struct.pack("<d", 1009)
            + struct.pack("<HH", 0x0A, 0))
    write("biff2.xls", two_)


# ---- .ods ----

ODS = ('<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
       'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
       'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
       'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
       'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" '
       'office:version="1.2"><office:automatic-styles><style:style style:name="ta1" '
       'style:family="table"><style:table-properties table:display="true"/></style:style>'
       '<style:style style:name="ta2" style:family="table"><style:table-properties '
       'table:display="false"/></style:style></office:automatic-styles><office:body>'
       '<office:spreadsheet>{}</office:spreadsheet></office:body></office:document-content>')


def ods_parts(tables, manifest=""):
    return {"mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": HEAD + ODS.format(tables),
            "META-INF/manifest.xml": HEAD + '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:'
            f'opendocument:xmlns:manifest:1.0">{manifest}</manifest:manifest>'}


def ods_files():
    def save(name, parts):
        write(name, archive(parts, stored=("mimetype",)))

    def cell(kind, attribute, text=""):
        return f'<table:table-cell office:value-type="{kind}" {attribute}><text:p>{text}</text:p></table:table-cell>'
    first = (
        '<table:table table:name="List 1" table:style-name="ta1"><table:table-column '
        'table:number-columns-repeated="4"/><table:table-header-rows><table:table-row>'
        + cell("string", "", "Child ID") + cell("string", "", 'two<text:s text:c="2"/>blanks \n and'
                                                 '<text:tab/>one<text:line-break/>more')
        + '<table:table-cell office:value-type="string"><office:annotation><text:p>a comment</text:p>'
          '</office:annotation><text:p>first</text:p><text:p>sec<text:span>ond</text:span></text:p>'
          '</table:table-cell></table:table-row></table:table-header-rows>'
          '<table:table-row table:number-rows-repeated="3"><table:table-cell '
          'table:number-columns-repeated="16384"/></table:table-row><table:table-row>'
        + cell("float", 'office:value="1009"', "1,009") + cell("percentage", 'office:value="0.25"', "25%")
        + cell("date", 'office:date-value="2019-07-03"', "3 July") + cell(
            "date", 'office:date-value="2019-07-03T21:15:00"', "3 July") + cell(
            "date", 'office:date-value="1900-02-28"') + cell("time", 'office:time-value="PT36H15M00S"')
        + cell("boolean", 'office:boolean-value="true"', "TRUE")
        + cell("string", 'office:string-value="" calcext:value-type="error"', "#N/A")
        + '</table:table-row><table:table-row table:number-rows-repeated="2"><table:table-cell '
          'table:number-columns-repeated="2" office:value-type="string"><text:p>same</text:p>'
          '</table:table-cell><table:covered-table-cell/><table:table-cell office:value-type="float" '
          'office:value="1"/></table:table-row><table:table-row table:number-rows-repeated="1048569">'
          '<table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>')
    hidden = ('<table:table table:name="Old" table:style-name="ta2"><table:table-row><table:table-cell '
              'table:formula="of:=NOW()"/>' + cell("float", 'office:value="-1.5E-3"') + '</table:table-row></table:table>')
    save("plain.ods", ods_parts(first + hidden))
    save("encrypted.ods", ods_parts("", '<manifest:file-entry manifest:full-path="content.xml">'
                                    '<manifest:encryption-data/></manifest:file-entry>'))
    endless = ('<table:table table:name="S"><table:table-row table:number-rows-repeated="1048576">'
               '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" '
               'office:value="1"/></table:table-row></table:table>')
    save("endless.ods", ods_parts(endless))


# ---- .csv ----

def csv_files():
    rows = "Child ID,Name\r\n1009,Zo\u00eb \u2013 \u201cA\u201d\r\n\r\n1010,\"a, b\"\r\n"
    write("utf-8-mark.csv", b"\xef\xbb\xbf" + rows.encode())
    write("utf-16.csv", b"\xff\xfe" + rows.encode("utf-16-le"))
    write("utf-16-big.csv", b"\xfe\xff" + rows.encode("utf-16-be"))
    write("windows-1252.csv", rows.encode("cp1252"))
    write("semicolon.csv", b"a;b\n1,5;2\n")
    write("tab.csv", b"a\tb\n1,5\t2\n")
    write("pipe.csv", b"a|b\n1,5|2\n")
    write("cr.csv", b"a,b\r1,2\r")
    write("quotes.csv", b'"Child ID","Note"\n"1","two\nlines"\n"2","a ""word"""\n')
    write("unclosed.csv", b'a,b\n"1,2\n3,4\n')


for make in (xlsx_files, xls_files, ods_files, csv_files):
    make()
