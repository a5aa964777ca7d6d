"""Product pictures drawn by program, the same bytes for the same offer each time."""

import hashlib
import io
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from demo.goods import Offer

Pen = ImageDraw.ImageDraw
SIDE = 800


def draw(offer: Offer, view: int = 0) -> bytes:
    """A square JPEG of the offered product; `view` 1 is the label on its back."""
    seed = hashlib.sha256(f"{offer.seller.code}{offer.product.model}".encode()).digest()
    picture = Image.new("RGB", (SIDE, SIDE), _ground(seed))
    pen = ImageDraw.Draw(picture)
    if view == 0:
        _front(picture, offer, shift=seed[0] % 40 - 20)
    else:
        _label(pen, offer)
    pen.text((SIDE - 20, SIDE - 16), offer.seller.name.en, fill="#777777", font=_font(22), anchor="rs")
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=82)
    return data.getvalue()


def _ground(seed: bytes) -> tuple[int, int, int]:
    # Sellers photograph the same goods on their own table: a light tint each.
    return 236 + seed[1] % 20, 236 + seed[2] % 20, 236 + seed[3] % 20


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    # Pillow's own font: a machine without fonts draws the same picture. It has no Chinese letters.
    return ImageFont.load_default(size)


def _front(picture: Image.Image, offer: Offer, shift: int) -> None:
    shadow = Image.new("L", (SIDE, SIDE), 0)
    ImageDraw.Draw(shadow).ellipse((170 + shift, 590, 630 + shift, 690), fill=110)
    picture.paste((90, 90, 90), mask=shadow.filter(ImageFilter.GaussianBlur(18)))
    pen = ImageDraw.Draw(picture)
    SHAPES[offer.product.shape](pen, shift, offer.product.colour)
    pen.text((SIDE / 2 + shift, 90), offer.product.brand.en, fill="#222222", font=_font(64), anchor="mm")
    pen.text((SIDE / 2 + shift, 730), offer.product.model, fill="#444444", font=_font(40), anchor="mm")


def _label(pen: Pen, offer: Offer) -> None:
    what = offer.product
    pen.rounded_rectangle((80, 120, 720, 680), 20, fill="white", outline="#333333", width=4)
    lines = (what.brand.en, what.name.en, f"Model {what.model}", f"Batch {offer.batch or '-'}", f"GTIN {what.gtin}")
    for number, line in enumerate(lines):
        pen.text((120, 170 + 70 * number), line, fill="#111111", font=_font(40))
    for number, digit in enumerate(what.gtin * 3):
        left = 120 + number * 14
        pen.rectangle((left, 540, left + int(digit) % 5 + 2, 640), fill="black")


def _box(pen: Pen, x: int, colour: str) -> None:
    pen.rounded_rectangle((260 + x, 190, 540 + x, 640), 46, fill=colour, outline="#222222", width=5)
    for lamp in range(4):
        pen.ellipse((320 + 44 * lamp + x, 560, 340 + 44 * lamp + x, 580), fill="#7fe3ff")
    pen.rectangle((360 + x, 205, 440 + x, 230), fill="#111111")


def _charger(pen: Pen, x: int, colour: str) -> None:
    for pin in (330, 440):
        pen.rectangle((pin + x, 170, pin + 28 + x, 270), fill="#999999")
    pen.rounded_rectangle((250 + x, 260, 550 + x, 640), 40, fill=colour, outline="#222222", width=5)
    pen.rounded_rectangle((350 + x, 560, 450 + x, 600), 18, fill="#333333")


def _jar(pen: Pen, x: int, colour: str) -> None:
    pen.rounded_rectangle((220 + x, 350, 580 + x, 640), 50, fill=colour, outline="#a08050", width=5)
    pen.rounded_rectangle((205 + x, 250, 595 + x, 370), 22, fill="#c9a25f", outline="#a08050", width=5)


def _bottle(pen: Pen, x: int, colour: str) -> None:
    pen.rounded_rectangle((280 + x, 320, 520 + x, 640), 40, fill=colour, outline="#444444", width=5)
    pen.rectangle((350 + x, 220, 450 + x, 325), fill="#f4f4f4", outline="#444444", width=4)
    pen.polygon([(380 + x, 150), (420 + x, 150), (440 + x, 222), (360 + x, 222)], fill="#444444")


