"""The claim: every kind of document is sound PDF/A, says all in both languages, and is the same file each time.

Asked are qpdf (`qpdf --check`) and, as the validator of PDF/A, Apache PDFBox Preflight, both as Debian ships them.
Where they are not installed, apt fetches their packages into a folder that is thrown away. Preflight knows level 1b;
that the files are tagged besides, as level 1a asks, the tests look at. A file that is spoiled on purpose shows that
Preflight sees flaws.
"""

import io
import os
import subprocess
import sys
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from time import perf_counter

import pikepdf
import pypdfium2

from sampling.documents.kind import TITLES, DocumentKind
from sampling.edge.paper.printer import printed
from storage.documents import Document
from tests.sampling.papers import examples

PACKAGES = (
    "qpdf", "libqpdf29", "libpdfbox2-java", "libfontbox2-java", "libcommons-logging-java", "libactivation-java",
    "libjaxb-api-java",
)  # fmt: skip
JARS = ("pdfbox2", "preflight", "xmpbox", "fontbox2", "commons-logging", "activation", "javax.activation", "jaxb-api")
LINES = 60


def main() -> int:
    """Print what each tool says of each kind, and give 1 when one finds a fault."""
    if which("java") is None:
        print("There is no java, which Preflight needs: install default-jre-headless.")
        return 1
    with TemporaryDirectory() as name:
        folder = Path(name)
        tools = fetched(folder)
        made = examples(LINES)
        faults = [fault for kind, document in made.items() for fault in _look(folder, tools, kind, document)]
        if not _sees_flaws(folder, tools):
            faults.append("Preflight passed a file with a script in it")
    print("\n".join(faults) or "Preflight refused the file that was spoiled on purpose; every other one is sound.")
    return 1 if faults else 0


def fetched(folder: Path) -> Path:
    """Give the root under which the tools lie: the machine's own, or what apt gives, unpacked into the folder."""
    if which("qpdf") and Path("/usr/share/java/preflight.jar").exists():
        return Path("/")
    folder.chmod(0o777)  # apt fetches as a user of its own
    subprocess.run(["apt-get", "download", "-qq", *PACKAGES], cwd=folder, check=True, stderr=subprocess.DEVNULL)
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg", "-x", package, folder / "root"], check=True)
    return folder / "root"


def _look(folder: Path, tools: Path, kind: DocumentKind, document: Document) -> list[str]:
    started = perf_counter()
    data = printed(document)
    seconds = perf_counter() - started
    place = folder / f"{kind}.pdf"
    place.write_bytes(data)
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))
    title = TITLES[kind]
    told = {
        "qpdf": _qpdf(tools, place),
        "Preflight": _preflight(tools, place),
        "Chinese": title.zh in text,
        "English": title.en in text,
        "same bytes": printed(document) == data,
    }
    print(f"{kind:17s} {len(data):7d} bytes {seconds:6.3f} s  {', '.join(name for name, well in told.items() if well)}")
    return [f"{kind}: {name} is not content" for name, well in told.items() if not well]


def _qpdf(tools: Path, place: Path) -> bool:
    own = tools != Path("/")
    libraries = {"LD_LIBRARY_PATH": str(next((tools / "usr/lib").glob("*-linux-gnu*")))} if own else {}
    words = [str(tools / "usr/bin/qpdf"), "--check", str(place)]
    done = subprocess.run(words, env={**os.environ, **libraries}, capture_output=True, text=True, check=False)
    return done.returncode == 0 and "No syntax or stream encoding errors" in done.stdout


def _preflight(tools: Path, place: Path) -> bool:
    jars = ":".join(str(tools / "usr/share/java" / f"{name}.jar") for name in JARS)
    words = ["java", "-cp", jars, "org.apache.pdfbox.preflight.Validator_A1b", str(place)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return "is a valid PDF/A-1b file" in done.stdout


def _sees_flaws(folder: Path, tools: Path) -> bool:
    place = folder / "spoiled.pdf"
    with pikepdf.open(io.BytesIO(next(folder.glob("sampling-sheet.pdf")).read_bytes())) as pdf:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.save(place, static_id=True)
    return not _preflight(tools, place)


if __name__ == "__main__":
    sys.exit(main())
