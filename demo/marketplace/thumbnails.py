"""Pictures at their own size: this shop scales none."""

from typing import Any


class Original:
    """Oscar's thumbnailer interface, answered with the picture itself."""

    def generate_thumbnail(self, source: Any, **_size: Any) -> Any:
        """The picture as it was uploaded."""
        return source

    def delete_thumbnails(self, source: Any) -> None:
        """Nothing: there is no smaller copy."""
