"""The one folder that holds everything a run keeps."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from searcher.errors import HomeError


@dataclass(frozen=True, slots=True)
class Home:
    """Names every place under the home: no other module joins a name to one of these."""

    root: Path

    @classmethod
    def locate(cls, path: str | os.PathLike[str] | None = None) -> Home:
        """`path`, else $SEARCHER_HOME, else the platform's user data folder. Creates nothing."""
        chosen = path or os.environ.get("SEARCHER_HOME")
        if not chosen:
            from platformdirs import user_data_dir

            chosen = user_data_dir("searcher", appauthor=False)
        return cls(Path(chosen).expanduser().absolute())

    def create(self) -> Home:
        """Make the folders, readable by their owner alone. Raises HomeError when that is impossible, and for
        another user's home."""
        from searcher.privacy import refuse_foreign

        refuse_foreign(self.root)
        try:
            for folder in (self.root, self.models, self.index, self.run, self.logs):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise HomeError(
                f"cannot create the home {self.root}: {error.strerror}; choose another with --home"
            ) from error
        return self

    def claim(self) -> Home:
        """`create` for a process that is going to write: what others may do here is taken from them. Raises
        HomeError."""
        from searcher.privacy import close_to_others, require_writable

        self.create()
        require_writable(self.root)
        close_to_others(self.root)
        return self

    @property
    def settings(self) -> Path:
        return self.root / "settings.toml"

    @property
    def folders(self) -> Path:
        return self.root / "folders.json"

    @property
    def forgotten(self) -> Path:
        """Stored paths that are not to be indexed."""
        return self.root / "forgotten.json"

    @property
    def page(self) -> Path:
        """What the page remembers: searches, the brief."""
        return self.root / "page.json"

    @property
    def models(self) -> Path:
        """Model files and what was made from them."""
        return self.root / "models"

    def model(self, name: str) -> Path:
        """The file of that name among the models."""
        return self.models / name

    def model_files(self) -> list[Path]:
        """The GGUF files."""
        return sorted(self.models.glob("*.gguf"))

    def model_arrays(self) -> list[Path]:
        """What was made from models and the index needs."""
        return sorted(self.models.glob("*.np[yz]"))

    def axes(self, fingerprint: str) -> Path:
        """The axes along which a model's vectors are cut."""
        return self.models / f"axes-{fingerprint[:16]}.npy"

    def background(self, fingerprint: str) -> Path:
        """Vectors of a model's background queries."""
        return self.models / f"background-{fingerprint[:16]}.npz"

    def labels(self, fingerprint: str) -> Path:
        """What the labels of hits are for the index of a model."""
        return self.models / f"labels-{fingerprint[:16]}.json"

    def languages(self, digest: str) -> Path:
        """The unpacked model that tells languages apart, by the packed one's digest."""
        return self.models / f"languages-{digest}.unpacked"

    @property
    def speeds(self) -> Path:
        """Tokens a second that each model reached on this machine, by fingerprint."""
        return self.models / "speeds.json"

    @property
    def hashes(self) -> Path:
        """Hashes of model files, each with the inode, size and time it holds for."""
        return self.models / "hashes.json"

    @property
    def hub(self) -> Path:
        """When the hub could not be reached; there is no such file otherwise."""
        return self.models / "hub.json"

    @property
    def endpoints(self) -> Path:
        """Fingerprints of the models of other servers."""
        return self.models / "endpoints.json"

    @property
    def answers(self) -> Path:
        """Cosines of fixed texts as each model gave them at first."""
        return self.models / "answers.json"

    @property
    def evaluation(self) -> Path:
        """Vectors of the data sets that were evaluated."""
        return self.root / "evaluation"

    @property
    def recognised(self) -> Path:
        """Text in pictures, by the content of their files."""
        return self.root / "recognised.sqlite"

    @property
    def index(self) -> Path:
        """The LanceDB database."""
        return self.root / "index"

    def index_files(self) -> list[Path]:
        """All files and folders of that database."""
        return sorted(self.index.rglob("*"))

    def table(self, name: str) -> Path:
        """The folder of a table."""
        return self.index / f"{name}.lance"

    def table_file(self, table: str, part: str, name: str) -> Path:
        """A file in one of its folders."""
        return self.table(table) / part / name

    def versions_of_tables(self) -> list[Path]:
        """That folder of every table: it changes whenever the table does."""
        return sorted(self.index.glob("*.lance/_versions"))

    def indexes_of_vectors(self) -> list[Path]:
        """What is large of them."""
        return list(self.index.glob("*.lance/_indices/*/auxiliary.idx"))

    @property
    def place(self) -> Path:
        """This home's id among those that write one index, and the object stores that were found fit."""
        return self.root / "place.json"

    @property
    def live(self) -> Path:
        """Names the table that answers queries."""
        return self.index / "live.json"

    @property
    def catalogue(self) -> Path:
        """The SQLite catalogue of files."""
        return self.root / "catalogue.sqlite"

    @property
    def catalogue_parts(self) -> tuple[Path, ...]:
        """What SQLite keeps beside the catalogue: its write-ahead log first."""
        return self.root / "catalogue.sqlite-wal", self.root / "catalogue.sqlite-shm"

    @property
    def building(self) -> Path:
        """The catalogue of a table that is being built beside the live one; there is none otherwise."""
        return self.root / "catalogue-building.sqlite"

    @property
    def ledger(self) -> Path:
        """What the catalogue is to be told of a commit to the table; there only while it is made."""
        return self.root / "ledger.json"

    @property
    def growth(self) -> Path:
        """How many files there were at the end of each day."""
        return self.root / "growth.json"

    @property
    def asked(self) -> Path:
        """Ids of passages that queries found by words and that wait for a vector."""
        return self.root / "asked.json"

    @property
    def lock(self) -> Path:
        """Held by the one process that writes the index."""
        return self.root / "indexer.lock"

    @property
    def lock_holder(self) -> Path:
        """The pid of that process."""
        return self.root / "indexer.pid"

    @property
    def serving(self) -> Path:
        """Held by the one process that serves the page."""
        return self.root / "server.lock"

    @property
    def token(self) -> Path:
        """The secret that state-changing calls must carry."""
        return self.root / "token"

    @property
    def forgetting(self) -> Path:
        """Stored paths of which a trace may be left; there is no such file otherwise."""
        return self.root / "forgetting.json"

    @property
    def drop(self) -> Path:
        """When it was last asked to let go of texts that are held in memory."""
        return self.run / "drop.json"

    @property
    def dropped(self) -> Path:
        """The server's answer to that."""
        return self.run / "dropped.json"

    @property
    def run(self) -> Path:
        """Small JSON files by which the running processes know of each other."""
        return self.root / "run"

    @property
    def indexer_state(self) -> Path:
        """What the indexer is doing."""
        return self.run / "indexer.json"

    @property
    def server(self) -> Path:
        """Where the page is served, and by which process."""
        return self.run / "server.json"

    @property
    def paused(self) -> Path:
        """There while the indexer is to rest."""
        return self.run / "paused"

    @property
    def unmounted(self) -> Path:
        """Where drives were mounted when files were read, and nothing is since the last scan."""
        return self.run / "unmounted.json"

    def builder_lock(self, file: Path) -> Path:
        """Held by the one process that makes `file`."""
        return self.run / f"{file.name}.lock"

    def old_views(self) -> list[Path]:
        """Folders of copies for viewing, as an earlier version made them."""
        return sorted(self.run.glob("view-*"))

    @property
    def logs(self) -> Path:
        """What was said and what went wrong, kept for a while. It never leaves the machine."""
        return self.root / "logs"

    def log(self, process: str, age: int = 0) -> Path:
        """The log of `process` (server, indexer or service); with an age, the one that many changes ago."""
        return self.logs / f"{process}.log{f'.{age}' if age else ''}"

    def fatal(self, process: str) -> Path:
        """Where native code of `process` crashed."""
        return self.logs / f"{process}-fatal.txt"

    def crash_report(self, name: str) -> Path:
        return self.logs / f"crash-{name}.txt"

    def crash_reports(self) -> list[Path]:
        """The newest first, as their names begin with the time."""
        return sorted(self.logs.glob("crash-*.txt"), reverse=True)

    @property
    def service_task(self) -> Path:
        """What the Task Scheduler of Windows was given to start searcher by."""
        return self.root / "service.xml"

    @property
    def restored(self) -> Path:
        """A backup's files before they take their place; there only while one is restored."""
        return self.root / "restore-new"

    @property
    def replaced(self) -> Path:
        """The files whose place they take; there only while a backup is restored."""
        return self.root / "restore-old"

    @property
    def requests(self) -> Path:
        """What other processes ask of the indexer."""
        return self.run / "requests"

    def request(self, name: str) -> Path:
        """The file of that name among the requests."""
        return self.requests / name

    @property
    def holder(self) -> Path:
        """The pid of the indexer that takes requests."""
        return self.requests / "holder"

    @property
    def references(self) -> Path:
        """Digests of what reference managers say of their files, as it was when those were read."""
        return self.root / "references.json"

    @property
    def references_copy(self) -> Path:
        """A copy of a reference manager's database; there only while it is read."""
        return self.run / "references"

    @property
    def checked(self) -> Path:
        """What the daily check found."""
        return self.run / "checked.json"
