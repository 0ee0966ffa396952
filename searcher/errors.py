"""Every error a person can meet. The message is one line: what happened, to which path, what to do."""


class SearcherError(Exception):
    """Base of all expected errors; caught once at each edge and shown without a traceback."""

    exit_code = 1


class UsageError(SearcherError):
    """The call itself is wrong: an unknown flag, a bad date, a dimension the model cannot give."""

    exit_code = 2


class SettingsError(UsageError):
    """A setting has a value it cannot have; the message names the setting and where it was read."""


class HomeError(SearcherError):
    """The home cannot be created, read or written."""


class FolderError(SearcherError):
    """A path cannot be a folder of the library, or lies outside every folder of it."""


class ModelNotFound(SearcherError):
    """No usable model file, and none could be fetched or built."""


class ModelBroken(SearcherError):
    """The model file is truncated, not a GGUF, or not an embedding model."""


class ModelChanged(ModelBroken):
    """The model file is another than the one that was opened; opened again it can be used."""


class ModelMismatch(SearcherError):
    """The index was built by another model fingerprint than the one asking."""


class DownloadFailed(SearcherError):
    """The hub could not be reached or refused."""


class EmbeddingFailed(SearcherError):
    """The model or the endpoint could not embed these texts."""


class IndexMissing(SearcherError):
    """Nothing has been indexed in this home yet."""


class IndexDamaged(SearcherError):
    """The table cannot be read; `searcher doctor --fix` repairs or rebuilds it."""


class IndexUnreachable(SearcherError):
    """The object store that holds the index cannot be asked; what lies there may be as it was."""


class IndexForbidden(IndexUnreachable):
    """The object store does not let this machine do it."""


class IndexTaken(SearcherError):
    """Another machine switched the index of an object store, or writes it alone."""


class PlaceUnfit(SearcherError):
    """An object store lacks what an index there needs."""


class IndexLocked(SearcherError):
    """Another process is the writer; the message names its pid."""


class ExtractionFailed(SearcherError):
    """One file could not be read; costs that file only."""


class TookTooLong(ExtractionFailed):
    """Reading was ended early because others wait; the file may be read with more patience."""


class UnreadableKind(ExtractionFailed):
    """The file is of no kind searcher reads (a picture, a program): left out rather than broken."""
