"""Files that the browser sent, stored under the digest of their content.

The browser forgets them, and their names are not to be trusted as paths.
"""

import hashlib
from pathlib import Path

from streamlit.runtime.uploaded_file_manager import UploadedFile

from delift_core.files import replacing_file
from pages.session import current


def store_upload(sent: UploadedFile, suffix: str = "") -> Path:
    """Store an upload. suffix: of its file, where a reader goes by that."""
    content = sent.getvalue()
    file = upload_path(hashlib.sha256(content).hexdigest(), suffix)
    if not file.exists():
        with replacing_file(file) as partial:
            partial.write_bytes(content)
    return file


def upload_path(digest: str, suffix: str = "") -> Path:
    """Where the upload with that sha256 is, or would be."""
    return current.workspace() / "uploads" / f"{digest}{suffix}"
