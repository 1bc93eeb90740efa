"""A QR code (ISO/IEC 18004, by segno): one small texture, enlarged without smoothing so that modules stay square."""

from typing import Any

import segno
from kivy.properties import ObjectProperty, StringProperty
from PIL import Image

from screens.shapes import texture_of
from screens.widgets.element import Element, load


class QrCode(Element):
    """Black on white whatever the theme, with the quiet zone the standard asks for."""

    data = StringProperty("")
    modules = ObjectProperty(None, allownone=True)

    def place(self, x: float, y: float, width: float, height: float) -> None:
        matrix = [list(row) for row in segno.make(self.data, micro=False, error="m").matrix_iter(border=4)]
        side = len(matrix)
        edge = max(1, int(min(width, height)) // side) * side
        super().place(round(x + (width - edge) / 2), round(y + (height - edge) / 2), edge, edge)
        self.modules = _texture(matrix)


def _texture(matrix: list[list[int]]) -> Any:
    picture = Image.new("RGBA", (len(matrix), len(matrix)), (255, 255, 255, 255))
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark:
                picture.putpixel((x, y), (16, 34, 43, 255))
    texture = texture_of(picture)
    texture.mag_filter = texture.min_filter = "nearest"
    return texture


load(__file__)
