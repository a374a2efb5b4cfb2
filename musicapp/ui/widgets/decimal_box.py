"""A box for a number with decimals that takes a comma and a point, whatever the language writes."""

from __future__ import annotations

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox


class DecimalBox(QDoubleSpinBox):
    """Shows the sign of the language; either is understood, typed or pasted. No box has room for thousands."""

    def __init__(self) -> None:
        super().__init__()
        self.setGroupSeparatorShown(False)

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        answer: tuple[QValidator.State, str, int] = super().validate(self._with_sign(text), place)
        return answer

    def valueFromText(self, text: str) -> float:
        return super().valueFromText(self._with_sign(text))

    def _with_sign(self, text: str) -> str:
        sign = self.locale().decimalPoint()
        return text.replace("." if sign == "," else ",", sign)