def _lipstick(pen: Pen, x: int, colour: str) -> None:
    pen.rectangle((340 + x, 400, 460 + x, 640), fill="#1c1c1c")
    pen.rectangle((352 + x, 320, 448 + x, 405), fill="#d4af37")
    pen.polygon([(360 + x, 320), (440 + x, 320), (440 + x, 190), (360 + x, 240)], fill=colour)


def _pot(pen: Pen, x: int, colour: str) -> None:
    pen.rounded_rectangle((170 + x, 340, 630 + x, 640), 60, fill=colour, outline="#1a1a1a", width=6)
    pen.rounded_rectangle((160 + x, 300, 640 + x, 350), 20, fill="#f7f7f7", outline="#1a1a1a", width=6)
    pen.ellipse((370 + x, 240, 430 + x, 300), fill="#1a1a1a")
    for left in (110, 630):
        pen.arc((left + x, 400, left + 70 + x, 480), 0, 360, fill="#1a1a1a", width=14)


def _wok(pen: Pen, x: int, colour: str) -> None:
    pen.chord((130 + x, 180, 570 + x, 640), 0, 180, fill=colour, outline="#000000", width=5)
    pen.line((565 + x, 410, 720 + x, 350), fill="#5d4037", width=34)


def _bowl(pen: Pen, x: int, colour: str) -> None:
    pen.chord((190 + x, 160, 610 + x, 640), 0, 180, fill=colour, outline="#1f618d", width=8)
    pen.rectangle((330 + x, 630, 470 + x, 655), fill="#1f618d")


def _dinosaur(pen: Pen, x: int, colour: str) -> None:
    pen.ellipse((230 + x, 360, 560 + x, 620), fill=colour)
    pen.polygon([(500 + x, 420), (560 + x, 480), (630 + x, 250), (560 + x, 230)], fill=colour)
    pen.ellipse((540 + x, 190, 690 + x, 290), fill=colour)
    pen.ellipse((630 + x, 215, 650 + x, 235), fill="white")
    pen.polygon([(270 + x, 440), (100 + x, 600), (290 + x, 560)], fill=colour)
    for leg in (300, 440):
        pen.rectangle((leg + x, 560, leg + 60 + x, 655), fill=colour)


def _puzzle(pen: Pen, x: int, colour: str) -> None:
    for row in range(3):
        for column in range(3):
            left, top = 220 + column * 120 + x, 240 + row * 120
            pen.rectangle((left, top, left + 112, top + 112), fill=colour, outline="#5b3a1a", width=4)
            pen.ellipse((left + 40, top + 96, left + 72, top + 128), fill=colour, outline="#5b3a1a", width=3)


def _rattle(pen: Pen, x: int, colour: str) -> None:
    pen.rectangle((380 + x, 420, 420 + x, 660), fill="#f6ddcc")
    pen.ellipse((260 + x, 180, 540 + x, 460), fill=colour, outline="#aa4466", width=6)
    pen.ellipse((340 + x, 260, 460 + x, 380), fill="#fef5f8")


def _car(pen: Pen, x: int, colour: str) -> None:
    pen.polygon([(250 + x, 430), (320 + x, 330), (500 + x, 330), (570 + x, 430)], fill="#aed6f1", outline="#222222")
    pen.rounded_rectangle((140 + x, 420, 660 + x, 570), 40, fill=colour, outline="#222222", width=5)
    for wheel in (220, 480):
        pen.ellipse((wheel + x, 510, wheel + 110 + x, 620), fill="#222222", outline="#cccccc", width=8)


SHAPES: dict[str, Callable[[Pen, int, str], None]] = {
    "bank": _box,
    "bowl": _bowl,
    "car": _car,
    "charger": _charger,
    "dinosaur": _dinosaur,
    "dropper": _bottle,
    "jar": _jar,
    "kettle": _pot,
    "lipstick": _lipstick,
    "pot": _pot,
    "pump": _bottle,
    "puzzle": _puzzle,
    "rattle": _rattle,
    "wok": _wok,
}
