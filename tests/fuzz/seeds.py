"""The inputs that the fuzz targets start from: seeds.py FOLDER

The files of tests/files, whole for the targets of whole files, and the parts of the workbooks for the
targets of parts.
"""
import glob
import os
import sys
import zipfile

PARTS = {"sheet1.xml": ["xlsx_sheet", "xlsx_rows"], "sharedstrings.xml": ["xlsx_strings"],
         "styles.xml": ["xlsx_styles"], "content.xml": ["ods"]}
target_folder = sys.argv[1]


def put(target, name, data):
    folder = os.path.join(target_folder, target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as out:
        out.write(data)


for path in glob.glob("tests/files/*.*"):
    name = os.path.basename(path)
    data = open(path, "rb").read()
    if len(data) > 60000 or "much-from-little" in name or "endless" in name:
        continue
    if name.endswith(".csv"):
        put("csv", name, data)
    elif name.endswith(".xls"):
        put("xls", name, data)
        if data[:1] != b"\xd0":
            put("xls_records", name, data)
        elif len(data) > 512 and data[512:514] == b"\x09\x08":
            put("xls_records", name, data[512:])
    elif zipfile.is_zipfile(path):
        put("zip", name, data)
        with zipfile.ZipFile(path) as archive:
            for part in archive.namelist():
                for target in PARTS.get(part.replace("\\", "/").rpartition("/")[2].lower(), []):
                    try:
                        content = archive.read(part)
                    except zipfile.BadZipFile:
                        continue
                    if target == "xlsx_rows":
                        content = content.partition(b"<sheetData>")[2].partition(b"</sheetData>")[0]
                    put(target, name + ".xml", content)
for path in glob.glob("transforms/*.ini"):
    put("definitions", os.path.basename(path), open(path, "rb").read())
for path in ["pipeline.conf", "samples/sources.conf"] + glob.glob("etl/layouts/*.ini"):
    put("config", os.path.basename(path), open(path, "rb").read())
for path in glob.glob("tests/golden/*.stream"):
    put("stream", os.path.basename(path), open(path, "rb").read())
