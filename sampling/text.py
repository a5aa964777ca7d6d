"""A text that exists in Chinese and in English from the day it is written."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One statement in both languages."""

    zh: str
    en: str

    def to(self, language: str) -> str:
        """Give the Chinese text for `zh` and its variants, the English one for all else."""
        return self.zh if language.startswith("zh") else self.en

    def record(self) -> dict[str, str]:
        """Give the pair as plain JSON."""
        return {"zh": self.zh, "en": self.en}
